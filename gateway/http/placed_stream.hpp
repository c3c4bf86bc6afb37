// A stream that keeps its place until it goes.
#pragma once

#include "actors/queries/byte_stream.hpp"
#include "gateway/http/slot_pool.hpp"

namespace batch {

class placed_stream : public byte_stream {
public:
  placed_stream(byte_stream_ptr in, slot_pool::slot place)
    : place_(std::move(place)), in_(std::move(in)) {}

  expected<bool> read(std::string& out) override { return in_->read(out); }

private:
  slot_pool::slot place_; // goes after the stream
  byte_stream_ptr in_;
};

} // namespace batch
