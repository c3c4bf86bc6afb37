#include "storage/rocksdb_store.hpp"

#include "codecs/limits.hpp"
#include "storage/disk_space.hpp"
#include "storage/keys.hpp"
#include "storage/rocksdb_backup.hpp"
#include "storage/rocksdb_database.hpp"
#include "storage/rocksdb_log_check.hpp"
#include "storage/rocksdb_reader.hpp"
#include "storage/rocksdb_reclaimer.hpp"
#include "storage/rocksdb_status.hpp"
#include "storage/term.hpp"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <cassert>

namespace batch {

namespace {

/// The entries of a batch in the order in which RocksDB takes them best.
struct sorted_changes {
  std::vector<write_batch::entry> expectations;
  std::vector<write_batch::entry> ranges;
  /// Puts and erasures by family and key. Of equal keys the last one counts.
  std::vector<write_batch::entry> rows;

  void assign(const write_batch& changes);

private:
  /// Neighbours in `rows`.
  struct run {
    size_t begin;
    size_t size;
  };

  void sort_runs();

  std::vector<run> runs_;
  std::vector<write_batch::entry> ordered_;
};

bool same_key(const write_batch::entry& x, const write_batch::entry& y) {
  return x.family == y.family && x.key == y.key;
}

bool by_key(const write_batch::entry& x, const write_batch::entry& y) {
  if (x.family != y.family)
    return x.family < y.family;
  if (auto order = x.key.compare(y.key); order != 0)
    return order < 0;
  // Both lie in one buffer, in the order in which they were added.
  return x.key.data() < y.key.data();
}

void sorted_changes::assign(const write_batch& changes) {
  expectations.clear();
  ranges.clear();
  rows.clear();
  changes.for_each([this](const write_batch::entry& x) {
    switch (x.op) {
    case write_batch::op::put:
    case write_batch::op::erase:
      rows.push_back(x);
      break;
    case write_batch::op::erase_range:
      if (x.key < x.value)
        ranges.push_back(x);
      break;
    case write_batch::op::expect_value:
    case write_batch::op::expect_absent:
      expectations.push_back(x);
      break;
    }
  });
  // Neighbours go into a memtable at half the price of strangers.
  if (!std::is_sorted(rows.begin(), rows.end(), by_key))
    sort_runs();
}

/// Sorts `rows`, which are a few runs that are sorted: what one unit changes
/// in one family. Mostly the runs do not overlap, and then it is enough to put
/// them in order.
void sorted_changes::sort_runs() {
  runs_.clear();
  for (size_t i = 0; i < rows.size(); ++i)
    if (i == 0 || rows[i].family != rows[i - 1].family
        || by_key(rows[i], rows[i - 1]))
      runs_.push_back({i, 1});
    else
      ++runs_.back().size;
  std::sort(runs_.begin(), runs_.end(), [this](const run& x, const run& y) {
    return by_key(rows[x.begin], rows[y.begin]);
  });
  ordered_.clear();
  ordered_.reserve(rows.size());
  for (auto [begin, size] : runs_) {
    auto first = rows.begin() + static_cast<std::ptrdiff_t>(begin);
    ordered_.insert(ordered_.end(), first,
                    first + static_cast<std::ptrdiff_t>(size));
  }
  rows.swap(ordered_);
  if (!std::is_sorted(rows.begin(), rows.end(), by_key))
    std::sort(rows.begin(), rows.end(), by_key);
}

rocksdb::WriteOptions synced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

class rocksdb_store final : public store {
public:
  rocksdb_store(const rocksdb_options& o,
                std::shared_ptr<rocksdb_database> database, uint64_t term)
    : writing_("Writing to " + o.folder.string()),
      database_(std::move(database)), reader_(o, database_), term_(term),
      space_(watch_disk(o)), reclaimer_(*database_, o.memtable_bytes) {}

  // -- reading ---------------------------------------------------------------

  expected<std::optional<std::string>>
  get(family f, std::string_view key) const override {
    return reader_.get(f, key);
  }

  expected<std::vector<std::optional<std::string>>>
  get_many(family f, std::span<const std::string> keys) const override {
    return reader_.get_many(f, keys);
  }

  snapshot_ptr take_snapshot() const override {
    return reader_.take_snapshot();
  }

  expected<page> scan(const snapshot_ptr& view, family f, std::string_view from,
                      std::string_view to, std::string_view after_key,
                      size_t limit_bytes) const override {
    return reader_.scan(view, f, from, to, after_key, limit_bytes);
  }

