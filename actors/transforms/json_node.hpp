// A JSON value that is taken apart only where a step looks into it, so that
// everything else keeps its bytes and costs nothing but a copy.
#pragma once

#include <cstddef>
#include <forward_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace batch {

/// Bytes of the texts that are made for one item, and of those that are taken
/// apart for it, nested ones once per level. Source: a choice, far beyond real
/// data, that bounds memory and time (about 0.1 s).
inline constexpr size_t made_bytes_max = 16 << 20;
inline constexpr size_t opened_bytes_max = 128 << 20;

/// Keeps the texts that are made while a value is edited. They stay where
/// they are until the pool ends. Counts what the editing costs.
class text_pool {
public:
  std::string_view keep(std::string text) {
    made_bytes_ += text.size();
    return texts_.emplace_front(std::move(text));
  }

  /// Counts bytes that are about to be taken apart.
  /// @returns false if that was too much; from then on `is_exhausted`.
  bool may_open(size_t bytes) {
    opened_bytes_ += bytes;
    return opened_bytes_ <= opened_bytes_max;
  }

  /// Asks before something is made that may be long.
  /// @returns false if it would be too much; from then on `is_exhausted`.
  bool may_make(size_t bytes) {
    if (bytes <= made_bytes_max && made_bytes_ + bytes <= made_bytes_max)
      return true;
    made_bytes_ = made_bytes_max + 1;
    return false;
  }

  /// True if more was made or taken apart than one item is worth; what was
  /// made of it must not be used.
  bool is_exhausted() const {
    return made_bytes_ > made_bytes_max || opened_bytes_ > opened_bytes_max;
  }

private:
  std::forward_list<std::string> texts_;
  size_t made_bytes_ = 0;
  size_t opened_bytes_ = 0;
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
  /// @returns false if the text is not JSON at this level, or the pool is
  /// exhausted.
  bool open(text_pool& pool);

  /// Puts another value in the place of this one.
  void replace(std::string_view value);

  /// Removes the children that are to be dropped.
  void sweep();

  /// Appends the value as JSON text.
  void write(std::string& out) const;

  /// Bytes that `write` appends, without writing them.
  size_t written_bytes() const;
};

/// A text without the white space of JSON at its ends.
std::string_view trim_json(std::string_view text);

/// Levels of objects and arrays in a valid JSON text; 0 for other values.
size_t json_depth(std::string_view text);

} // namespace batch
