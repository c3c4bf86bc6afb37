// The items of the five job types, as they are read from JSON.
#pragma once

#include "codecs/error.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace batch {

/// The fields of a thing that the service acts on. `data`, `visibility` and
/// fields it does not know stay in the text.
struct thing_view {
  std::string_view ns;
  std::string_view id;
  std::string_view type;
  std::optional<std::string_view> content;
};

struct relationship_view {
  std::string_view ns;
  std::string_view id;
  std::string_view type;
  std::string_view from_ns;
  std::string_view from_id;
  std::string_view to_ns;
  std::string_view to_id;
};

/// An item that names a thing.
struct thing_ref_view {
  std::string_view ns;
  std::string_view id;
};

/// Checks a name: 1 to `bytes_max` bytes and no control character. The text
/// must be UTF-8. Errors: `ec::invalid_item`, beginning with `field`.
expected<void> check_name(std::string_view field, std::string_view name,
                          size_t bytes_max);

/// The namespace that an item names, whatever else is wrong with it; empty if
/// it names none.
std::string ns_of_item(std::string_view text);

/// Reads items with buffers that are used again and again.
///
/// Every call checks the whole text first, so that what it accepts is valid
/// JSON throughout. Views die with the next call.
/// Errors: `ec::invalid_item` or `ec::invalid_json`, naming the field.
/// Thread-safety: none; one reader per thread.
class item_reader {
public:
  item_reader();
  ~item_reader();
  item_reader(item_reader&&) noexcept;

  expected<thing_view> thing(std::string_view text);
  expected<relationship_view> relationship(std::string_view text);
  /// Fields other than ns and id are allowed and ignored.
  expected<thing_ref_view> thing_ref(std::string_view text);

private:
  struct parser;
  std::unique_ptr<parser> parser_;
};

} // namespace batch
