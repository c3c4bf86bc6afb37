#include "gateway/http/read_ahead_stream.hpp"

#include "tests/gateway/pieces.hpp"

#include <atomic>
#include <stdexcept>
#include <thread>

using namespace batch;
using namespace batch::test;

namespace {

/// Never ends; counts what was read of it and who read it.
class endless_stream : public byte_stream {
public:
  explicit endless_stream(std::atomic<int>& reads) : reads_(reads) {}

  expected<bool> read(std::string& out) override {
    out += std::to_string(++reads_) + ' ';
    return true;
  }

private:
  std::atomic<int>& reads_;
};

class throwing_stream : public byte_stream {
public:
  expected<bool> read(std::string&) override {
    if (first_)
      return !(first_ = false);
    throw std::runtime_error{"broken"};
  }

private:
  bool first_ = true;
};

/// Remembers the thread that read last.
class own_thread_stream : public byte_stream {
public:
  expected<bool> read(std::string& out) override {
    out += std::this_thread::get_id() == caller_ ? "own" : "other";
    return false;
  }

private:
  std::thread::id caller_ = std::this_thread::get_id();
};

} // namespace

BOOST_AUTO_TEST_CASE(pieces_come_whole_and_in_order) {
  for (const auto& texts : piece_samples())
    BOOST_TEST(
      (read_whole(*make_read_ahead_stream(pieces_of(texts))) == joined(texts)));
  std::vector<std::string> many;
  for (int i = 0; i < 2000; ++i)
    many.push_back(std::to_string(i) + ' ');
  BOOST_TEST(
    (read_whole(*make_read_ahead_stream(pieces_of(many))) == joined(many)));
  // Into a buffer that is emptied each time, as a sender does it.
  auto stream = make_read_ahead_stream(pieces_of(many));
  std::string piece, all;
  for (bool more = true; more; all += piece) {
    piece.clear();
    more = *stream->read(piece);
  }
  BOOST_TEST((all == joined(many)));
}

BOOST_AUTO_TEST_CASE(errors_and_exceptions_come_in_their_turn) {
  auto stream = make_read_ahead_stream(failing_pieces({"a", "b"}));
  BOOST_TEST((error_of(*stream) == ec::snapshot_gone));
  stream = make_read_ahead_stream(failing_pieces({}));
  BOOST_TEST((error_of(*stream) == ec::snapshot_gone));
  stream = make_read_ahead_stream(std::make_unique<throwing_stream>());
  BOOST_TEST((error_of(*stream) == ec::internal));
}

BOOST_AUTO_TEST_CASE(a_stream_of_one_piece_gets_no_thread) {
  auto stream = make_read_ahead_stream(std::make_unique<own_thread_stream>());
  BOOST_TEST(read_whole(*stream) == "own");
}

/// However slow the client, and wherever it goes away.
BOOST_AUTO_TEST_CASE(no_more_than_one_piece_is_read_ahead) {
  for (int taken = 0; taken < 5; ++taken) {
    std::atomic<int> reads{0};
    {
      auto stream
        = make_read_ahead_stream(std::make_unique<endless_stream>(reads));
      std::string text;
      for (int i = 0; i < taken; ++i)
        BOOST_TEST(*stream->read(text));
    }
    BOOST_TEST(reads >= taken);
    BOOST_TEST(reads <= taken + (taken > 0 ? 1 : 0));
  }
}