  expected<backup_info>
  backup(const std::filesystem::path& folder) const override {
    std::unique_lock one_at_a_time{backup_mutex_, std::try_to_lock};
    if (!one_at_a_time)
      return fail(ec::conflict, "A backup is under way; ask again when it has "
                                "ended");
    return create_backup(db(), folder);
  }

  batch::capacity capacity() const override { return space_.current(); }

  store_health health() const override {
    probe_if_recovered();
    return database_->health->current();
  }

  // -- writing ---------------------------------------------------------------

  expected<uint64_t> take_over() override {
    std::lock_guard guard{mutex_};
    auto written = db().Put(synced(), database_->of(family::meta), keys::term,
                            render_term(term_ + 1));
    if (!written.ok())
      return fail(written, writing_);
    mark_synced();
    return ++term_;
  }

  commit_status commit(const write_batch& changes, durability d,
                       uint64_t term) override {
    assert(changes.entries() <= batch_entries_max);
    assert(changes.bytes() <= batch_bytes_max);
    std::lock_guard guard{mutex_};
    if (term != term_)
      return commit_status::stale_term;
    probe_if_recovered();
    if (d == durability::durable)
      reader_.expire_snapshots();
    sorted_.assign(changes);
    if (auto checked = check_expectations(); checked != commit_status::ok)
      return checked;
    auto was_writable = database_->health->writable();
    auto status = to_commit_status(write(d), was_writable);
    if (status == commit_status::ok && d == durability::durable)
      mark_synced();
    if (status == commit_status::ok)
      for (auto& x : sorted_.ranges)
        reclaimer_.erased(x.family, x.key, x.value);
    return status;
  }

private:
  rocksdb::DB& db() const { return *database_->db; }

  commit_status check_expectations() const {
    for (auto& x : sorted_.expectations) {
      auto found = get(x.family, x.key);
      if (!found)
        return found.error().code == ec::storage_corrupt ? commit_status::fatal
                                                         : commit_status::retry;
      auto holds
        = x.op == write_batch::op::expect_value ? *found == x.value : !*found;
      if (!holds)
        return commit_status::mismatch;
    }
    return commit_status::ok;
  }

  /// Writes `sorted_`.
  rocksdb::Status write(durability d) {
    batch_.Clear();
    rocksdb::Status added;
    for (auto& x : sorted_.ranges) {
      added = batch_.DeleteRange(database_->of(x.family), x.key, x.value);
      if (!added.ok())
        return added;
    }
    auto& rows = sorted_.rows;
    for (size_t i = 0; i < rows.size(); ++i) {
      auto& x = rows[i];
      if (i + 1 < rows.size() && same_key(x, rows[i + 1]))
        continue;
      if (x.op == write_batch::op::put)
        added = batch_.Put(database_->of(x.family), x.key, x.value);
      else
        added = batch_.Delete(database_->of(x.family), x.key);
      if (!added.ok())
        return added;
    }
    if (d == durability::durable)
      return batch_.Count() > 0 ? db().Write(synced(), &batch_)
                                : db().SyncWAL();
    return batch_.Count() > 0 ? db().Write({}, &batch_) : rocksdb::Status::OK();
  }

  /// Lets a damage to what is durable be told from the end of the log. If it
  /// fails, so does the next commit; this one is on the disk.
  void mark_synced() { batch::mark_synced(db()).PermitUncheckedError(); }

  /// A write that changes nothing: the default family has no rows.
  void probe_if_recovered() const {
    auto& health = *database_->health;
    if (health.take_probe())
      health.probed(db().Delete(synced(), database_->default_family, "probe"));
  }

  const std::string writing_;
  const std::shared_ptr<rocksdb_database> database_;
  const rocksdb_reader reader_;

  std::mutex mutex_; // guards what only writing uses
  uint64_t term_;
  sorted_changes sorted_;
  rocksdb::WriteBatch batch_;

  mutable std::mutex backup_mutex_;
  const disk_space space_;
  rocksdb_reclaimer reclaimer_;
};

} // namespace

expected<std::shared_ptr<store>> open_rocksdb_store(const rocksdb_options& o) {
  auto database = open_rocksdb_database(o);
  if (!database)
    return fail(database);
  std::string stored;
  auto read = (*database)->db->Get({}, (*database)->of(family::meta),
                                   keys::term, &stored);
  if (!read.ok() && !read.IsNotFound())
    return fail(read, "Reading from " + o.folder.string());
  auto term = parse_term(read.ok() ? std::optional{stored} : std::nullopt);
  if (!term)
    return fail(term);
  return std::make_shared<rocksdb_store>(o, std::move(*database), *term);
}

} // namespace batch
