// A value of a transform and where it stands, for those who read transforms.
#pragma once

#include "actors/transforms/json_node.hpp"
#include "codecs/error.hpp"

#include <string>
#include <string_view>

namespace batch {

/// A value of `options.transform`, which has passed `json_reader::check`, and
/// its JSON Pointer in the submission.
struct placed_json {
  json_node node;
  std::string position;

  bool is_string() const { return node.text.starts_with('"'); }
  /// The content of a string, escapes resolved.
  std::string content() const;

  /// A child that stands under this token.
  placed_json below(const json_node& child, std::string_view token) const;
  placed_json below(const json_node& element, size_t index) const;

  /// Takes apart what must be an object without doubled keys.
  expected<void> open_object(text_pool& pool);
  /// Takes apart what must be an array.
  /// @param of what it holds, for the message.
  expected<void> open_array(text_pool& pool, std::string_view of);
  /// Demands at least one child and no more than `count_max`.
  expected<void> check_count(std::string_view of, size_t count_max) const;

  /// An error of this value: `ec::invalid_option`, with its position.
  tl::unexpected<error> fault(const std::string& reason) const;
};

/// A text in quotes, cut if it is long, for messages.
std::string quote_clipped(std::string_view text);

} // namespace batch
