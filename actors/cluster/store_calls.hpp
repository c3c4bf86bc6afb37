// What the gateway of a node asks of the store, which is another process's.
#pragma once

#include "codecs/error.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// Asks for the values of keys.
struct rows_request {
  batch::family family = family::meta;
  std::vector<std::string> keys;

  static constexpr uint8_t record_version = 1;
  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.family, x.keys);
  }
};

/// The values of the first keys that were asked for, at least of one: about
/// `remote_page_bytes_max` are answered, the rest is to be asked for again.
struct found_rows {
  std::vector<std::optional<std::string>> values;

  static constexpr uint8_t record_version = 1;
  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.values);
  }
};

/// Asks for a page, as `store_reader::scan`.
struct scan_request {
  /// The number of a snapshot; 0: the present state.
  uint64_t view = 0;
  batch::family family = family::meta;
  std::string from;
  std::string to;
  std::string after_key;
  /// At most `remote_page_bytes_max` count.
  uint64_t limit_bytes = 0;

  static constexpr uint8_t record_version = 1;
  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.view, x.family, x.from, x.to, x.after_key, x.limit_bytes);
  }
};

/// Whether the store can be used.
struct store_status {
  batch::capacity capacity = capacity::ok;
  store_health health;

  static constexpr uint8_t record_version = 1;
  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.capacity, x.health.writable, x.health.message,
          x.health.lacks_space);
  }
};

using rows_request_ptr = std::shared_ptr<const rows_request>;
using found_rows_ptr = std::shared_ptr<const found_rows>;
using scan_request_ptr = std::shared_ptr<const scan_request>;
using page_ptr = std::shared_ptr<const page>;

// How they cross nodes. See actors/wire.hpp.
std::string to_wire(const rows_request& x);
expected<void> from_wire(std::string_view bytes, rows_request& x);
std::string to_wire(const found_rows& x);
expected<void> from_wire(std::string_view bytes, found_rows& x);
std::string to_wire(const scan_request& x);
expected<void> from_wire(std::string_view bytes, scan_request& x);
std::string to_wire(const store_status& x);
expected<void> from_wire(std::string_view bytes, store_status& x);
std::string to_wire(const page& x);
expected<void> from_wire(std::string_view bytes, page& x);

} // namespace batch
