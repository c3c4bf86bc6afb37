#include "actors/job_machine.hpp"

#include "codecs/record.hpp"
#include "storage/keys.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace batch {

namespace {
/// Source: the contract; a delay beyond it helps nobody.
constexpr std::chrono::milliseconds backoff_max = std::chrono::minutes{5};
} // namespace

job_machine::job_machine(job_context_ptr job, job_progress progress,
                         std::vector<restored_chunk> marked,
                         random_source random)
  : job_(std::move(job)), progress_(progress), random_(std::move(random)) {
  for (auto& x : marked) {
    marked_.insert(x.chunk);
    if (x.mark.pending == 0)
      ++chunks_done_;
    else
      waiting_[x.chunk] = {x.mark.rounds, std::move(x.pending), 0};
  }
  if (!marked_.empty())
    last_marked_ = *marked_.rbegin();
}

std::optional<commit_unit> job_machine::begin(time_ms now) {
  if (progress_.status != job_status::pending)
    return std::nullopt;
  commit_unit unit;
  unit.counters.type = job_->spec.type;
  progress_.started_at = now;
  move_status(unit, job_status::processing, job_state::running);
  write_progress(unit, now);
  return unit;
}

std::vector<chunk_ref> job_machine::take(size_t count, time_ms now) {
  std::vector<chunk_ref> taken;
  auto give = [&](chunk_ref ref) {
    active_[ref.chunk] = {ref, false};
    taken.push_back(std::move(ref));
  };
  while (taken.size() < count && !given_back_.empty()) {
    give(std::move(given_back_.back()));
    given_back_.pop_back();
  }
  for (auto& [chunk, waits] : waiting_) {
    if (taken.size() == count)
      return taken;
    if (waits.due > now || active_.contains(chunk))
      continue;
    chunk_ref ref{chunk, static_cast<uint16_t>(waits.rounds + 1), {}};
    for (const auto& [offset, item] : waits.pending)
      ref.offsets.push_back(offset);
    give(std::move(ref));
  }
  for (; taken.size() < count && next_chunk_ < job_->spec.chunks; ++next_chunk_)
    if (!marked_.contains(next_chunk_))
      give({next_chunk_, 1, {}});
  return taken;
}

bool job_machine::has_urgent(time_ms now) const {
  auto due = next_due();
  return !given_back_.empty() || (due && *due <= now);
}

void job_machine::give_back(const chunk_ref& ref) {
  auto found = active_.find(ref.chunk);
  if (found == active_.end() || found->second.outcome_in)
    return;
  given_back_.push_back(std::move(found->second.ref));
  active_.erase(found);
}

std::vector<commit_unit> job_machine::complete(outcome_ptr outcome,
                                               time_ms now) {
  auto found = active_.find(outcome->ref.chunk);
  if (found == active_.end() || found->second.outcome_in
      || found->second.ref != outcome->ref)
    return {};
  found->second.outcome_in = true;
  std::vector<commit_unit> units;
  if (outcome->ref.round > 1 || !writes_named_records(*job_)) {
    units.push_back(commit(*outcome, now));
    return units;
  }
  held_.emplace(outcome->ref.chunk, std::move(outcome));
  for (;;) {
    while (marked_.contains(line_))
      ++line_;
    auto next = held_.find(line_);
    if (next == held_.end())
      return units;
    units.push_back(commit(*next->second, now));
    held_.erase(next);
    ++line_;
  }
}

void job_machine::committed(uint32_t chunk) {
  active_.erase(chunk);
}

std::optional<commit_unit> job_machine::end_if_empty(time_ms now) {
  if (job_->spec.chunks > 0 || has_ended())
    return std::nullopt;
  commit_unit unit;
  unit.counters.type = job_->spec.type;
  end(unit, now);
  write_progress(unit, now);
  return unit;
}

std::optional<time_ms> job_machine::next_due() const {
  std::optional<time_ms> due;
  for (const auto& [chunk, waits] : waiting_)
    if (!active_.contains(chunk))
      due = std::min(due.value_or(waits.due), waits.due);
  return due;
}

