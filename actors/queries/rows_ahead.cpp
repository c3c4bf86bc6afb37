#include "actors/queries/rows_ahead.hpp"

#include <exception>

namespace batch {

rows_ahead::rows_ahead(const store_reader& store, snapshot_ptr view, family f,
                       keys::range range, std::string after)
  : store_(&store), view_(std::move(view)), family_(f),
    range_(std::move(range)), after_(std::move(after)) {
  rows_.more = true;
}

rows_ahead::~rows_ahead() {
  if (!thread_.joinable())
    return;
  {
    std::lock_guard guard{mutex_};
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

expected<void> rows_ahead::next_page() {
  if (!thread_.joinable()) {
    auto first = read_page();
    if (!first)
      return fail(first);
    rows_ = std::move(*first);
    if (rows_.more)
      thread_ = std::thread([this] { run(); });
    return {};
  }
  std::unique_lock guard{mutex_};
  changed_.wait(guard, [this] { return ahead_.has_value(); });
  if (!*ahead_)
    return fail(*ahead_);
  rows_ = std::move(**ahead_);
  if (rows_.more) {
    ahead_.reset();
    changed_.notify_one();
  }
  return {};
}

void rows_ahead::run() {
  std::unique_lock guard{mutex_};
  while (!ending_) {
    guard.unlock();
    auto next = read_page();
    guard.lock();
    ahead_ = std::move(next);
    changed_.notify_one();
    changed_.wait(guard, [this] { return ending_ || !ahead_; });
  }
}

expected<page> rows_ahead::read_page() {
  try {
    auto rows = store_->scan(view_, family_, range_.from, range_.to, after_,
                             stream_bytes);
    if (rows && !rows->empty())
      after_ = rows->last_key();
    else if (rows)
      rows->more = false;
    return rows;
  } catch (const std::exception& e) {
    return fail(ec::internal, e.what());
  }
}

} // namespace batch
