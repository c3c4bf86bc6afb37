#include "actors/waiting_chunk.hpp"

#include <algorithm>
#include <cmath>

namespace batch {

namespace {

/// Source: the contract; a delay beyond it helps nobody.
constexpr std::chrono::milliseconds backoff_max = std::chrono::minutes{5};
/// The longest that a `Retry-After` is obeyed.
constexpr std::chrono::milliseconds retry_after_max = std::chrono::hours{1};

void split(std::map<uint32_t, pending_item>& items) {
  auto half = items.size() / 2;
  auto number = items.begin()->first + 1;
  for (auto& [offset, item] : items) {
    if (half-- == 0)
      number = offset + 1;
    item.piece = number;
  }
}

} // namespace

time_ms retry_delay(const job_options& options, unsigned tries,
                    const random_source& random) {
  auto base = static_cast<double>(options.backoff.count());
  auto delay = std::min(base * std::exp2(static_cast<double>(tries) - 1),
                        static_cast<double>(backoff_max.count()));
  return static_cast<time_ms>(delay * (0.5 + random()));
}

std::vector<uint32_t> waiting_chunk::next_piece() const {
  std::vector<uint32_t> offsets;
  auto lowest = UINT32_MAX;
  for (const auto& [offset, item] : items)
    lowest = std::min(lowest, item.piece);
  for (const auto& [offset, item] : items)
    if (item.piece == lowest)
      offsets.push_back(offset);
  return offsets;
}

uint32_t waiting_chunk::failed() const {
  return static_cast<uint32_t>(std::ranges::count_if(
    items, [](const auto& x) { return x.second.has_failed(); }));
}

verdict take_failure(waiting_chunk& chunk, pending_item& item,
                     const item_failure& failure, attempt what,
                     const job_options& options, const random_source& random,
                     time_ms ticks) {
  auto kind = class_of(failure.why.code);
  if (kind == failure_class::throttled) {
    auto delay = failure.retry_after
                   ? std::min(*failure.retry_after, retry_after_max).count()
                   : retry_delay(options, item.tries + 1U, random);
    chunk.wait_until(ticks + delay);
  } else if (kind != failure_class::blocked) {
    item.attempts.add(std::move(what));
    ++item.tries;
    if (kind == failure_class::permanent || item.tries > options.retries_max)
      return verdict::dead;
    // The chunk waits for the last of its items, so that they go together.
    chunk.wait_until(ticks + retry_delay(options, item.tries, random));
  }
  item.piece = 0;
  chunk.items[failure.offset] = std::move(item);
  return verdict::try_again;
}

verdict take_loss(waiting_chunk& chunk, std::map<uint32_t, pending_item>& items,
                  const attempt& what, const job_options& options,
                  const random_source& random, time_ms ticks) {
  uint16_t losses = 0;
  for (auto& [offset, item] : items) {
    item.attempts.add(what);
    losses = std::max(losses, ++item.losses);
  }
  if (losses >= losses_max) {
    if (items.size() == 1)
      return verdict::dead;
    split(items);
  } else if (losses > 1)
    chunk.wait_until(ticks + retry_delay(options, losses, random));
  chunk.items.merge(items);
  return verdict::try_again;
}

} // namespace batch
