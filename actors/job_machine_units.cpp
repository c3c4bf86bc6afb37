// What a job writes: the outcome of a piece, its state, its end.
#include "actors/job_machine.hpp"

#include "actors/letters.hpp"
#include "codecs/record.hpp"
#include "codecs/utf8.hpp"
#include "storage/keys.hpp"

#include <algorithm>
#include <utility>

namespace batch {

namespace {

/// Chunks up to which the rows of a job that ends are erased one by one. An
/// erased range costs every later read that passes the memtable, a row does
/// not; ranges are for the large jobs, which are few. Measured: with ranges
/// alone, 20,000 jobs of one item spend a third of all CPU on them.
constexpr uint32_t chunks_erased_singly_max = 64;

} // namespace

commit_unit job_machine::new_unit() const {
  commit_unit unit;
  unit.job = job_->spec.number;
  unit.counters.type = job_->spec.type.base;
  return unit;
}

commit_unit job_machine::commit(const chunk_outcome& outcome, moment now) {
  auto number = job_->spec.number;
  auto chunk = outcome.ref.chunk;
  auto unit = new_unit();
  unit.chunk = chunk;
  unit.late = outcome.ref.round > 1 || outcome.is_replay
              || (last_marked_ && chunk < *last_marked_);
  unit.changes = outcome.effects;
  unit.changes_vectors = job_->spec.type == job_type::generate_embeddings;
  for (size_t part = 0; part < outcome.results.size(); ++part)
    unit.changes.put(family::results,
                     keys::result(number, chunk, outcome.ref.round,
                                  static_cast<uint16_t>(part)),
                     outcome.results[part]);

  // What waited before: the items of this piece, and those of others.
  waiting_chunk waits;
  if (auto found = waiting_.find(chunk); found != waiting_.end())
    waits = std::move(found->second);
  waits.rounds = outcome.ref.round;
  progress_.retrying -= waits.failed();
  std::map<uint32_t, pending_item> before;
  for (auto offset : outcome.ref.offsets)
    before.insert(waits.items.extract(offset));

  take_failures(outcome, before, waits, unit, now);
  hold_back(outcome, waits);
  pause_if_blocked(outcome, unit);
  for (auto offset : outcome.left_over)
    waits.items[offset] = std::move(before[offset]);
  for (auto offset : outcome.done)
    if (auto& item = before[offset];
        item.has_failed() && job_->options.keep_results)
      unit.changes.put(
        family::results,
        keys::result_attempts(number, chunk, static_cast<uint16_t>(offset)),
        encode_record(
          retried_item{outcome.first_item + offset, std::move(item.attempts)}));
  for (auto offset : outcome.ref.offsets)
    if (!waits.items.contains(offset))
      unit.changes.erase(family::marks, keys::pending(number, chunk, offset));
  for (const auto& [offset, item] : waits.items)
    unit.changes.put(family::marks, keys::pending(number, chunk, offset),
                     encode_record(item));

  auto processed = static_cast<uint32_t>(outcome.done.size());
  auto failed = static_cast<uint32_t>(unit.counters.items_failed);
  unit.counters.items_processed = processed;
  progress_.processed += processed;
  progress_.failed += failed;
  progress_.retrying += waits.failed();

  auto pending = static_cast<uint32_t>(waits.items.size());
  if (pending == 0) {
    waiting_.erase(chunk);
    ++chunks_done_;
  } else
    waiting_[chunk] = std::move(waits);

  if (chunks_done_ == job_->spec.chunks) {
    auto tolerated = job_->options.tolerated_failures.allows(progress_.failed,
                                                             job_->spec.total);
    end(unit, tolerated ? job_state::succeeded : job_state::failed, now);
  } else
    unit.changes.put(
      family::marks, keys::chunk(number, chunk),
      encode_record(chunk_mark{processed, failed, pending, outcome.ref.round}));
  write_progress(unit, now);
  return unit;
}

void job_machine::take_failures(const chunk_outcome& outcome,
                                std::map<uint32_t, pending_item>& before,
                                waiting_chunk& waits, commit_unit& unit,
                                moment now) {
  std::map<uint32_t, pending_item> lost;
  const item_failure* last_lost = nullptr;
  auto attempt_of = [&](const item_failure& failure) {
    return attempt{outcome.failed_at.value_or(now.time), failure.why.code,
                   failure.why.message, outcome.worker, outcome.node};
  };
  for (const auto& failure : outcome.failures) {
    auto& item = before[failure.offset];
    // An item of a lost piece may have a fault of its own besides.
    if (outcome.lost
        && class_of(failure.why.code) == failure_class::transient) {
      lost.emplace(failure.offset, std::move(item));
      last_lost = &failure;
    } else if (take_failure(waits, item, failure, attempt_of(failure),
                            job_->options, random_, now.ticks)
               == verdict::dead)
      write_letter(outcome, failure, item, unit, now);
  }
  if (!last_lost
      || take_loss(waits, lost, attempt_of(*last_lost), job_->options, random_,
                   now.ticks)
           == verdict::try_again)
    return;
  auto poison = *last_lost;
  const auto& item = lost.at(poison.offset);
  poison.why
    = {ec::poison,
       to_message("its worker ended or stalled " + std::to_string(item.losses)
                  + " times, the last time: " + poison.why.message)};
  write_letter(outcome, poison, item, unit, now);
}

/// Chunks that are begun while a provider asks for patience would only wait
/// beside this one, as many as the job has.
void job_machine::hold_back(const chunk_outcome& outcome,
                            const waiting_chunk& waits) {
  auto is_throttled = [](const item_failure& x) {
    return class_of(x.why.code) == failure_class::throttled;
  };
  if (outcome.done.empty() && !outcome.failures.empty()
      && std::ranges::all_of(outcome.failures, is_throttled))
    held_until_ = std::max(held_until_, waits.due);
}

void job_machine::pause_if_blocked(const chunk_outcome& outcome,
                                   commit_unit& unit) {
  auto piece = active_.find(outcome.ref.chunk);
  if (control_.paused || control_.cancelled || piece == active_.end()
      || piece->second.resumes != resumes_)
    return;
  for (const auto& x : outcome.failures)
    if (class_of(x.why.code) == failure_class::blocked) {
      control_.paused = true;
      progress_.reason = x.why.message;
      return write_control(unit);
    }
}

void job_machine::write_letter(const chunk_outcome& outcome,
                               const item_failure& failure,
                               const pending_item& item, commit_unit& unit,
                               moment now) {
  auto index = outcome.first_item + failure.offset;
  unit.changes.put(
    family::dead, keys::dead_item(job_->spec.number, index),
    encode_record(make_letter(job_->spec, index, failure, item, now.time)));
  ++unit.counters.items_failed;
  ++unit.counters.dead_letters;
}

job_state job_machine::state_at(moment now) const {
  if (has_ended())
    return progress_.state;
  if (control_.paused)
    return job_state::paused;
  if (!control_.released || job_->starts_at() > now.time)
    return job_state::scheduled;
  if (progress_.status == job_status::pending)
    return job_state::queued;
  auto all_begun = next_chunk_ == job_->spec.chunks
                   && waiting_.size() + chunks_done_ == next_chunk_;
  return all_begun && progress_.retrying > 0 ? job_state::retrying
                                             : job_state::running;
}

void job_machine::write_progress(commit_unit& unit, moment now) {
  progress_.updated_at = now.time;
  progress_.state = state_at(now);
  unit.changes.put(family::jobs, keys::job_progress(job_->spec.number),
                   encode_record(progress_));
}

void job_machine::write_control(commit_unit& unit) {
  unit.changes.put(family::jobs, keys::job_control(job_->spec.number),
                   encode_record(control_));
}

void job_machine::move_status(commit_unit& unit, job_status status) {
  auto number = job_->spec.number;
  auto key = [number](job_status s) {
    return keys::job_by_status(static_cast<uint8_t>(s), number);
  };
  unit.changes.erase(family::jobs, key(progress_.status));
  unit.changes.put(family::jobs, key(status), {});
  unit.counters.of(progress_.status) -= 1;
  unit.counters.of(status) += 1;
  progress_.status = status;
}

void job_machine::end(commit_unit& unit, job_state state, moment now) {
  auto number = job_->spec.number;
  auto total = job_->spec.total;
  move_status(unit, state == job_state::succeeded ? job_status::completed
                                                  : job_status::failed);
  progress_.state = state;
  progress_.not_started = total - progress_.done();
  progress_.retrying = 0;
  progress_.finished_at = now.time;
  std::string total_bytes;
  append_fixed(total_bytes, total);
  unit.changes.put(family::jobs, keys::finished_job(now.time, number),
                   total_bytes);
  unit.changes.erase(family::jobs, keys::job_control(number));
  unit.counters.kept_items = total;
  unit.durable = true;
  unit.ends_job = true;
  erase_work(unit);
}

void job_machine::erase_work(commit_unit& unit) const {
  auto number = job_->spec.number;
  // Rows of items that still wait are not looked for.
  if (job_->spec.chunks <= chunks_erased_singly_max && waiting_.empty()) {
    for (uint32_t chunk = 0; chunk < job_->spec.chunks; ++chunk)
      unit.changes.erase(family::chunks, keys::chunk(number, chunk));
    for (uint32_t chunk = 0; chunk < job_->spec.chunks; ++chunk)
      unit.changes.erase(family::marks, keys::chunk(number, chunk));
    return;
  }
  auto [from, to] = keys::of_job(number);
  unit.changes.erase_range(family::chunks, from, to);
  unit.changes.erase_range(family::marks, from, to);
}

} // namespace batch
