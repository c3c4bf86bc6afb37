#include "actors/queries/cursor.hpp"

#include "codecs/limits.hpp"

namespace batch {

namespace {
constexpr std::string_view digits = "0123456789abcdef";
} // namespace

std::string make_cursor(std::string_view key) {
  std::string text;
  text.reserve(key.size() * 2);
  for (auto c : key) {
    text.push_back(digits[static_cast<unsigned char>(c) >> 4]);
    text.push_back(digits[static_cast<unsigned char>(c) & 15]);
  }
  return text;
}

expected<std::string> read_cursor(std::string_view text,
                                  const keys::range& list) {
  auto bad = [] {
    return fail(ec::invalid_request,
                "cursor: not one that this list has handed out");
  };
  if (text.size() % 2 != 0 || text.size() > 2 * key_bytes_max)
    return bad();
  std::string key;
  for (size_t i = 0; i < text.size(); i += 2) {
    auto high = digits.find(text[i]);
    auto low = digits.find(text[i + 1]);
    if (high == digits.npos || low == digits.npos)
      return bad();
    key.push_back(static_cast<char>(high << 4 | low));
  }
  if (!key.empty() && (key < list.from || (!list.to.empty() && key >= list.to)))
    return bad();
  return key;
}

} // namespace batch
