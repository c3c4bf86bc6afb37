#include "actors/job_machine.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace batch {

job_machine::job_machine(open_job start, random_source random)
  : job_(std::move(start.context)), control_(std::move(start.control)),
    progress_(std::move(start.progress)), random_(std::move(random)) {
  for (auto& x : start.marked) {
    marked_.insert(x.chunk);
    if (x.mark.pending == 0)
      ++chunks_done_;
    else
      waiting_[x.chunk] = {x.mark.rounds, std::move(x.pending), 0};
  }
  if (!marked_.empty())
    last_marked_ = *marked_.rbegin();
}

bool job_machine::may_begin(moment now) const {
  return control_.released && !control_.paused && !control_.cancelled
         && job_->starts_at() <= now.time;
}

std::optional<commit_unit> job_machine::begin(moment now) {
  if (progress_.status != job_status::pending)
    return std::nullopt;
  auto unit = new_unit();
  progress_.started_at = now.time;
  move_status(unit, job_status::processing);
  write_progress(unit, now);
  return unit;
}

commit_unit job_machine::release(moment now) {
  auto unit = new_unit();
  control_.released = true;
  write_control(unit);
  write_progress(unit, now);
  return unit;
}

std::vector<chunk_ref> job_machine::take(size_t count, moment now) {
  std::vector<chunk_ref> taken;
  if (!may_begin(now))
    return taken;
  auto give = [&](chunk_ref ref) {
    active_[ref.chunk] = {ref, false, resumes_};
    taken.push_back(std::move(ref));
  };
  // The lowest first: others may be held back behind it.
  std::ranges::sort(given_back_, std::ranges::greater{}, &chunk_ref::chunk);
  while (taken.size() < count && !given_back_.empty()) {
    give(std::move(given_back_.back()));
    given_back_.pop_back();
  }
  for (auto& [chunk, waits] : waiting_) {
    if (taken.size() == count)
      return taken;
    if (waits.due <= now.ticks && !active_.contains(chunk))
      give(
        {chunk, static_cast<uint16_t>(waits.rounds + 1), waits.next_piece()});
  }
  if (now.ticks < held_until_)
    return taken;
  for (; taken.size() < count && next_chunk_ < job_->spec.chunks; ++next_chunk_)
    if (!marked_.contains(next_chunk_))
      give({next_chunk_, 1, {}});
  return taken;
}

bool job_machine::has_urgent(moment now) const {
  return !given_back_.empty() || time_to_next(now) == 0;
}

size_t job_machine::in_flight() const {
  return static_cast<size_t>(std::ranges::count_if(
    active_, [](const auto& x) { return !x.second.outcome_in; }));
}

void job_machine::give_back(const chunk_ref& ref) {
  auto found = active_.find(ref.chunk);
  if (found == active_.end() || found->second.outcome_in)
    return;
  given_back_.push_back(std::move(found->second.ref));
  active_.erase(found);
}

std::vector<commit_unit> job_machine::complete(outcome_ptr outcome,
                                               moment now) {
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

std::optional<chunk_ref>
job_machine::interrupted(const crash_note& note) const {
  auto chunk = note.chunk;
  auto found = waiting_.find(chunk);
  if (found == waiting_.end()) {
    if (chunk >= job_->spec.chunks || marked_.contains(chunk))
      return std::nullopt;
    return chunk_ref{chunk, 1, {}};
  }
  const auto& items = found->second.items;
  auto item = items.find(note.offset);
  auto is_this = [&](const attempt& x) {
    return x.code == ec::worker_lost && x.at == note.at;
  };
  if (item == items.end()
      || std::ranges::any_of(item->second.attempts.kept, is_this))
    return std::nullopt;
  chunk_ref ref{chunk, static_cast<uint16_t>(found->second.rounds + 1), {}};
  for (const auto& [offset, waiting] : items)
    ref.offsets.push_back(offset);
  return ref;
}

commit_unit job_machine::take_interrupted(const chunk_outcome& outcome,
                                          moment now) {
  assert(next_chunk_ == 0);
  auto chunk = outcome.ref.chunk;
  active_piece piece{outcome.ref, true, resumes_, 0};
  ++active_.try_emplace(chunk, std::move(piece)).first->second.units;
  auto unit = commit(outcome, now);
  // As after any restart: this chunk has a mark.
  marked_.insert(chunk);
  last_marked_ = *marked_.rbegin();
  return unit;
}

void job_machine::committed(uint32_t chunk) {
  auto found = active_.find(chunk);
  if (found != active_.end() && --found->second.units == 0)
    active_.erase(found);
}

std::optional<commit_unit> job_machine::settle(moment now) {
  if (has_ended())
    return std::nullopt;
  auto is_empty = job_->spec.chunks == 0 && may_begin(now);
  // Outcomes held back behind a chunk that is not begun any more are dropped:
  // what has taken effect stays the begin of the job.
  auto is_drained
    = control_.cancelled && std::ranges::all_of(active_, [](const auto& x) {
        return x.second.outcome_in;
      });
  if (!is_empty && !is_drained)
    return std::nullopt;
  auto unit = new_unit();
  if (is_drained) {
    held_.clear();
    end(unit, job_state::cancelled, now);
  } else
    end(unit, job_state::succeeded, now);
  write_progress(unit, now);
  return unit;
}

expected<commit_unit> job_machine::obey(const job_order& order, moment now) {
  using kind = job_order::kind;
  if (has_ended())
    return fail(ec::conflict, "the job has ended");
  if (control_.cancelled && order.what != kind::cancel
      && order.what != kind::cancel_now)
    return fail(ec::conflict, "the job is being cancelled");
  switch (order.what) {
  case kind::pause:
    control_.paused = true;
    break;
  case kind::resume:
    if (!control_.paused)
      return fail(ec::conflict, "the job is not paused");
    control_.paused = false;
    ++resumes_;
    break;
  case kind::cancel_now:
    std::erase_if(active_, [](const auto& x) { return !x.second.outcome_in; });
    [[fallthrough]];
  case kind::cancel:
    control_.cancelled = true;
    break;
  case kind::change:
    control_.priority = order.priority.value_or(control_.priority);
    control_.concurrency = order.concurrency.value_or(control_.concurrency);
    break;
  }
  if (order.what != kind::change)
    progress_.reason = order.reason;
  auto unit = new_unit();
  write_control(unit);
  write_progress(unit, now);
  unit.durable = true;
  return unit;
}

std::optional<time_ms> job_machine::time_to_next(moment now) const {
  if (!control_.released || control_.paused || control_.cancelled)
    return std::nullopt;
  if (job_->starts_at() > now.time)
    return job_->starts_at() - now.time;
  std::optional<time_ms> wait;
  if (held_until_ > now.ticks && next_chunk_ < job_->spec.chunks)
    wait = held_until_ - now.ticks;
  for (const auto& [chunk, waits] : waiting_)
    if (!active_.contains(chunk)) {
      auto mine = std::max<time_ms>(waits.due - now.ticks, 0);
      wait = std::min(wait.value_or(mine), mine);
    }
  return wait;
}

} // namespace batch
