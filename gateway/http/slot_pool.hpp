// How many of something may go on at one time.
#pragma once

#include "codecs/error.hpp"

#include <atomic>
#include <cstddef>
#include <string>
#include <utility>

namespace batch {

/// Places for what holds a thread, buffers or a snapshot for as long as its
/// client takes.
/// Thread-safety: all. Outlives the slots.
class slot_pool {
public:
  /// @param of_what e.g. "exports", for messages.
  /// @param setting the name of the setting of `size`, for messages.
  slot_pool(size_t size, std::string of_what, std::string setting)
    : size_(size), of_what_(std::move(of_what)), setting_(std::move(setting)) {}

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

  /// Errors: `ec::overloaded` if all are taken.
  expected<slot> take() {
    if (taken_.fetch_add(1) < size_)
      return slot{*this};
    --taken_;
    return fail(ec::overloaded,
                std::to_string(size_) + " " + of_what_
                  + " are under way, as many as may be at one time; try again "
                    "later, or start the service with a larger "
                  + setting_);
  }

private:
  const size_t size_;
  const std::string of_what_;
  const std::string setting_;
  std::atomic<size_t> taken_{0};
};

} // namespace batch
