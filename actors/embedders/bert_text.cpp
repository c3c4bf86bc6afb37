#include "actors/embedders/bert_text.hpp"

#include <array>

#include <utf8proc.h>

namespace batch {

namespace {

using code_point = utf8proc_int32_t;

/// Calls `visit(code_point, bytes)` for each code point.
template <class Visit>
void for_each_point(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    code_point p = 0;
    auto size
      = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                         static_cast<utf8proc_ssize_t>(text.size()), &p);
    if (size > 0)
      visit(p, text.substr(0, static_cast<size_t>(size)));
    text.remove_prefix(size > 0 ? static_cast<size_t>(size) : 1);
  }
}

void append(std::string& out, code_point p) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  auto size = utf8proc_encode_char(p, bytes.data());
  out.append(reinterpret_cast<const char*>(bytes.data()),
             static_cast<size_t>(size));
}

/// The property White_Space of Unicode.
bool is_white_space(code_point p) {
  return (p >= 9 && p <= 13) || p == 0x20 || p == 0x85 || p == 0xA0
         || p == 0x1680 || (p >= 0x2000 && p <= 0x200A) || p == 0x2028
         || p == 0x2029 || p == 0x202F || p == 0x205F || p == 0x3000;
}

/// General categories Cc, Cf and Co, but for tab and line ends.
bool is_control(code_point p) {
  if (p == '\t' || p == '\n' || p == '\r')
    return false;
  auto category = utf8proc_category(p);
  return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF
         || category == UTF8PROC_CATEGORY_CO;
}

/// As the reference has it: 2B820 to 2B91F are not among them.
bool is_ideograph(code_point p) {
  return (p >= 0x4E00 && p <= 0x9FFF) || (p >= 0x3400 && p <= 0x4DBF)
         || (p >= 0x20000 && p <= 0x2A6DF) || (p >= 0x2A700 && p <= 0x2B73F)
         || (p >= 0x2B740 && p <= 0x2B81F) || (p >= 0x2B920 && p <= 0x2CEAF)
         || (p >= 0xF900 && p <= 0xFAFF) || (p >= 0x2F800 && p <= 0x2FA1F);
}

bool is_punctuation(code_point p) {
  if (p < 0x80)
    return (p >= 33 && p <= 47) || (p >= 58 && p <= 64) || (p >= 91 && p <= 96)
           || (p >= 123 && p <= 126);
  auto category = utf8proc_category(p);
  return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

/// Appends what is left of a code point without its accents. Marks that stay
/// are kept in the order they were sent in.
void append_without_accents(std::string& out, code_point p) {
  std::array<code_point, 32> parts{};
  int last_class = 0;
  auto count = utf8proc_decompose_char(p, parts.data(), parts.size(),
                                       UTF8PROC_DECOMPOSE, &last_class);
  for (utf8proc_ssize_t i = 0; i < count; ++i)
    if (auto part = parts[static_cast<size_t>(i)];
        utf8proc_category(part) != UTF8PROC_CATEGORY_MN)
      append(out, part);
}

void append_lower(std::string& out, code_point p) {
  if (p == 0x130) // the only one that becomes two
    out += "i\u0307";
  else
    append(out, utf8proc_tolower(p));
}

/// Makes a text of one by the code points of each other.
template <class Append>
std::string map_points(const std::string& text, Append&& append_mapped) {
  std::string out;
  out.reserve(text.size());
  for_each_point(
    text, [&](code_point p, std::string_view) { append_mapped(out, p); });
  return out;
}

} // namespace

std::string bert_normalizer::normalize(std::string_view text) const {
  std::string out{text};
  if (clean_text)
    out = map_points(out, [](std::string& to, code_point p) {
      if (p != 0 && p != 0xFFFD && !is_control(p))
        append(to, is_white_space(p) ? ' ' : p);
    });
  if (handle_chinese_chars)
    out = map_points(out, [](std::string& to, code_point p) {
      if (is_ideograph(p))
        to += ' ';
      append(to, p);
      if (is_ideograph(p))
        to += ' ';
    });
  if (strip_accents)
    out = map_points(out, append_without_accents);
  if (lowercase)
    out = map_points(out, append_lower);
  return out;
}

std::vector<std::string_view> split_bert_words(std::string_view text) {
  std::vector<std::string_view> words;
  auto begin = text.data();
  auto end_word = [&](const char* end) {
    if (end != begin)
      words.emplace_back(begin, static_cast<size_t>(end - begin));
  };
  for_each_point(text, [&](code_point p, std::string_view bytes) {
    auto after = bytes.data() + bytes.size();
    if (is_white_space(p)) {
      end_word(bytes.data());
      begin = after;
    } else if (is_punctuation(p)) {
      end_word(bytes.data());
      words.push_back(bytes);
      begin = after;
    }
  });
  end_word(text.data() + text.size());
  return words;
}

size_t count_points(std::string_view text) {
  size_t points = 0;
  for (auto c : text)
    points += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return points;
}

} // namespace batch
