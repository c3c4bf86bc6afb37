// How many long answers may be on their way at one time.
#pragma once

#include "actors/queries/byte_stream.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace batch {

/// Places for streams: each holds a thread, buffers and a snapshot for as long
/// as its client takes.
/// Thread-safety: all. Outlives the streams.
class stream_slots {
public:
  explicit stream_slots(size_t count) : free_(static_cast<ptrdiff_t>(count)) {}

  /// A place that is taken; given back when it goes.
  class slot {
  public:
    explicit slot(stream_slots& from) : from_(&from) {}
    slot(slot&& other) noexcept : from_(std::exchange(other.from_, nullptr)) {}
    slot& operator=(slot&&) = delete;
    ~slot() {
      if (from_)
        ++from_->free_;
    }

  private:
    stream_slots* from_;
  };

  /// Errors: `ec::overloaded` if all places are taken.
  expected<slot> take() {
    if (free_.fetch_sub(1) > 0)
      return slot{*this};
    ++free_;
    return fail(ec::overloaded,
                "as many exports, results and errors are being sent as may be "
                "at one time; try again later, or start the service with a "
                "larger --exports-max");
  }

private:
  std::atomic<ptrdiff_t> free_;
};

/// A stream that keeps its place until it goes.
class placed_stream : public byte_stream {
public:
  placed_stream(byte_stream_ptr in, stream_slots::slot place)
    : place_(std::move(place)), in_(std::move(in)) {}

  expected<bool> read(std::string& out) override { return in_->read(out); }

private:
  stream_slots::slot place_; // goes after the stream
  byte_stream_ptr in_;
};

} // namespace batch
