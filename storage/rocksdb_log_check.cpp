#include "storage/rocksdb_log_check.hpp"

#include "codecs/bytes.hpp"
#include "storage/rocksdb_log_file.hpp"
#include "storage/rocksdb_status.hpp"

#include <rocksdb/write_batch.h>

#include <algorithm>

namespace batch {

namespace {

constexpr std::string_view mark_name = "batchd synced to ";
// Of RocksDB's write batch: sequence u64, rows u32, then entries; an entry of
// this kind is only logged, and begins with its size.
constexpr size_t batch_header_bytes = 12;
constexpr char log_data = 3;
constexpr size_t mark_bytes = mark_name.size() + sizeof(uint64_t);

/// Where RocksDB stops.
struct gap {
  uint64_t from; // the first row that is lost
  std::filesystem::path file;
};

} // namespace

rocksdb::Status mark_synced(rocksdb::DB& db) {
  std::string mark{mark_name};
  append_fixed(mark, uint64_t{db.GetLatestSequenceNumber()});
  rocksdb::WriteBatch batch;
  auto added = batch.PutLogData(mark);
  return added.ok() ? db.Write({}, &batch) : added;
}

std::optional<log_record> read_log_record(std::string_view batch) {
  if (batch.size() < batch_header_bytes)
    return std::nullopt;
  byte_reader reader{batch};
  log_record result;
  result.sequence = reader.fixed<uint64_t>();
  result.rows = reader.fixed<uint32_t>();
  auto entry = batch.substr(batch_header_bytes);
  if (result.rows == 0 && entry.size() == 2 + mark_bytes && entry[0] == log_data
      && static_cast<uint8_t>(entry[1]) == mark_bytes
      && entry.substr(2).starts_with(mark_name)) {
    byte_reader number{entry.substr(2 + mark_name.size())};
    result.synced_to = number.fixed<uint64_t>();
  }
  return result;
}

expected<void> check_log(const std::filesystem::path& folder, log_begin begin,
                         rocksdb::Env& env) {
  auto files = list_log_files(folder, begin.number, env);
  if (!files)
    return fail(files);
  std::optional<uint64_t> next;
  std::optional<gap> missing;
  auto has_begun = begin.is_sure;
  for (auto& file : *files) {
    auto log = log_file::open(file, env);
    if (!log)
      return fail(log);
    for (;;) {
      auto bytes = log->next(log_record_bytes);
      if (!bytes)
        return fail(bytes);
      has_begun |= log->has_skipped();
      if (!*bytes || !has_begun)
        break;
      auto record = read_log_record(**bytes);
      if (!record)
        continue;
      // RocksDB stops at bytes that are no record, unless they end a log and
      // the next one goes on with the same row. If nothing comes before them,
      // at least the row before this record is lost.
      auto is_first = !next && !begin.is_sure;
      if (!missing
          && (is_first || log->has_skipped()
              || (next && *next < record->sequence)))
        missing = gap{next.value_or(record->sequence - 1), file};
      if (missing && record->synced_to && *record->synced_to >= missing->from)
        return fail(ec::storage_corrupt,
                    folder.string()
                      + " is damaged: its log lost writes that were durable, "
                        "in or before "
                      + missing->file.string()
                      + "; restore the folder from a backup");
      next = record->sequence + record->rows;
    }
  }
  return {};
}

} // namespace batch
