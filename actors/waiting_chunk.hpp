// What is left of a chunk after a round: which of its items wait for another
// one, and what a failure means for an item.
#pragma once

#include "actors/commit_unit.hpp"
#include "actors/work.hpp"

#include <functional>
#include <map>
#include <vector>

namespace batch {

/// Answers a number of [0, 1), for the jitter of delays.
using random_source = std::function<double()>;

/// Workers that may be lost over a piece before it is suspicious and split.
/// Source: the contract.
inline constexpr uint16_t losses_max = 3;

/// The delay before the given try of an item, from 2: base × 2^(n-1), five
/// minutes at most, and up to half of it less or more.
time_ms retry_delay(const job_options& options, unsigned tries,
                    const random_source& random);

/// The items of one chunk that are still to be done after its first round.
struct waiting_chunk {
  uint16_t rounds = 0;
  /// By offset from the begin of the chunk.
  std::map<uint32_t, pending_item> items;
  /// When the next round may begin, in ticks.
  time_ms due = 0;

  /// The items of the next round: those of the lowest piece.
  std::vector<uint32_t> next_piece() const;
  uint32_t failed() const;

  /// Lets the chunk wait at least until then.
  void wait_until(time_ms ticks) { due = std::max(due, ticks); }
};

/// What a failure leads to.
enum class verdict { try_again, dead };

/// Takes note of an item's own failure. If it is tried again, the chunk waits
/// for it; not where its job is to be paused for that.
verdict take_failure(waiting_chunk& chunk, pending_item& item,
                     const item_failure& failure, attempt what,
                     const job_options& options, const random_source& random,
                     time_ms ticks);

/// Takes note that a worker was lost over these items, and takes those that are
/// tried again: at once the first time, so that the work of a node that is gone
/// is done elsewhere without delay, later ever later. A piece that has lost too
/// many workers is split in two; if it is a single item, that is dead.
verdict take_loss(waiting_chunk& chunk, std::map<uint32_t, pending_item>& items,
                  const attempt& what, const job_options& options,
                  const random_source& random, time_ms ticks);

} // namespace batch
