// How much the uploads that are open may hold in memory.
#pragma once

#include "codecs/limits.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>

namespace batch {

/// Divides `uploads_bytes_max` among the uploads that are open: the more there
/// are, the sooner each hands over what it has gathered. What an upload holds
/// already counts no more than its share until its next item comes, so a
/// sudden crowd may hold about twice as much for a moment.
///
/// Thread-safety: every call may come from any thread.
class upload_budget {
public:
  /// @param share_bytes the most that one upload gathers, whatever is left.
  explicit upload_budget(size_t share_bytes = upload_share_bytes_max)
    : share_bytes_(share_bytes) {}

  /// The part of one upload, as long as it is open.
  class share {
  public:
    explicit share(upload_budget& of) : of_(of) { ++of_.open_; }
    ~share() { --of_.open_; }
    share(const share&) = delete;
    share& operator=(const share&) = delete;

    /// Bytes to gather before they are handed over, as things are now. Half of
    /// the part: while these are being stored the next ones are gathered.
    size_t block_bytes() const {
      auto open
        = std::max<size_t>(of_.open_.load(std::memory_order_relaxed), 1);
      return std::clamp(uploads_bytes_max / open / 2, upload_share_bytes_min,
                        of_.share_bytes_);
    }

  private:
    upload_budget& of_;
  };

private:
  const size_t share_bytes_;
  std::atomic<size_t> open_{0};
};

} // namespace batch
