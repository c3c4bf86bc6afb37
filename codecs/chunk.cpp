#include "codecs/chunk.hpp"

#include "codecs/record.hpp"

#include <cassert>

namespace batch {

namespace {
constexpr uint8_t chunk_version = 2;
/// Bytes of an item besides its text and message, at most.
constexpr size_t item_overhead = 27;
} // namespace

bool chunk_builder::is_full_for(size_t text_bytes) const {
  return count_ == items_max_
         || (count_ > 0
             && items_.size() + text_bytes + item_overhead > chunk_bytes_max);
}

void chunk_builder::add(std::string_view text) {
  assert(text.size() <= item_bytes_max);
  assert(source_ != item_source::dead_letters);
  items_.push_back(0);
  append_string(items_, text);
  ++count_;
  ++total_;
}

void chunk_builder::add(std::string_view text, const item_position& letter) {
  assert(text.size() <= item_bytes_max);
  assert(source_ == item_source::dead_letters);
  items_.push_back(0);
  append_varint(items_, letter.job);
  append_varint(items_, letter.item);
  append_string(items_, text);
  ++count_;
  ++total_;
}

void chunk_builder::add_refused(const error& why, std::string_view text) {
  assert(source_ != item_source::dead_letters);
  items_.push_back(static_cast<char>(why.code));
  append_string(items_, why.message);
  append_string(items_, text);
  ++count_;
  ++total_;
}

std::string chunk_builder::take() {
  std::string record(record_header_bytes, '\0');
  record.reserve(items_.size() + 32);
  append_varint(record, total_ - count_);
  record.push_back(static_cast<char>(source_));
  append_varint(record, count_);
  record += items_;
  seal_record(record, chunk_version);
  items_.clear();
  count_ = 0;
  return record;
}

expected<chunk> chunk::read(std::string record) {
  chunk x;
  x.record_ = std::make_unique<std::string>(std::move(record));
  auto body = open_record(*x.record_, chunk_version);
  if (!body)
    return fail(body);
  byte_reader reader{*body};
  x.first_item_ = static_cast<uint32_t>(reader.varint());
  x.source_ = static_cast<item_source>(reader.fixed<uint8_t>());
  auto count = reader.varint();
  x.items_.reserve(count <= chunk_items_max ? count : 0);
  for (; count > 0 && reader.ok(); --count) {
    item_view item;
    if (auto fault = reader.fixed<uint8_t>(); fault != 0) {
      item.fault = static_cast<ec>(fault);
      item.fault_message = reader.string();
    }
    if (x.source_ == item_source::dead_letters) {
      item.letter.job = reader.varint();
      item.letter.item = static_cast<uint32_t>(reader.varint());
    }
    item.text = reader.string();
    x.items_.push_back(item);
  }
  if (!reader.ok() || !reader.at_end())
    return fail(ec::storage_corrupt, "a chunk has the wrong length");
  return x;
}

} // namespace batch
