// How many bytes of bodies may be in memory at one time.
#pragma once

#include <atomic>
#include <cstddef>

namespace batch {

/// Thread-safe.
class byte_budget {
public:
  explicit byte_budget(size_t bytes) : free_(static_cast<ptrdiff_t>(bytes)) {}

  /// A share of the budget, given back when it goes.
  class share {
  public:
    explicit share(byte_budget& from) : from_(from) {}
    ~share() { from_.free_ += taken_; }
    share(const share&) = delete;
    share& operator=(const share&) = delete;

    /// Takes more. @returns false if there is not that much left.
    bool take(size_t bytes) {
      auto count = static_cast<ptrdiff_t>(bytes);
      if (from_.free_.fetch_sub(count) < count) {
        from_.free_ += count;
        return false;
      }
      taken_ += count;
      return true;
    }

  private:
    byte_budget& from_;
    ptrdiff_t taken_ = 0;
  };

private:
  std::atomic<ptrdiff_t> free_;
};

} // namespace batch
