#include "benchmarks/rocksdb_ceiling.hpp"

#include "codecs/items.hpp"
#include "codecs/json_reader.hpp"
#include "codecs/limits.hpp"
#include "codecs/ndjson.hpp"
#include "storage/keys.hpp"
#include "storage/rocksdb_database.hpp"

#include <array>
#include <stdexcept>
#include <vector>

#include <rocksdb/write_batch.h>

namespace batch::bench {

namespace {

constexpr size_t chunk_items = 100;
constexpr size_t chunks_per_sync = 100;
/// As long as the stamp of the service.
constexpr std::array<char, 17> stamp{};

std::shared_ptr<rocksdb_database> open(const std::filesystem::path& folder) {
  rocksdb_options o;
  o.folder = folder;
  auto db = open_rocksdb_database(o);
  if (!db)
    throw std::runtime_error(db.error().message);
  return *db;
}

/// The one writer of a ceiling. What it puts becomes one batch with each
/// `write`.
class raw_writer {
public:
  explicit raw_writer(const std::filesystem::path& folder)
    : db_(open(folder)) {}

  rocksdb_database& db() { return *db_; }

  void put_chunk(uint32_t chunk, std::string_view record) {
    put(family::chunks, keys::chunk(1, chunk), record);
  }

  void put_thing(const std::string& key, std::string_view text) {
    rocksdb::Slice name{key};
    rocksdb::Slice value[2]
      = {{stamp.data(), stamp.size()}, {text.data(), text.size()}};
    batch_.Put(db_->of(family::things), rocksdb::SliceParts{&name, 1},
               rocksdb::SliceParts{value, 2});
  }

  /// The job record, and everything before it on disk.
  void accept() {
    put(family::jobs, keys::job_spec(1), "job");
    write(true);
  }

  /// Mark and progress of a chunk, with what was put before.
  void end_chunk(uint32_t chunk) {
    put(family::marks, keys::chunk(1, chunk), "done");
    put(family::jobs, keys::job_progress(1), std::to_string(chunk));
    write((chunk + 1) % chunks_per_sync == 0);
  }

  void put(family f, const std::string& key, std::string_view value) {
    batch_.Put(db_->of(f), key, rocksdb::Slice{value.data(), value.size()});
  }

