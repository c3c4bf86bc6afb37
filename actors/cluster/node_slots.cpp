#include "actors/cluster/node_slots.hpp"

#include <algorithm>

namespace batch {

void node_slots::begin_session(const std::vector<slot_number>& numbers) {
  end_session();
  for (size_t i = 0; i < slots_.size() && i < numbers.size(); ++i)
    slots_[i].number = numbers[i];
}

void node_slots::end_session() {
  for (auto& x : slots_) {
    x.number = 0;
    x.waiting.clear();
  }
}

std::optional<node_slots::place> node_slots::find(slot_number number) const {
  if (number == 0)
    return std::nullopt;
  auto found = std::ranges::find(slots_, number, &slot::number);
  if (found == slots_.end())
    return std::nullopt;
  return static_cast<place>(found - slots_.begin());
}

node_task_ptr node_slots::add(place at, node_task_ptr task) {
  auto& x = slots_[at];
  if (x.running) {
    x.waiting.push_back(std::move(task));
    return nullptr;
  }
  x.running = std::move(task);
  return x.running;
}

node_task_ptr node_slots::next(place at) {
  auto& x = slots_[at];
  x.running = nullptr;
  if (x.waiting.empty())
    return nullptr;
  x.running = std::move(x.waiting.front());
  x.waiting.pop_front();
  return x.running;
}

void node_slots::renew(place at, slot_number fresh) {
  slots_[at] = {};
  slots_[at].number = fresh;
}

std::vector<uint64_t> node_slots::drop_waiting() {
  std::vector<uint64_t> leases;
  for (auto& x : slots_) {
    for (const auto& task : x.waiting)
      leases.push_back(task->lease);
    x.waiting.clear();
  }
  return leases;
}

uint32_t node_slots::running_count() const {
  return static_cast<uint32_t>(std::ranges::count_if(
    slots_, [](const slot& x) { return x.running != nullptr; }));
}

uint32_t node_slots::waiting_count() const {
  size_t count = 0;
  for (const auto& x : slots_)
    count += x.waiting.size();
  return static_cast<uint32_t>(count);
}

} // namespace batch
