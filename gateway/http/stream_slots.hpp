// How many long answers may be on their way at one time.
#pragma once

#include "actors/queries/byte_stream.hpp"
#include "gateway/http/slot_pool.hpp"

#include <cstddef>
#include <memory>
#include <utility>

namespace batch {

/// Places for streams: each holds a thread, buffers and a snapshot for as long
/// as its client takes.
/// Thread-safety: all. Outlives the streams.
class stream_slots {
public:
  using slot = slot_pool::slot;

  explicit stream_slots(size_t count) : pool_(count) {}

  /// Errors: `ec::overloaded` if all places are taken.
  expected<slot> take() {
    if (auto taken = pool_.take())
      return std::move(*taken);
    return fail(ec::overloaded,
                "as many exports, results and errors are being sent as may be "
                "at one time; try again later, or start the service with a "
                "larger --exports-max");
  }

private:
  slot_pool pool_;
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