  void write(bool sync) {
    rocksdb::WriteOptions options;
    options.sync = sync;
    if (auto s = db_->db->Write(options, &batch_); !s.ok())
      throw std::runtime_error(s.ToString());
    batch_.Clear();
  }

private:
  std::shared_ptr<rocksdb_database> db_;
  rocksdb::WriteBatch batch_;
};

struct parsed_item {
  std::string key;
  std::string_view text;
};

std::string key_of(item_reader& reader, std::string_view text) {
  auto thing = reader.thing(text);
  if (!thing)
    throw std::runtime_error(thing.error().message);
  return keys::named(thing->ns, thing->id);
}

/// Splits and checks; the texts point into the body.
std::vector<parsed_item> parse(std::string_view body) {
  std::vector<parsed_item> items;
  item_reader reader;
  split_members(body, [&](const json_member& m) {
    if (m.key == "items")
      split_elements(m.value, [&](const json_member& item) {
        items.push_back({key_of(reader, item.value), item.value});
        return true;
      });
    return true;
  });
  return items;
}

void import_whole(raw_writer& out, std::string_view body) {
  auto items = parse(body);
  auto chunks = (items.size() + chunk_items - 1) / chunk_items;
  auto for_chunk = [&](uint32_t chunk, auto&& visit) {
    auto end = std::min((chunk + 1) * chunk_items, items.size());
    for (size_t i = chunk * chunk_items; i < end; ++i)
      visit(items[i]);
  };
  std::string record;
  for (uint32_t chunk = 0; chunk < chunks; ++chunk) {
    record.clear();
    for_chunk(chunk, [&](const parsed_item& item) {
      record += item.text;
      record.push_back('\n');
    });
    out.put_chunk(chunk, record);
    out.write(false);
  }
  out.accept();
  for (uint32_t chunk = 0; chunk < chunks; ++chunk) {
    for_chunk(chunk, [&](const parsed_item& item) {
      out.put_thing(item.key, item.text);
    });
    out.end_chunk(chunk);
  }
  out.write(true);
}

/// Keeps the lines of a body in chunk records; `check` sees each.
template <class Check>
void keep_lines(raw_writer& out, things_body& body, Check check) {
  ndjson_splitter lines{item_bytes_max};
  std::string record;
  uint32_t chunk = 0;
  size_t count = 0;
  auto end_record = [&] {
    out.put_chunk(chunk++, record);
    out.write(false);
    record.clear();
    count = 0;
  };
  auto take = [&](const ndjson_splitter::line& line) {
    check(line.text);
    record += line.text;
    record.push_back('\n');
    if (++count == chunk_items)
      end_record();
    return true;
  };
  body.rewind();
  for (auto piece = body.next(); !piece.empty(); piece = body.next())
    lines.feed(piece, take);
  lines.finish(take);
  if (count > 0)
    end_record();
  out.accept();
}

/// Visits the chunk records and ends each chunk behind its visit.
template <class Visit>
void work_off(raw_writer& out, Visit visit) {
  std::unique_ptr<rocksdb::Iterator> row{
    out.db().db->NewIterator({}, out.db().of(family::chunks))};
  uint32_t chunk = 0;
  for (row->SeekToFirst(); row->Valid(); row->Next()) {
    visit(row->value().ToStringView());
    out.end_chunk(chunk++);
  }
  out.write(true);
}

void import_lines(raw_writer& out, things_body& body) {
  item_reader reader;
  keep_lines(out, body, [&](std::string_view text) { key_of(reader, text); });
  work_off(out, [&](std::string_view record) {
    for (size_t at = 0; at < record.size();) {
      auto text = record.substr(at, record.find('\n', at) - at);
      out.put_thing(key_of(reader, text), text);
      at += text.size() + 1;
    }
  });
}

} // namespace

double import_ceiling(const std::filesystem::path& folder, things_body& body) {
  raw_writer out{folder};
  if (body.format().form == body_form::json) {
    auto text = whole_body(body);
    auto begin = steady::now();
    import_whole(out, text);
    return seconds_since(begin);
  }
  auto begin = steady::now();
  import_lines(out, body);
  return seconds_since(begin);
}

double chunks_ceiling(const std::filesystem::path& folder, things_body& body) {
  raw_writer out{folder};
  auto begin = steady::now();
  keep_lines(out, body, [](std::string_view) {});
  uint64_t bytes = 0;
  work_off(out, [&](std::string_view record) { bytes += record.size(); });
  if (bytes == 0)
    throw std::runtime_error("no chunk record was read back");
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

double open_ceiling(const std::filesystem::path& folder) {
  auto begin = steady::now();
  auto db = open(folder);
  return seconds_since(begin);
}

latencies sync_ceiling(const std::filesystem::path& folder, size_t count) {
  raw_writer out{folder};
  latencies times;
  for (size_t i = 0; i < count; ++i) {
    auto begin = steady::now();
    out.put(family::jobs, keys::job_spec(i), "job");
    out.write(true);
    times.add(seconds_since(begin));
  }
  return times;
}

struct chunk_record_writer::implementation {
  raw_writer out;
  uint32_t chunks = 0;
};

chunk_record_writer::chunk_record_writer(const std::filesystem::path& folder)
  : impl_(new implementation{raw_writer{folder}}) {}

chunk_record_writer::~chunk_record_writer() = default;

void chunk_record_writer::add(std::string_view record) {
  impl_->out.put_chunk(impl_->chunks++, record);
  impl_->out.write(false);
}

void chunk_record_writer::sync() {
  impl_->out.accept();
}

} // namespace batch::bench
