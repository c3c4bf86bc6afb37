#include "actors/transforms/cast_json.hpp"
#include "actors/transforms/json_string.hpp"
#include "actors/transforms/transform_verbs.hpp"
#include "actors/transforms/unicode_text.hpp"
#include "codecs/json_writer.hpp"

#include <string>

namespace batch {

namespace {

std::string edit_content(transform_verb verb, std::string_view content) {
  switch (verb) {
  case transform_verb::upper:
    return upper_text(content);
  case transform_verb::lower:
    return lower_text(content);
  default:
    return std::string{trim_text(content)};
  }
}

/// Edits a JSON string; one whose content stays keeps its escapes.
std::string edit_string(transform_verb verb, std::string_view text) {
  std::string edited;
  auto content = text.substr(1, text.size() - 2);
  if (content.find('\\') == std::string_view::npos) {
    // No verb brings up a character that would need an escape.
    edited += '"';
    edited += edit_content(verb, content);
    edited += '"';
    return edited;
  }
  auto unescaped = unescape_json(content);
  auto changed = edit_content(verb, unescaped);
  if (changed == unescaped)
    return std::string{text};
  append_json_string(edited, changed);
  return edited;
}

/// @returns the new text of a value.
expected<std::string> edit(const transform_walk& walk, const json_node& node,
                           const transform_field& place) {
  if (node.text == "null")
    return std::string{node.text};
  if (walk.step.verb == transform_verb::cast) {
    if (node.is_object() || node.is_array())
      return walk.fault(place, "it is " + std::string{describe_json(node)}
                                 + ", not a string, number or boolean");
    auto cast = cast_json(node.text, place.argument.type);
    if (!cast)
      return walk.fault(place, cast.error().message);
    return cast;
  }
  if (!node.text.starts_with('"'))
    return walk.fault(place, "it is " + std::string{describe_json(node)}
                               + ", not a string");
  return edit_string(walk.step.verb, node.text);
}

} // namespace

expected<void> edit_fields(const transform_walk& walk, json_node& node,
                           const transform_field& places) {
  return walk.match(
    node, places,
    [&](json_node& child, size_t i, bool is_earlier) -> expected<void> {
      if (is_earlier)
        return {};
      const auto& place = places.children()[i];
      if (!place.is_leaf()) {
        auto inner = edit_fields(walk, child, place);
        node.is_changed |= child.is_changed;
        return inner;
      }
      auto edited = edit(walk, child, place);
      if (!edited)
        return fail(edited);
      if (*edited != child.text) {
        child.replace(walk.pool.keep(std::move(*edited)));
        node.is_changed = true;
      }
      return {};
    });
}

} // namespace batch
