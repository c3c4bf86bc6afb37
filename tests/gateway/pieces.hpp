// Streams of known pieces, for what is wrapped around streams.
#pragma once

#include "actors/queries/byte_stream.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

namespace batch::test {

/// Answers its pieces, and that the last one is the last or an error behind it.
class piece_stream : public byte_stream {
public:
  piece_stream(std::vector<std::string> texts, bool fails)
    : texts_(std::move(texts)), fails_(fails) {}

  expected<bool> read(std::string& out) override {
    BOOST_REQUIRE(!ended_);
    if (at_ < texts_.size())
      out += texts_[at_++];
    else if (fails_)
      return fail(ec::snapshot_gone, "too old");
    ended_ = !fails_ && at_ == texts_.size();
    return !ended_;
  }

private:
  std::vector<std::string> texts_;
  bool fails_;
  size_t at_ = 0;
  bool ended_ = false;
};

inline byte_stream_ptr pieces_of(std::vector<std::string> texts) {
  return std::make_unique<piece_stream>(std::move(texts), false);
}

inline byte_stream_ptr failing_pieces(std::vector<std::string> texts) {
  return std::make_unique<piece_stream>(std::move(texts), true);
}

inline std::string read_whole(byte_stream& stream) {
  std::string text;
  for (;;) {
    auto more = stream.read(text);
    BOOST_REQUIRE(more);
    if (!*more)
      return text;
  }
}

/// The code of the error that a stream ends with.
inline ec error_of(byte_stream& stream) {
  std::string text;
  for (;;) {
    auto more = stream.read(text);
    if (!more)
      return more.error().code;
    BOOST_REQUIRE(*more);
  }
}

inline std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts)
    all += text;
  return all;
}

/// None, one, empty ones among others, and one of a megabyte.
inline std::vector<std::vector<std::string>> piece_samples() {
  std::string large;
  for (int i = 0; i < 200'000; ++i)
    large += std::to_string(i * 7919 % 100'003);
  return {{}, {""}, {"a"}, {"a\n", "", large, "end\n"}, {"", large, ""}};
}

} // namespace batch::test