commit_unit job_machine::commit(const chunk_outcome& outcome, time_ms now) {
  auto number = job_->spec.number;
  auto chunk = outcome.ref.chunk;
  commit_unit unit;
  unit.chunk = chunk;
  unit.late = outcome.ref.round > 1 || (last_marked_ && chunk < *last_marked_);
  unit.counters.type = job_->spec.type;
  unit.changes = outcome.effects;
  for (size_t part = 0; part < outcome.results.size(); ++part)
    unit.changes.put(family::results,
                     keys::result(number, chunk, outcome.ref.round,
                                  static_cast<uint16_t>(part)),
                     outcome.results[part]);

  waiting_chunk before;
  if (auto found = waiting_.find(chunk); found != waiting_.end())
    before = std::move(found->second);
  waiting_chunk waits;
  waits.rounds = outcome.ref.round;
  for (const auto& failure : outcome.failures)
    take_failure(outcome, failure, waits,
                 std::move(before.pending[failure.offset].attempts), unit, now);
  for (auto offset : outcome.left_over) {
    waits.due = now;
    waits.pending[offset] = std::move(before.pending[offset]);
  }
  for (auto offset : outcome.ref.offsets)
    if (!waits.pending.contains(offset))
      unit.changes.erase(family::marks, keys::pending(number, chunk, offset));
  for (const auto& [offset, item] : waits.pending)
    unit.changes.put(family::marks, keys::pending(number, chunk, offset),
                     encode_record(item));

  auto processed = static_cast<uint32_t>(outcome.done.size());
  unit.counters.items_processed = processed;
  progress_.processed += processed;
  progress_.failed += unit.counters.items_failed;
  progress_.retrying += static_cast<uint32_t>(waits.pending.size());
  progress_.retrying -= static_cast<uint32_t>(
    outcome.ref.round > 1 ? outcome.ref.offsets.size() : 0);

  auto pending = static_cast<uint32_t>(waits.pending.size());
  if (pending == 0) {
    waiting_.erase(chunk);
    ++chunks_done_;
  } else
    waiting_[chunk] = std::move(waits);

  if (chunks_done_ == job_->spec.chunks) {
    end(unit, now);
  } else {
    chunk_mark mark{processed, unit.counters.items_failed, pending,
                    outcome.ref.round};
    unit.changes.put(family::marks, keys::chunk(number, chunk),
                     encode_record(mark));
    progress_.state = next_chunk_ == job_->spec.chunks
                          && waiting_.size() + chunks_done_ == next_chunk_
                        ? job_state::retrying
                        : job_state::running;
  }
  write_progress(unit, now);
  return unit;
}

void job_machine::take_failure(const chunk_outcome& outcome,
                               const item_failure& failure,
                               waiting_chunk& waits,
                               std::vector<attempt> earlier, commit_unit& unit,
                               time_ms now) {
  auto attempts = std::move(earlier);
  attempts.push_back(
    {now, failure.why.code, failure.why.message, outcome.worker});
  if (may_pass(failure.why.code)
      && attempts.size() <= job_->options.retries_max) {
    // The chunk waits for the last of its items, so that they go together.
    waits.due = std::max(waits.due, now + retry_delay(attempts.size()));
    waits.pending[failure.offset] = {std::move(attempts)};
    return;
  }
  dead_letter letter;
  letter.type = job_->spec.type;
  letter.code = failure.why.code;
  letter.message = failure.why.message;
  letter.attempts = std::move(attempts);
  letter.payload = failure.payload;
  unit.changes.put(
    family::dead,
    keys::dead_item(job_->spec.number, outcome.first_item + failure.offset),
    encode_record(letter));
  ++unit.counters.items_failed;
  ++unit.counters.dead_letters;
}

time_ms job_machine::retry_delay(size_t attempts) {
  auto base = static_cast<double>(job_->options.backoff.count());
  auto delay = std::min(base * std::exp2(static_cast<double>(attempts - 1)),
                        static_cast<double>(backoff_max.count()));
  return static_cast<time_ms>(delay * (0.5 + random_()));
}

void job_machine::write_progress(commit_unit& unit, time_ms now) {
  progress_.updated_at = now;
  unit.changes.put(family::jobs, keys::job_progress(job_->spec.number),
                   encode_record(progress_));
}

void job_machine::move_status(commit_unit& unit, job_status status,
                              job_state state) {
  auto number = job_->spec.number;
  auto key = [number](job_status s) {
    return keys::job_by_status(static_cast<uint8_t>(s), number);
  };
  unit.changes.erase(family::jobs, key(progress_.status));
  unit.changes.put(family::jobs, key(status), {});
  unit.counters.of(progress_.status) -= 1;
  unit.counters.of(status) += 1;
  progress_.status = status;
  progress_.state = state;
}

void job_machine::end(commit_unit& unit, time_ms now) {
  auto tolerated = job_->options.tolerated_failures.allows(progress_.failed,
                                                           job_->spec.total);
  move_status(unit, tolerated ? job_status::completed : job_status::failed,
              tolerated ? job_state::succeeded : job_state::failed);
  progress_.finished_at = now;
  unit.durable = true;
  auto [from, to] = keys::of_job(job_->spec.number);
  unit.changes.erase_range(family::chunks, from, to);
  unit.changes.erase_range(family::marks, from, to);
}

} // namespace batch
