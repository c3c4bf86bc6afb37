#include "gateway/http/read_ahead_stream.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace batch {

namespace {

class read_ahead_stream : public byte_stream {
public:
  explicit read_ahead_stream(byte_stream_ptr in) : in_(std::move(in)) {}

  ~read_ahead_stream() override {
    if (!thread_.joinable())
      return;
    {
      std::lock_guard guard{mutex_};
      ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  expected<bool> read(std::string& out) override {
    if (!thread_.joinable())
      return read_first(out);
    std::unique_lock guard{mutex_};
    changed_.wait(guard, [this] { return more_.has_value(); });
    auto more = *more_;
    if (out.empty())
      std::swap(out, piece_); // whose memory is used again for the next one
    else
      out += piece_;
    piece_.clear();
    if (more && *more) {
      more_.reset();
      changed_.notify_one();
    }
    return more;
  }

private:
  expected<bool> read_first(std::string& out) {
    auto more = in_->read(out);
    if (more && *more)
      thread_ = std::thread([this] { run(); });
    return more;
  }

  void run() {
    std::unique_lock guard{mutex_};
    for (;;) {
      // Nobody else touches the piece until `more_` is set.
      guard.unlock();
      auto more = read_next();
      guard.lock();
      more_ = std::move(more);
      changed_.notify_one();
      changed_.wait(guard, [this] { return ending_ || !more_; });
      if (ending_)
        return;
    }
  }

  /// An exception must not leave the thread.
  expected<bool> read_next() {
    try {
      return in_->read(piece_);
    } catch (const std::exception& e) {
      return fail(ec::internal, e.what());
    }
  }

  byte_stream_ptr in_;
  std::mutex mutex_;
  /// Only one of the two sides ever waits.
  std::condition_variable changed_;
  std::string piece_;
  /// What reading `piece_` answered; nothing while it is being read.
  std::optional<expected<bool>> more_;
  bool ending_ = false;
  std::thread thread_;
};

} // namespace

byte_stream_ptr make_read_ahead_stream(byte_stream_ptr in) {
  return std::make_unique<read_ahead_stream>(std::move(in));
}

} // namespace batch
