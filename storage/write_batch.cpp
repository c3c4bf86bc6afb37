#include "storage/write_batch.hpp"

#include "codecs/bytes.hpp"
#include "codecs/limits.hpp"

#include <cassert>
#include <cstring>

namespace batch {

namespace {

constexpr size_t header_bytes = 1 + 1 + 4 + 4;

uint32_t read_u32(std::string_view bytes, size_t at) {
  uint32_t x;
  std::memcpy(&x, bytes.data() + at, sizeof x);
  return x;
}

bool is_key(size_t bytes) {
  return bytes >= 1 && bytes <= key_bytes_max;
}

/// The end of a range is a key; only what puts or compares has a value.
bool fits(write_batch::op o, size_t key_bytes, size_t value_bytes) {
  if (!is_key(key_bytes))
    return false;
  switch (o) {
  case write_batch::op::put:
  case write_batch::op::expect_value:
    return value_bytes <= value_bytes_max;
  case write_batch::op::erase_range:
    return is_key(value_bytes);
  case write_batch::op::erase:
  case write_batch::op::expect_absent:
    return value_bytes == 0;
  }
  return false;
}

} // namespace

std::string_view to_string(family f) {
  switch (f) {
  case family::meta:
    return "meta";
  case family::jobs:
    return "jobs";
  case family::marks:
    return "marks";
  case family::chunks:
    return "chunks";
  case family::things:
    return "things";
  case family::relationships:
    return "relationships";
  case family::links:
    return "links";
  case family::embeddings:
    return "embeddings";
  case family::results:
    return "results";
  case family::dead:
    return "dead";
  }
  return "unknown";
}

void write_batch::put(family f, std::string_view key, std::string_view value) {
  put(f, key, {value});
}

void write_batch::put(family f, std::string_view key,
                      std::initializer_list<std::string_view> value_parts) {
  size_t value_bytes = 0;
  for (auto part : value_parts)
    value_bytes += part.size();
  add_header(op::put, f, key, value_bytes);
  for (auto part : value_parts)
    bytes_.append(part);
}

void write_batch::erase(family f, std::string_view key) {
  add_header(op::erase, f, key, 0);
}

void write_batch::erase_range(family f, std::string_view from,
                              std::string_view to) {
  add_header(op::erase_range, f, from, to.size());
  bytes_.append(to);
}

void write_batch::expect(family f, std::string_view key,
                         std::optional<std::string_view> value) {
  if (!value) {
    add_header(op::expect_absent, f, key, 0);
    return;
  }
  add_header(op::expect_value, f, key, value->size());
  bytes_.append(*value);
}

void write_batch::append(const write_batch& other) {
  bytes_.append(other.bytes_);
  entries_ += other.entries_;
}

void write_batch::clear() {
  bytes_.clear();
  entries_ = 0;
}

expected<write_batch> write_batch::from_data(std::string bytes) {
  auto corrupt = [](size_t at, std::string_view what) {
    return fail(ec::storage_corrupt, "The batch is not well-formed at byte "
                                       + std::to_string(at) + ": "
                                       + std::string{what});
  };
  if (bytes.size() > batch_bytes_max)
    return corrupt(batch_bytes_max, "it has more bytes than batch_bytes_max");
  size_t entries = 0;
  for (size_t at = 0; at < bytes.size(); ++entries) {
    if (entries == batch_entries_max)
      return corrupt(at, "it has more entries than batch_entries_max");
    if (bytes.size() - at < header_bytes)
      return corrupt(at, "the header of an entry is cut off");
    auto o = static_cast<op>(bytes[at]);
    if (static_cast<unsigned char>(bytes[at + 1]) >= family_count)
      return corrupt(at, "no such family");
    size_t key_bytes = read_u32(bytes, at + 2);
    size_t value_bytes = read_u32(bytes, at + 6);
    // An operation that does not exist fits nothing.
    if (!fits(o, key_bytes, value_bytes))
      return corrupt(at, "an operation or a length that is not allowed");
    if (bytes.size() - at - header_bytes < key_bytes + value_bytes)
      return corrupt(at, "the key or the value is cut off");
    at += header_bytes + key_bytes + value_bytes;
  }
  write_batch result;
  result.bytes_ = std::move(bytes);
  result.entries_ = entries;
  return result;
}

write_batch::entry write_batch::read_entry(std::string_view bytes, size_t& at) {
  auto key_bytes = read_u32(bytes, at + 2);
  auto value_bytes = read_u32(bytes, at + 6);
  auto key = bytes.substr(at + header_bytes, key_bytes);
  entry result{static_cast<op>(bytes[at]),
               static_cast<batch::family>(bytes[at + 1]), key,
               bytes.substr(at + header_bytes + key_bytes, value_bytes)};
  at += header_bytes + key_bytes + value_bytes;
  return result;
}

void write_batch::add_header(op o, family f, std::string_view key,
                             size_t value_bytes) {
  assert(fits(o, key.size(), value_bytes));
  bytes_.push_back(static_cast<char>(o));
  bytes_.push_back(static_cast<char>(f));
  append_fixed(bytes_, static_cast<uint32_t>(key.size()));
  append_fixed(bytes_, static_cast<uint32_t>(value_bytes));
  bytes_.append(key);
  ++entries_;
}

} // namespace batch
