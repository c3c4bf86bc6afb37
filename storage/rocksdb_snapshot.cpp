#include "storage/rocksdb_snapshot.hpp"

#include "codecs/limits.hpp"

#include <utility>

namespace batch {

namespace {

/// How long an iterator is used. As long as it lives, memory and files of its
/// time cannot be freed. Source: whoever reads at full speed sees 500 MB pass
/// in this time, beside which a new one costs nothing.
constexpr std::chrono::seconds iterator_age_max{1};

} // namespace

rocksdb_snapshot::rocksdb_snapshot(std::shared_ptr<rocksdb_database> database,
                                   time_point now)
  : database_(std::move(database)), taken_(now),
    view_(database_->db->GetSnapshot()) {}

rocksdb_snapshot::~rocksdb_snapshot() {
  kept_.reset();
  if (view_)
    database_->db->ReleaseSnapshot(view_);
}

std::unique_ptr<rocksdb_scan>
rocksdb_snapshot::begin_scan(rocksdb::ReadOptions options, family f,
                             std::string_view to, time_point now) const {
  std::lock_guard guard{mutex_};
  expire_locked(now);
  if (!view_)
    return nullptr;
  auto scan = std::make_unique<rocksdb_scan>();
  scan->family = f;
  scan->to = to;
  scan->upper_bound = scan->to;
  scan->made = now;
  options.snapshot = view_;
  if (!to.empty())
    options.iterate_upper_bound = &scan->upper_bound;
  scan->row.reset(database_->db->NewIterator(options, database_->of(f)));
  return scan;
}

std::unique_ptr<rocksdb_scan>
rocksdb_snapshot::take_scan(family f, std::string_view to,
                            std::string_view after_key, time_point now) const {
  std::lock_guard guard{mutex_};
  expire_locked(now);
  if (!kept_ || kept_->family != f || kept_->to != to
      || kept_->last_key != after_key)
    return nullptr;
  return std::move(kept_);
}

void rocksdb_snapshot::keep_scan(std::unique_ptr<rocksdb_scan> scan) const {
  std::lock_guard guard{mutex_};
  if (view_)
    kept_ = std::move(scan);
}

void rocksdb_snapshot::expire(time_point now) const {
  std::lock_guard guard{mutex_};
  expire_locked(now);
}

void rocksdb_snapshot::expire_locked(time_point now) const {
  if (view_ && now - taken_ > snapshot_age_max)
    database_->db->ReleaseSnapshot(std::exchange(view_, nullptr));
  if (kept_ && (!view_ || now - kept_->made > iterator_age_max))
    kept_.reset();
}

snapshot_ptr rocksdb_snapshots::take(std::shared_ptr<rocksdb_database> database,
                                     time_point now) {
  auto result = std::make_shared<rocksdb_snapshot>(std::move(database), now);
  std::lock_guard guard{mutex_};
  taken_.push_back(result);
  return result;
}

void rocksdb_snapshots::expire(time_point now) {
  std::lock_guard guard{mutex_};
  std::erase_if(taken_, [now](auto& x) {
    auto view = x.lock();
    if (view)
      view->expire(now);
    return !view;
  });
}

} // namespace batch
