#include "storage/store.hpp"

#include "codecs/bytes.hpp"
#include "codecs/limits.hpp"

#include <algorithm>
#include <cassert>

namespace batch {

std::string_view to_string(commit_status status) {
  switch (status) {
  case commit_status::ok:
    return "ok";
  case commit_status::stale_term:
    return "stale_term";
  case commit_status::retry:
    return "retry";
  case commit_status::no_space:
    return "no_space";
  case commit_status::mismatch:
    return "mismatch";
  case commit_status::unknown:
    return "unknown";
  case commit_status::fatal:
    return "fatal";
  }
  return "unknown";
}

expected<backup_info>
store_reader::backup(const std::filesystem::path& folder) const {
  return fail(ec::storage_failure, "This store has no backup; nothing was "
                                   "written to "
                                     + folder.string());
}

void page::reserve(size_t bytes) {
  // A string this short would hold its bytes inside itself, and moving the
  // page would move them.
  constexpr size_t on_the_heap = 64;
  bytes_.reserve(std::max(bytes, on_the_heap));
}

void page::add(std::string_view key, std::string_view value) {
  if (ends_.empty())
    reserve(key.size() + value.size());
  bytes_.append(key);
  auto key_end = bytes_.size();
  bytes_.append(value);
  ends_.push_back({key_end, bytes_.size()});
}

page::row page::operator[](size_t index) const {
  assert(index < ends_.size());
  auto begin = index == 0 ? 0 : ends_[index - 1].value;
  auto [key_end, value_end] = ends_[index];
  std::string_view all = bytes_;
  return {all.substr(begin, key_end - begin),
          all.substr(key_end, value_end - key_end)};
}

std::string page::last_key() const {
  if (ends_.empty())
    return {};
  return std::string{(*this)[ends_.size() - 1].key};
}

std::string page::to_data() const {
  std::string data;
  data.reserve(bytes_.size() + ends_.size() * 4 + 16);
  append_varint(data, ends_.size());
  size_t begin = 0;
  for (auto [key, value] : ends_) {
    append_varint(data, key - begin);
    append_varint(data, value - key);
    begin = value;
  }
  data.push_back(more ? 1 : 0);
  data += bytes_;
  return data;
}

expected<page> page::from_data(std::string_view bytes) {
  auto corrupt = [](std::string_view what) {
    return fail(ec::storage_corrupt,
                "The page is not well-formed: " + std::string{what});
  };
  page result;
  byte_reader in{bytes};
  size_t end = 0;
  for (auto count = in.varint(); count > 0 && in.ok(); --count) {
    auto key_bytes = in.varint();
    auto value_bytes = in.varint();
    if (key_bytes > key_bytes_max || value_bytes > value_bytes_max)
      return corrupt("a key or a value is too long");
    result.ends_.push_back({end + key_bytes, end + key_bytes + value_bytes});
    end += key_bytes + value_bytes;
  }
  result.more = in.fixed<uint8_t>() != 0;
  if (!in.ok() || in.rest().size() != end)
    return corrupt("the lengths are not those of its rows");
  result.reserve(end);
  result.bytes_ = in.rest();
  return result;
}

} // namespace batch
