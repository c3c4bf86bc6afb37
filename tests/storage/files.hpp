// What tests do to files behind the store's back.
#pragma once

#include "tests/storage/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string_view>

namespace batch::test {

/// The largest file of a folder whose name begins or ends so.
inline std::filesystem::path largest_file(const std::filesystem::path& folder,
                                          std::string_view part = {}) {
  std::filesystem::path found;
  for (auto& x : std::filesystem::directory_iterator{folder}) {
    auto name = x.path().filename().string();
    if (x.is_regular_file() && (name.starts_with(part) || name.ends_with(part))
        && (found.empty() || x.file_size() > std::filesystem::file_size(found)))
      found = x.path();
  }
  BOOST_REQUIRE_MESSAGE(!found.empty(), "no file like " << part);
  return found;
}

/// Changes one bit of a byte.
inline void flip_byte_at(const std::filesystem::path& file, size_t at) {
  auto bytes = read_file(file);
  BOOST_REQUIRE(at < bytes.size());
  bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
  write_file(file, bytes);
}

inline void flip_byte(const std::filesystem::path& file) {
  flip_byte_at(file, std::filesystem::file_size(file) / 3);
}

inline void cut_file(const std::filesystem::path& file) {
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
}

inline void remove_file(const std::filesystem::path& file) {
  std::filesystem::remove(file);
}

inline uintmax_t bytes_below(const std::filesystem::path& folder) {
  uintmax_t sum = 0;
  for (auto& x : std::filesystem::recursive_directory_iterator{folder})
    if (x.is_regular_file())
      sum += x.file_size();
  return sum;
}

/// Bytes that no compression makes smaller.
inline std::string random_bytes(size_t size, uint64_t seed) {
  std::mt19937_64 random{seed};
  std::string result(size, '\0');
  for (auto& x : result)
    x = static_cast<char>(random());
  return result;
}

} // namespace batch::test
