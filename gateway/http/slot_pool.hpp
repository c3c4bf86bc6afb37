// How many of something may go on at one time.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace batch {

/// Thread-safe, but for `resize`.
class slot_pool {
public:
  explicit slot_pool(size_t size) : size_(size) {}

  /// A place in the pool, given back when it goes.
  class slot {
  public:
    explicit slot(slot_pool& from) : from_(&from) {}
    slot(slot&& other) noexcept : from_(std::exchange(other.from_, nullptr)) {}
    slot& operator=(slot&&) = delete;
    ~slot() {
      if (from_)
        --from_->taken_;
    }

  private:
    slot_pool* from_;
  };

  /// Nothing if all are taken.
  std::optional<slot> take() {
    if (taken_.fetch_add(1) < size_)
      return slot{*this};
    --taken_;
    return std::nullopt;
  }

  size_t size() const { return size_; }
  /// Only before the first slot is taken.
  void resize(size_t size) { size_ = size; }

private:
  size_t size_;
  std::atomic<size_t> taken_{0};
};

} // namespace batch
