// Numbers as bytes: big-endian where order matters (keys), little-endian in
// records, variable length where most numbers are small.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace batch {

/// Appends a number so that memcmp orders as the numbers do.
template <class Unsigned>
void append_big_endian(std::string& out, Unsigned x) {
  for (int shift = (sizeof(Unsigned) - 1) * 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(x >> shift));
}

/// Reads what `append_big_endian` wrote; `bytes` must be long enough.
template <class Unsigned>
Unsigned read_big_endian(std::string_view bytes) {
  Unsigned x = 0;
  for (size_t i = 0; i < sizeof(Unsigned); ++i)
    x = static_cast<Unsigned>(x << 8 | static_cast<unsigned char>(bytes[i]));
  return x;
}

static_assert(std::endian::native == std::endian::little,
              "records are written by copying native numbers");

/// Appends a number of fixed size, little-endian.
template <class Number>
void append_fixed(std::string& out, Number x) {
  char raw[sizeof(Number)];
  std::memcpy(raw, &x, sizeof x);
  out.append(raw, sizeof raw);
}

/// Appends a number in 7-bit groups, lowest first (LEB128).
inline void append_varint(std::string& out, uint64_t x) {
  while (x >= 0x80) {
    out.push_back(static_cast<char>(x | 0x80));
    x >>= 7;
  }
  out.push_back(static_cast<char>(x));
}

/// Appends the length as a varint and then the bytes.
inline void append_string(std::string& out, std::string_view bytes) {
  append_varint(out, bytes.size());
  out.append(bytes);
}

/// Reads a record from front to back. After the first read beyond the end
/// every answer is empty and `ok()` is false, so that a reader checks once.
class byte_reader {
public:
  explicit byte_reader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  std::string_view take(size_t count) {
    if (count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    auto head = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return head;
  }

  template <class Number>
  Number fixed() {
    Number x{};
    auto raw = take(sizeof(Number));
    if (ok_)
      std::memcpy(&x, raw.data(), sizeof x);
    return x;
  }

  uint64_t varint() {
    uint64_t x = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      auto raw = take(1);
      if (!ok_)
        return 0;
      auto byte = static_cast<unsigned char>(raw[0]);
      x |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80)
        return x;
    }
    ok_ = false;
    return 0;
  }

  std::string_view string() {
    auto size = varint();
    return ok_ ? take(size) : std::string_view{};
  }

private:
  std::string_view rest_;
  bool ok_ = true;
};

} // namespace batch
