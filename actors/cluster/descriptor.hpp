// The owner of a file or socket of the operating system.
#pragma once

#include <utility>

#include <unistd.h>

namespace batch {

class descriptor {
public:
  descriptor() = default;
  explicit descriptor(int number) : number_(number) {}
  descriptor(descriptor&& other) noexcept : number_(other.release()) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }

  /// Whether there is one; -1 stands for none.
  explicit operator bool() const { return number_ >= 0; }
  int number() const { return number_; }
  /// Gives it to somebody else.
  int release() { return std::exchange(number_, -1); }

private:
  int number_ = -1;
};

} // namespace batch
