#include "benchmarks/rocksdb_ceiling.hpp"

#include "codecs/bytes.hpp"
#include "codecs/items.hpp"
#include "codecs/json_reader.hpp"
#include "storage/keys.hpp"
#include "storage/rocksdb_database.hpp"

#include <chrono>
#include <stdexcept>
#include <vector>

#include <rocksdb/write_batch.h>

namespace batch::bench {

namespace {

using steady = std::chrono::steady_clock;

constexpr size_t chunk_items = 100;
constexpr size_t chunks_per_sync = 100;

double seconds_since(steady::time_point begin) {
  return std::chrono::duration<double>(steady::now() - begin).count();
}

std::shared_ptr<rocksdb_database> open(const std::filesystem::path& folder) {
  rocksdb_options o;
  o.folder = folder;
  auto db = open_rocksdb_database(o);
  if (!db)
    throw std::runtime_error(db.error().message);
  return *db;
}

void write(rocksdb_database& db, rocksdb::WriteBatch& batch, bool sync) {
  rocksdb::WriteOptions options;
  options.sync = sync;
  if (auto s = db.db->Write(options, &batch); !s.ok())
    throw std::runtime_error(s.ToString());
  batch.Clear();
}

struct parsed_item {
  std::string key;
  std::string_view text;
};

/// Splits and checks; the texts point into the body.
std::vector<parsed_item> parse(std::string_view body) {
  std::vector<parsed_item> items;
  item_reader reader;
  split_members(body, [&](const json_member& m) {
    if (m.key == "items")
      split_elements(m.value, [&](const json_member& item) {
        auto thing = reader.thing(item.value);
        if (!thing)
          throw std::runtime_error(thing.error().message);
        items.push_back({keys::named(thing->ns, thing->id), item.value});
        return true;
      });
    return true;
  });
  return items;
}

} // namespace

double import_ceiling(const std::filesystem::path& folder,
                      const std::string& body) {
  auto db = open(folder);
  auto begin = steady::now();
  auto items = parse(body);
  rocksdb::WriteBatch batch;
  auto chunks = (items.size() + chunk_items - 1) / chunk_items;
  std::string record;
  for (uint32_t chunk = 0; chunk < chunks; ++chunk) {
    record.clear();
    for (size_t i = chunk * chunk_items;
         i < std::min<size_t>((chunk + 1) * chunk_items, items.size()); ++i) {
      record += items[i].text;
      record.push_back('\n');
    }
    batch.Put(db->of(family::chunks), keys::chunk(1, chunk), record);
    write(*db, batch, false);
  }
  batch.Put(db->of(family::jobs), keys::job_spec(1), "job");
  write(*db, batch, true);
  for (uint32_t chunk = 0; chunk < chunks; ++chunk) {
    for (size_t i = chunk * chunk_items;
         i < std::min<size_t>((chunk + 1) * chunk_items, items.size()); ++i) {
      const char stamp[13] = {};
      rocksdb::Slice key{items[i].key};
      rocksdb::Slice value[2]
        = {{stamp, sizeof stamp}, {items[i].text.data(), items[i].text.size()}};
      batch.Put(db->of(family::things), rocksdb::SliceParts{&key, 1},
                rocksdb::SliceParts{value, 2});
    }
    batch.Put(db->of(family::marks), keys::chunk(1, chunk), "done");
    batch.Put(db->of(family::jobs), keys::job_progress(1),
              std::to_string(chunk));
    write(*db, batch,
          (chunk + 1) % chunks_per_sync == 0 || chunk + 1 == chunks);
  }
  return seconds_since(begin);
}

double scan_ceiling(const std::filesystem::path& folder, uint64_t& rows) {
  auto db = open(folder);
  auto begin = steady::now();
  rocksdb::ReadOptions options;
  options.snapshot = db->db->GetSnapshot();
  options.fill_cache = false;
  std::unique_ptr<rocksdb::Iterator> row{
    db->db->NewIterator(options, db->of(family::things))};
  std::string buffer;
  rows = 0;
  for (row->SeekToFirst(); row->Valid(); row->Next()) {
    if (buffer.size() > (256 << 10))
      buffer.clear();
    buffer.append(row->value().data(), row->value().size());
    buffer.push_back('\n');
    ++rows;
  }
  auto seconds = seconds_since(begin);
  row.reset();
  db->db->ReleaseSnapshot(options.snapshot);
  return seconds;
}

} // namespace batch::bench
