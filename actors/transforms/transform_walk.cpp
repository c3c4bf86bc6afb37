#include "actors/transforms/transform_walk.hpp"

#include "actors/transforms/json_string.hpp"
#include "codecs/json_reader.hpp"
#include "codecs/json_writer.hpp"

namespace batch {

tl::unexpected<error> transform_walk::fault(const transform_field& place,
                                            std::string_view reason) const {
  auto leaf = &place;
  while (!leaf->is_leaf())
    leaf = &leaf->children().front();
  auto message = step.position + ": field ";
  append_json_string(message, clip_text(leaf->argument.field));
  message += ": ";
  message += reason;
  return fail(ec::transform_failed, std::move(message));
}

std::string_view describe_json(const json_node& node) {
  switch (kind_of_json(node.text)) {
  case json_kind::object:
    return "an object";
  case json_kind::array:
    return "an array";
  case json_kind::string:
    return "a string";
  case json_kind::number:
    return "a number";
  case json_kind::boolean:
    return "a boolean";
  case json_kind::null:
    return "null";
  }
  return "not JSON";
}

} // namespace batch
