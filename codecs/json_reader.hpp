// JSON text in: the one place that knows simdjson.
//
// simdjson's on-demand interface splits texts fast but checks them lazily and
// lets broken values pass; its DOM checks everything. So: whatever comes from
// outside goes through `check` (DOM) first, and only texts that passed may be
// walked with `members` and `elements` (on-demand).
#pragma once

#include "codecs/error.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace batch {

enum class json_kind : uint8_t { object, array, string, number, boolean, null };

/// The kind of a valid JSON text, told by its first byte.
json_kind kind_of_json(std::string_view valid);

/// One member of an object or element of an array, as it stands in the text.
struct json_member {
  /// The name with its escapes resolved; empty for elements.
  std::string_view key;
  /// The text of the value, without white space around it.
  std::string_view value;
};

/// Visits members; answers false to stop.
using member_visitor = std::function<bool(const json_member&)>;

/// Parses JSON with buffers that are used again and again.
///
/// Thread-safety: none; one reader per thread. Views that are handed out die
/// with the next call.
class json_reader {
public:
  json_reader();
  ~json_reader();
  json_reader(json_reader&&) noexcept;
  json_reader& operator=(json_reader&&) noexcept;

  /// Checks that the text is one JSON value that all parts of the service can
  /// hold: valid RFC 8259, numbers within double or 64-bit integer range,
  /// nesting up to `json_depth_max`.
  /// Errors: `ec::invalid_json` for a text that is not JSON, with the byte
  /// offset; `ec::invalid_item` for legal JSON beyond those bounds.
  expected<void> check(std::string_view text);

  /// Like `check`, demands an object and visits its members in one go, nested
  /// values as text; the cheapest way to look into an object from outside.
  /// Errors: as `check`, and `ec::invalid_item` if it is no object.
  expected<void> check_object(std::string_view text,
                              const member_visitor& visit);

  /// Visits the members of an object or the elements of an array whose text
  /// has passed `check`. @returns false if the visitor stopped, or the text
  /// is neither.
  bool members(std::string_view valid_object, const member_visitor& visit);
  bool elements(std::string_view valid_array, const member_visitor& visit);

  /// The content of a valid JSON string, escapes resolved.
  std::string string_value(std::string_view valid_string);

private:
  struct parsers;
  std::unique_ptr<parsers> parsers_;
};

/// The text without white space between its tokens; numbers, strings and the
/// order of members stay as they are.
std::string minify_json(std::string_view valid);

/// Whether a text spans several lines. Such texts are stored minified: what is
/// stored are lines of the NDJSON that goes out.
bool has_line_end(std::string_view text);

/// Splits the text of a document `{"name": value, …}` or of an array without
/// copying it: the large documents. Nothing within the values is checked, and
/// a fault behind a value is found after it was visited; but a text that is
/// split to its end and whose values all pass `check` is JSON.
///
/// @param text needs `json_padding` readable bytes behind its end.
/// @returns false if the text is not well-formed where it was walked, or if
/// the visitor stopped.
bool split_members(std::string_view text, const member_visitor& visit);
bool split_elements(std::string_view text, const member_visitor& visit);

/// Bytes that must be readable behind a text that is split in place.
inline constexpr size_t json_padding = 64;

} // namespace batch
