#include "storage/rocksdb_snapshot.hpp"

#include "codecs/limits.hpp"

#include <utility>

namespace batch {

rocksdb_snapshot::rocksdb_snapshot(std::shared_ptr<rocksdb_database> database,
                                   time_point now)
  : database_(std::move(database)), taken_(now),
    view_(database_->db->GetSnapshot()) {}

rocksdb_snapshot::~rocksdb_snapshot() {
  if (view_)
    database_->db->ReleaseSnapshot(view_);
}

std::unique_ptr<rocksdb::Iterator>
rocksdb_snapshot::new_iterator(rocksdb::ReadOptions options, family f,
                               time_point now) const {
  std::lock_guard guard{mutex_};
  expire_locked(now);
  if (!view_)
    return nullptr;
  options.snapshot = view_;
  return std::unique_ptr<rocksdb::Iterator>{
    database_->db->NewIterator(options, database_->of(f))};
}

void rocksdb_snapshot::expire(time_point now) const {
  std::lock_guard guard{mutex_};
  expire_locked(now);
}

void rocksdb_snapshot::expire_locked(time_point now) const {
  if (view_ && now - taken_ > snapshot_age_max)
    database_->db->ReleaseSnapshot(std::exchange(view_, nullptr));
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
