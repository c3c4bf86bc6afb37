// How structs become records on disk.
//
//   record  :=  version u8 | checksum u32 | field*
//   field   :=  unsigned: varint | signed: zigzag varint | bool: u8
//            |  double: 8 bytes | string: size varint, bytes
//            |  vector, map: count varint, elements | struct: its fields
//
// A struct takes part by naming its fields in order and the version of that
// order:
//
//   struct chunk_mark {
//     static constexpr uint8_t record_version = 1;
//     uint32_t first_item = 0;
//     template <class T, class Visit>
//     static void fields(T& x, Visit&& visit) { visit(x.first_item); }
//   };
//
// The checksum is the lower half of XXH3-64 over the fields: it finds bytes
// that changed after they were written, wherever in the stack that happened.
#pragma once

#include "codecs/bytes.hpp"
#include "codecs/error.hpp"

#include <array>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace batch {

/// The lower half of XXH3-64.
uint32_t checksum_of(std::string_view bytes);

inline constexpr size_t record_header_bytes = 5;

/// Fills in the header of a record whose fields stand behind
/// `record_header_bytes` bytes kept free for it.
void seal_record(std::string& record, uint8_t version);

/// Checks the header and answers the bytes of the fields.
/// Errors: `ec::storage_corrupt`.
expected<std::string_view> open_record(std::string_view record,
                                       uint8_t version);

namespace detail {

template <class T>
concept has_fields = requires(T& x) {
  T::fields(x, [](auto&...) {});
};

class field_writer {
public:
  explicit field_writer(std::string& out) : out_(out) {}

  template <class... Ts>
  void operator()(const Ts&... xs) {
    (write(xs), ...);
  }

private:
  template <class T>
  void write(const T& x) {
    if constexpr (std::same_as<T, bool>)
      out_.push_back(x ? 1 : 0);
    else if constexpr (std::is_enum_v<T>)
      append_varint(out_, static_cast<uint64_t>(x));
    else if constexpr (std::floating_point<T>)
      append_fixed(out_, x);
    else if constexpr (std::signed_integral<T>)
      append_varint(out_, static_cast<uint64_t>(x) << 1
                            ^ static_cast<uint64_t>(int64_t{x} >> 63));
    else if constexpr (std::unsigned_integral<T>)
      append_varint(out_, x);
    else
      T::fields(x, *this);
  }

  void write(const std::string& x) { append_string(out_, x); }

  template <class T>
  void write(const std::optional<T>& x) {
    write(x.has_value());
    if (x)
      write(*x);
  }

  template <class T>
  void write(const std::vector<T>& xs) {
    append_varint(out_, xs.size());
    for (const auto& x : xs)
      write(x);
  }

  template <class T, size_t N>
  void write(const std::array<T, N>& xs) {
    for (const auto& x : xs)
      write(x);
  }

  template <class K, class V>
  void write(const std::map<K, V>& xs) {
    append_varint(out_, xs.size());
    for (const auto& [key, value] : xs) {
      write(key);
      write(value);
    }
  }

  std::string& out_;
};

class field_reader {
public:
  explicit field_reader(std::string_view bytes) : in_(bytes) {}

  bool finished() const { return in_.ok() && in_.at_end(); }

  template <class... Ts>
  void operator()(Ts&... xs) {
    (read(xs), ...);
  }

private:
  template <class T>
  void read(T& x) {
    if constexpr (std::same_as<T, bool>)
      x = in_.fixed<uint8_t>() != 0;
    else if constexpr (std::is_enum_v<T>)
      x = static_cast<T>(in_.varint());
    else if constexpr (std::floating_point<T>)
      x = in_.fixed<T>();
    else if constexpr (std::signed_integral<T>) {
      auto zigzag = in_.varint();
      x = static_cast<T>(static_cast<int64_t>(zigzag >> 1)
                         ^ -static_cast<int64_t>(zigzag & 1));
    } else if constexpr (std::unsigned_integral<T>)
      x = static_cast<T>(in_.varint());
    else
      T::fields(x, *this);
  }

  void read(std::string& x) { x = in_.string(); }

  template <class T>
  void read(std::optional<T>& x) {
    bool present = false;
    read(present);
    if (present)
      read(x.emplace());
  }

  template <class T>
  void read(std::vector<T>& xs) {
    xs.clear();
    for (auto count = in_.varint(); count > 0 && in_.ok(); --count)
      read(xs.emplace_back());
  }

  template <class T, size_t N>
  void read(std::array<T, N>& xs) {
    for (auto& x : xs)
      read(x);
  }

  template <class K, class V>
  void read(std::map<K, V>& xs) {
    xs.clear();
    for (auto count = in_.varint(); count > 0 && in_.ok(); --count) {
      K key{};
      read(key);
      read(xs[std::move(key)]);
    }
  }

  byte_reader in_;
};

} // namespace detail

/// The record of a struct.
template <detail::has_fields T>
std::string encode_record(const T& x) {
  std::string record(record_header_bytes, '\0');
  T::fields(x, detail::field_writer{record});
  seal_record(record, T::record_version);
  return record;
}

/// Reads what `encode_record` wrote. Errors: `ec::storage_corrupt`.
template <detail::has_fields T>
expected<T> decode_record(std::string_view record) {
  auto bytes = open_record(record, T::record_version);
  if (!bytes)
    return fail(bytes);
  T x{};
  detail::field_reader reader{*bytes};
  T::fields(x, reader);
  if (!reader.finished())
    return fail(ec::storage_corrupt, "a record has the wrong length");
  return x;
}

} // namespace batch
