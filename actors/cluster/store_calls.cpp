#include "actors/cluster/store_calls.hpp"

#include "actors/wire_record.hpp"
#include "codecs/limits.hpp"

#include <algorithm>

namespace batch {

namespace {

bool is_family(family f) {
  return static_cast<size_t>(f) < family_count;
}

bool is_key(const std::string& x) {
  return x.size() <= key_bytes_max;
}

} // namespace

std::string to_wire(const rows_request& x) {
  return encode_record(x);
}

expected<void> from_wire(std::string_view bytes, rows_request& x) {
  constexpr auto what = "keys";
  if (auto read = read_record(what, bytes, x); !read)
    return read;
  if (!is_family(x.family))
    return not_sendable(what, "no such family");
  if (!std::ranges::all_of(x.keys, is_key))
    return not_sendable(what, "a key is too long");
  return {};
}

std::string to_wire(const found_rows& x) {
  return encode_record(x);
}

expected<void> from_wire(std::string_view bytes, found_rows& x) {
  return read_record("values", bytes, x);
}

std::string to_wire(const scan_request& x) {
  return encode_record(x);
}

expected<void> from_wire(std::string_view bytes, scan_request& x) {
  constexpr auto what = "a range of keys";
  if (auto read = read_record(what, bytes, x); !read)
    return read;
  if (!is_family(x.family))
    return not_sendable(what, "no such family");
  if (!is_key(x.from) || !is_key(x.to) || !is_key(x.after_key))
    return not_sendable(what, "a key is too long");
  return {};
}

std::string to_wire(const store_status& x) {
  return encode_record(x);
}

expected<void> from_wire(std::string_view bytes, store_status& x) {
  constexpr auto what = "the state of the store";
  if (auto read = read_record(what, bytes, x); !read)
    return read;
  if (!is_within(x.capacity, capacity::ok, capacity::full))
    return not_sendable(what, "no such capacity");
  return {};
}

std::string to_wire(const page& x) {
  return x.to_data();
}

expected<void> from_wire(std::string_view bytes, page& x) {
  auto read = page::from_data(bytes);
  if (!read)
    return not_sendable("a page", read.error().message);
  x = std::move(*read);
  return {};
}

} // namespace batch
