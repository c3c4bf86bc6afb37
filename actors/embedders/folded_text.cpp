#include "actors/embedders/folded_text.hpp"

#include <array>
#include <cstddef>
#include <utility>

#include <utf8proc.h>

namespace batch {

namespace {

constexpr uint32_t space = ' ';

/// Code points after which a piece ends where it can, and where it must.
constexpr size_t piece_points = 32;
constexpr size_t piece_points_max = 64;

constexpr auto nfkc_casefold = static_cast<utf8proc_option_t>(
  UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD
  | UTF8PROC_IGNORE);

/// The folded form of an ASCII letter or digit, and 0 for the other bytes.
constexpr auto ascii_folds = [] {
  std::array<uint8_t, 256> folds{};
  for (uint8_t c = '0'; c <= '9'; ++c)
    folds[c] = c;
  for (uint8_t c = 'a'; c <= 'z'; ++c)
    folds[c] = folds[c - 'a' + 'A'] = c;
  return folds;
}();

bool is_word_point(uint32_t point) {
  if (point < 0x80)
    return ascii_folds[point] != 0;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(point))) {
  case UTF8PROC_CATEGORY_LU:
  case UTF8PROC_CATEGORY_LL:
  case UTF8PROC_CATEGORY_LT:
  case UTF8PROC_CATEGORY_LM:
  case UTF8PROC_CATEGORY_LO:
  case UTF8PROC_CATEGORY_MN:
  case UTF8PROC_CATEGORY_MC:
  case UTF8PROC_CATEGORY_ME:
  case UTF8PROC_CATEGORY_ND:
  case UTF8PROC_CATEGORY_NL:
  case UTF8PROC_CATEGORY_NO:
    return true;
  default:
    return false;
  }
}

/// True if NFKC neither joins the code point to the one before it nor moves
/// it ahead: it is no mark and no part of a Hangul syllable.
bool is_starter(utf8proc_int32_t point) {
  // Parts of Hangul syllables, their compatibility and half-width forms, and
  // the half-width marks of Katakana, which are letters by category.
  if ((point >= 0x1160 && point <= 0x11FF)
      || (point >= 0x3131 && point <= 0x318E)
      || (point >= 0xFF9E && point <= 0xFFDC))
    return false;
  switch (utf8proc_category(point)) {
  case UTF8PROC_CATEGORY_MN:
  case UTF8PROC_CATEGORY_MC:
  case UTF8PROC_CATEGORY_ME:
    return false;
  default:
    return true;
  }
}

/// Gathers the folded text.
class folder {
public:
  explicit folder(size_t bytes) {
    points_.reserve(bytes + 2);
    points_.push_back(space);
  }

  void add_word_point(uint32_t point) { points_.push_back(point); }

  void end_word() {
    if (points_.back() != space)
      points_.push_back(space);
  }

  void add(uint32_t point) {
    if (is_word_point(point))
      add_word_point(point);
    else
      end_word();
  }

  /// Adds valid UTF-8 of at most `piece_points_max` code points.
  void add_piece(std::string_view piece) {
    auto bytes = reinterpret_cast<const utf8proc_uint8_t*>(piece.data());
    auto bytes_count = static_cast<utf8proc_ssize_t>(piece.size());
    auto count = decompose(bytes, bytes_count);
    if (count > static_cast<utf8proc_ssize_t>(buffer_.size())) {
      buffer_.resize(static_cast<size_t>(count));
      count = decompose(bytes, bytes_count);
    }
    if (count > 0)
      count = utf8proc_normalize_utf32(buffer_.data(), count, nfkc_casefold);
    for (utf8proc_ssize_t i = 0; i < count; ++i)
      add(static_cast<uint32_t>(buffer_[static_cast<size_t>(i)]));
  }

  std::vector<uint32_t> finish() {
    end_word();
    return std::move(points_);
  }

private:
  utf8proc_ssize_t decompose(const utf8proc_uint8_t* bytes,
                             utf8proc_ssize_t count) {
    return utf8proc_decompose(bytes, count, buffer_.data(),
                              static_cast<utf8proc_ssize_t>(buffer_.size()),
                              nfkc_casefold);
  }

  std::vector<uint32_t> points_;
  /// Room for a piece and for what grows: one code point may become 18.
  std::vector<utf8proc_int32_t> buffer_
    = std::vector<utf8proc_int32_t>(4 * piece_points_max);
};

/// Bytes from the front that make a piece: up to an ASCII character that is no
/// letter or digit, up to the piece's limits, or up to a byte that is no
/// UTF-8.
size_t piece_size(std::string_view rest) {
  size_t size = 0;
  for (size_t points = 0; size < rest.size(); ++points) {
    auto byte = static_cast<uint8_t>(rest[size]);
    if (points == piece_points_max || (byte < 0x80 && ascii_folds[byte] == 0))
      break;
    utf8proc_int32_t point = 0;
    auto bytes = utf8proc_iterate(
      reinterpret_cast<const utf8proc_uint8_t*>(rest.data() + size),
      static_cast<utf8proc_ssize_t>(rest.size() - size), &point);
    if (bytes <= 0 || (points >= piece_points && is_starter(point)))
      break;
    size += static_cast<size_t>(bytes);
  }
  return size;
}

/// Bytes from the front that are ASCII letters and digits and that NFKC leaves
/// alone: all but one that a mark may follow.
size_t ascii_size(std::string_view rest) {
  size_t size = 0;
  while (size < rest.size() && ascii_folds[static_cast<uint8_t>(rest[size])])
    ++size;
  auto marked = size < rest.size() && static_cast<uint8_t>(rest[size]) >= 0x80;
  return marked && size > 0 ? size - 1 : size;
}

} // namespace

std::vector<uint32_t> fold_text(std::string_view text) {
  folder out{text.size()};
  while (!text.empty()) {
    size_t size = 0;
    if (size = ascii_size(text); size > 0) {
      for (char c : text.substr(0, size))
        out.add_word_point(ascii_folds[static_cast<uint8_t>(c)]);
    } else if (size = piece_size(text); size > 0) {
      out.add_piece(text.substr(0, size));
    } else {
      out.end_word();
      size = 1;
    }
    text.remove_prefix(size);
  }
  return out.finish();
}

} // namespace batch
