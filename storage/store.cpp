#include "storage/store.hpp"

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

} // namespace batch
