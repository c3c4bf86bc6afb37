// A JSON value that is taken apart only where a step looks into it, so that
// everything else keeps its bytes and costs nothing but a copy.
#pragma once

#include <forward_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace batch {

/// Keeps the texts that are made while a value is edited. They stay where
/// they are until the pool ends.
class text_pool {
public:
  std::string_view keep(std::string text) {
    return texts_.emplace_front(std::move(text));
  }

private:
  std::forward_list<std::string> texts_;
};

/// A JSON value, and its place if it is inside another one. All views refer
/// to the text of the item, to the transform or to a `text_pool`.
struct json_node {
  /// The key as JSON text, with quotes; empty in arrays and at the root.
  std::string_view name;
  /// The key with its escapes resolved.
  std::string_view key;
  /// The value as JSON text; out of date once `is_changed`.
  std::string_view text;
  /// The members or elements, once `open` has taken the value apart.
  std::vector<json_node> children;
  bool is_open = false;
  /// The children differ from the text.
  bool is_changed = false;
  /// To be removed from its object or array.
  bool is_dropped = false;

  bool is_object() const { return text.starts_with('{'); }
  bool is_array() const { return text.starts_with('['); }

  /// Takes an object or array apart into its children; does nothing the
  /// second time. Nested values are skipped without recursion.
  /// @returns false if the text is not JSON at this level.
  bool open(text_pool& pool);

  /// Puts another value in the place of this one.
  void replace(std::string_view value);

  /// Removes the children that are to be dropped.
  void sweep();

  /// Appends the value as JSON text.
  void write(std::string& out) const;
};

/// A text without the white space of JSON at its ends.
std::string_view trim_json(std::string_view text);

/// Levels of objects and arrays in a valid JSON text; 0 for other values.
size_t json_depth(std::string_view text);

} // namespace batch
