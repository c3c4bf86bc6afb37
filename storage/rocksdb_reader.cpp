#include "storage/rocksdb_reader.hpp"

#include "storage/rocksdb_status.hpp"

#include <algorithm>
#include <cassert>

#include <rocksdb/perf_level.h>

namespace batch {

namespace {

/// Of the file, when a scan goes on. Source: 32 to 128 KiB save a fifth of the
/// time of a page of 256 KiB; 256 KiB make some pages ten times slower, and
/// where many files overlap most of it would be read in vain.
constexpr size_t read_ahead_bytes = 64 << 10;

/// Moves to the first row of a range that is behind a key.
void move_behind(rocksdb::Iterator& row, std::string_view from,
                 std::string_view after_key) {
  if (after_key.empty() || after_key < from) {
    row.Seek(from);
    return;
  }
  row.Seek(after_key);
  if (row.Valid() && row.key() == after_key)
    row.Next();
}

} // namespace

rocksdb_reader::rocksdb_reader(const rocksdb_options& o,
                               std::shared_ptr<rocksdb_database> database)
  : now_(o.now), reading_("Reading from " + o.folder.string()),
    database_(std::move(database)) {}

expected<std::optional<std::string>>
rocksdb_reader::get(family f, std::string_view key) const {
  rocksdb::ReadOptions options;
  // A chunk is read once, or not again for a long time.
  options.fill_cache = f != family::chunks;
  std::string value;
  auto read = database_->db->Get(options, database_->of(f), key, &value);
  if (read.IsNotFound())
    return std::nullopt;
  if (!read.ok())
    return failed(read);
  return value;
}

expected<std::vector<std::optional<std::string>>>
rocksdb_reader::get_many(family f, std::span<const std::string> keys) const {
  // One by one: MultiGet was measured and is no faster.
  std::vector<std::optional<std::string>> values;
  values.reserve(keys.size());
  for (auto& key : keys) {
    auto value = get(f, key);
    if (!value)
      return fail(value);
    values.push_back(std::move(*value));
  }
  return values;
}

snapshot_ptr rocksdb_reader::take_snapshot() const {
  snapshots_.expire(now_());
  return snapshots_.take(database_, now_());
}

expected<page> rocksdb_reader::scan(const snapshot_ptr& view, family f,
                                    std::string_view from, std::string_view to,
                                    std::string_view after_key,
                                    size_t limit_bytes) const {
  if (!to.empty() && (from >= to || after_key >= to))
    return page{};
  if (view) {
    auto frozen = dynamic_cast<const rocksdb_snapshot*>(view.get());
    assert(frozen);
    return scan_view(*frozen, f, from, to, after_key, limit_bytes);
  }
  rocksdb::ReadOptions options;
  rocksdb::Slice upper_bound{to};
  if (!to.empty())
    options.iterate_upper_bound = &upper_bound;
  std::unique_ptr<rocksdb::Iterator> row{
    database_->db->NewIterator(options, database_->of(f))};
  move_behind(*row, from, after_key);
  return read_page(*row, limit_bytes);
}

expected<page> rocksdb_reader::scan_view(const rocksdb_snapshot& view, family f,
                                         std::string_view from,
                                         std::string_view to,
                                         std::string_view after_key,
                                         size_t limit_bytes) const {
  // Who goes on reads a long range. A new iterator for each page would look for
  // its row in every file again, and read ahead in vain.
  auto is_long = !after_key.empty() && limit_bytes >= read_ahead_bytes;
  auto now = now_();
  auto scan = is_long ? view.take_scan(f, to, after_key, now) : nullptr;
  if (!scan) {
    rocksdb::ReadOptions options;
    // An export must not push out what the service needs to run.
    options.fill_cache = false;
    if (is_long)
      options.readahead_size = read_ahead_bytes;
    scan = view.begin_scan(options, f, to, now);
    if (!scan)
      return fail(ec::snapshot_gone,
                  "The snapshot became older than it may; read again");
    move_behind(*scan->row, from, after_key);
  }
  // RocksDB counts for each thread what it does, for nobody; of a long scan
  // that is one part in twenty.
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
  auto rows = read_page(*scan->row, limit_bytes);
  if (is_long && rows && rows->more) {
    scan->last_key = rows->last_key();
    view.keep_scan(std::move(scan));
  }
  return rows;
}

expected<page> rocksdb_reader::read_page(rocksdb::Iterator& row,
                                         size_t limit_bytes) const {
  // A caller without a limit does not know how little there may be.
  constexpr size_t reserved_bytes_max = 1 << 20;
  page result;
  for (; row.Valid(); row.Next()) {
    auto key = row.key().ToStringView();
    auto value = row.value().ToStringView();
    if (result.empty()) {
      result.reserve(std::min(limit_bytes, reserved_bytes_max) + key.size()
                     + value.size());
    } else if (result.bytes() >= limit_bytes) {
      result.more = true;
      break;
    }
    result.add(key, value);
  }
  if (!row.status().ok())
    return failed(row.status());
  return result;
}

tl::unexpected<error> rocksdb_reader::failed(const rocksdb::Status& s) const {
  auto result = fail(s, reading_);
  if (s.IsCorruption())
    result.value().message += "; restore the folder from a backup";
  return result;
}

disk_space watch_disk(const rocksdb_options& o) {
  auto low = o.free_bytes_low.value_or(free_bytes_low_default(o));
  return {o.folder, low, o.free_bytes_full.value_or(low / 2)};
}

} // namespace batch
