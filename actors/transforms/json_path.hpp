// The way to one place in a JSON value, ready to be walked again and again.
#pragma once

#include "actors/transforms/json_node.hpp"
#include "codecs/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// One token of a way: a key of an object, or an index of an array.
struct path_token {
  explicit path_token(std::string token);

  std::string key;
  /// The key as JSON text, with quotes.
  std::string name;
  /// The token as index of an array; nothing if it is none.
  std::optional<size_t> index;
};

/// A JSON Pointer, or the field of a transform. Immutable; any thread.
class json_path {
public:
  /// Errors: `ec::invalid_option` with the reason, as `parse_field`.
  static expected<json_path> of_field(std::string_view field);
  /// As RFC 6901 has it: "" is the whole value.
  /// Errors: `ec::invalid_option` with the reason.
  static expected<json_path> of_pointer(std::string_view pointer);

  /// The place in a value, or null if it is absent. Of members with the same
  /// key the last one counts. Opens what is on the way.
  json_node* find(json_node& root, text_pool& pool) const;

  /// Puts a value at the place: instead of what is there, or else at the end
  /// of its object. Objects on the way that are absent are made. In an array
  /// the index that equals its length, or "-", puts an element at the end.
  /// @param text JSON text that outlives the nodes.
  /// Errors: `ec::transform_failed` with the reason.
  expected<void> put(json_node& root, std::string_view text,
                     text_pool& pool) const;

  const std::vector<path_token>& tokens() const { return tokens_; }
  /// As it was written, for messages.
  const std::string& text() const { return text_; }

private:
  std::vector<path_token> tokens_;
  std::string text_;
};

/// The last member of an object with this key, or null.
json_node* find_member(json_node& open_object, std::string_view key);

/// Reads an index as RFC 6901 has it: no sign, no leading zeros.
std::optional<size_t> parse_index(std::string_view token);

} // namespace batch
