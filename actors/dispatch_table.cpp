#include "actors/dispatch_table.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace batch {

namespace {

/// How far one piece moves a job on: less for jobs of higher priority.
double stride_of(int32_t priority) {
  return std::pow(1.25, -priority);
}

} // namespace

slot_number dispatch_table::add_slot(const job_kind& type, size_t credit,
                                     unsigned losses) {
  auto number = next_slot_++;
  auto& s = slots_[number];
  s.type = type;
  s.credit = credit;
  s.losses = losses;
  note_room(number, s);
  return number;
}

std::vector<grant> dispatch_table::remove_slot(slot_number number) {
  auto found = slots_.find(number);
  if (found == slots_.end())
    return {};
  forget_room(number, found->second);
  std::vector<grant> held(std::make_move_iterator(found->second.held.begin()),
                          std::make_move_iterator(found->second.held.end()));
  granted_ -= held.size();
  slots_.erase(found);
  return held;
}

std::vector<grant> dispatch_table::retire_slot(slot_number number) {
  auto found = slots_.find(number);
  if (found == slots_.end())
    return {};
  auto& s = found->second;
  forget_room(number, s);
  s.credit = 0;
  std::vector<grant> waiting;
  while (s.held.size() > 1) {
    waiting.push_back(std::move(s.held.back()));
    s.held.pop_back();
  }
  std::ranges::reverse(waiting);
  granted_ -= waiting.size();
  return waiting;
}

size_t dispatch_table::held_by(slot_number number) const {
  auto found = slots_.find(number);
  return found == slots_.end() ? 0 : found->second.held.size();
}

void dispatch_table::offer(const job_context_ptr& job, int32_t priority,
                           std::vector<chunk_ref> pieces) {
  auto number = job->spec.number;
  auto& p = pools_[job->spec.type];
  auto [found, fresh] = p.jobs.try_emplace(number);
  auto& queue = found->second;
  if (fresh)
    queue.job = job;
  queue.priority = priority;
  if (pieces.empty())
    return;
  if (queue.pieces.empty()) {
    // A job that was away has no claim on the time it did not use.
    queue.pass = std::max(queue.pass, p.now);
    p.order.emplace(queue.pass, number);
  }
  for (auto& piece : pieces)
    queue.pieces.push_back(std::move(piece));
}

std::vector<chunk_ref> dispatch_table::withdraw(uint64_t job_number) {
  std::vector<chunk_ref> queued;
  for (auto& [type, p] : pools_)
    if (auto found = p.jobs.find(job_number); found != p.jobs.end()) {
      auto& pieces = found->second.pieces;
      queued.assign(std::make_move_iterator(pieces.begin()),
                    std::make_move_iterator(pieces.end()));
      p.order.erase({found->second.pass, job_number});
      p.jobs.erase(found);
    }
  return queued;
}

std::vector<grant> dispatch_table::assign(time_ms now) {
  std::vector<grant> grants;
  for (auto& [type, p] : pools_)
    while (!p.order.empty() && !p.free_slots.empty())
      grants.push_back(grant_next(p, now));
  return grants;
}

grant dispatch_table::grant_next(pool& p, time_ms now) {
  auto [pass, job_number] = *p.order.begin();
  p.order.erase(p.order.begin());
  p.now = pass;
  auto& queue = p.jobs.at(job_number);
  auto slot_id = std::get<2>(*p.free_slots.begin());
  auto& s = slots_.at(slot_id);

  grant g{next_lease_++, slot_id, queue.job, std::move(queue.pieces.front())};
  queue.pieces.pop_front();
  queue.pass += stride_of(queue.priority);
  if (!queue.pieces.empty())
    p.order.emplace(queue.pass, job_number);

  forget_room(slot_id, s);
  if (s.held.empty())
    s.begun = now;
  s.held.push_back(g);
  note_room(slot_id, s);
  ++granted_;
  return g;
}

std::optional<grant> dispatch_table::finish(slot_number number,
                                            lease_number lease, time_ms now) {
  auto found = slots_.find(number);
  if (found == slots_.end() || found->second.held.empty()
      || found->second.held.front().lease != lease)
    return std::nullopt;
  auto& s = found->second;
  forget_room(number, s);
  auto done = std::move(s.held.front());
  s.held.pop_front();
  s.losses = 0;
  s.begun = now;
  note_room(number, s);
  --granted_;
  return done;
}

std::vector<slot_number> dispatch_table::overdue(time_ms now) const {
  std::vector<slot_number> late;
  for (const auto& [number, s] : slots_)
    if (!s.held.empty()
        && now - s.begun > s.held.front().job->options.timeout.count())
      late.push_back(number);
  return late;
}

void dispatch_table::note_room(slot_number number, const slot& s) {
  if (s.held.size() < s.credit)
    pools_[s.type].free_slots.emplace(s.held.size(), s.losses, number);
}

void dispatch_table::forget_room(slot_number number, const slot& s) {
  pools_[s.type].free_slots.erase({s.held.size(), s.losses, number});
}

} // namespace batch
