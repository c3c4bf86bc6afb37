#include "actors/embedders/providers/provider_key.hpp"

#include "actors/embedders/model_file.hpp"

#include <algorithm>
#include <cstdlib>

namespace batch {

namespace {

constexpr uint64_t file_bytes_max = 64 << 10;

bool is_no_part_of_a_key(char c) {
  return static_cast<unsigned char>(c) <= 0x20
         || static_cast<unsigned char>(c) >= 0x7F;
}

} // namespace

expected<std::string> read_provider_key(const std::string& file) {
  std::string text;
  if (file.empty()) {
    auto value = std::getenv(provider_key_variable);
    text = value ? value : "";
  } else {
    auto read = read_model_file(file, file_bytes_max);
    if (!read)
      return fail(ec::provider_refused, "key-file: " + read.error().message);
    text = std::move(*read);
  }
  auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos && file.empty())
    return std::string{};
  auto where = file.empty() ? std::string{provider_key_variable} : file;
  if (begin == text.npos)
    return fail(ec::provider_refused, where + " holds no key");
  text = text.substr(begin, text.find_first_of("\r\n", begin) - begin);
  text.erase(text.find_last_not_of(" \t") + 1);
  if (std::ranges::any_of(text, is_no_part_of_a_key))
    return fail(ec::provider_refused,
                where
                  + " holds no key: its first line has blanks or bytes that "
                    "are not ASCII");
  return text;
}

std::string without_key(std::string text, const std::string& key) {
  if (key.empty())
    return text;
  for (auto at = text.find(key); at != text.npos; at = text.find(key, at))
    text.replace(at, key.size(), "[key]");
  return text;
}

} // namespace batch
