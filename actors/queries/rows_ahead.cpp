#include "actors/queries/rows_ahead.hpp"

#include <exception>

namespace batch {

rows_ahead::rows_ahead(const store_reader& store, snapshot_ptr view, family f,
                       keys::range range, std::string after)
  : store_(&store), view_(std::move(view)), family_(f),
    range_(std::move(range)), after_(std::move(after)) {
  rows_.more = true;
  ahead_.reserve(pages_ahead_max);
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
  changed_.wait(guard, [this] { return !ahead_.empty(); });
  if (!ahead_.front())
    return fail(ahead_.front());
  rows_ = std::move(*ahead_.front());
  ahead_.erase(ahead_.begin());
  changed_.notify_one();
  return {};
}

void rows_ahead::run() {
  std::unique_lock guard{mutex_};
  for (bool more = true; more && !ending_;) {
    guard.unlock();
    auto next = read_page();
    guard.lock();
    more = next && next->more;
    ahead_.push_back(std::move(next));
    changed_.notify_one();
    changed_.wait(
      guard, [this] { return ending_ || ahead_.size() < pages_ahead_max; });
  }
}

expected<page> rows_ahead::read_page() {
  try {
    auto rows = store_->scan(view_, family_, range_.from, range_.to, after_,
                             page_bytes);
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
