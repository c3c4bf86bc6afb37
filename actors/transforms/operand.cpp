#include "actors/transforms/operand.hpp"

#include "actors/transforms/formula.hpp"
#include "actors/transforms/transform_walk.hpp"
#include "codecs/json_reader.hpp"
#include "codecs/limits.hpp"

namespace batch {

namespace {

expected<operand> parse_operand(placed_json value, bool only_scalars,
                                text_pool& pool) {
  if (value.is_string()) {
    auto path = json_path::of_field(value.content());
    if (!path)
      return value.fault(path.error().message);
    return operand{std::move(*path)};
  }
  if (!value.node.is_object())
    return value.fault("must be a field, as a string, or {\"value\": …}");
  if (auto opened = value.open_object(pool); !opened)
    return fail(opened);
  if (value.node.children.size() != 1
      || value.node.children.front().key != "value")
    return value.fault("has the only member \"value\"");
  auto inner = value.below(value.node.children.front(), "value");
  if (only_scalars && (inner.node.is_object() || inner.node.is_array()))
    return inner.fault("must be a string, number, boolean or null");
  return operand{minify_json(inner.node.text)};
}

} // namespace

std::string_view operand::value(json_node& item, text_pool& pool) const {
  std::string_view text;
  if (auto path = std::get_if<json_path>(&is_)) {
    auto found = path->find(item, pool);
    text = found ? current_text(*found, pool) : "null";
  } else {
    text = std::get<std::string>(is_);
  }
  return text == "null" ? std::string_view{} : text;
}

expected<void> operand::append_content(std::string& out, json_node& item,
                                       text_pool& pool) const {
  auto json = value(item, pool);
  if (out.size() + json.size() > item_bytes_max)
    return fail(ec::transform_failed, "the text becomes longer than "
                                        + std::to_string(item_bytes_max)
                                        + " bytes");
  if (json.starts_with('"')) {
    out += json.substr(1, json.size() - 2);
    return {};
  }
  if (json.starts_with('{') || json.starts_with('[')) {
    // What is written there can be no object or array.
    const auto& path = std::get<json_path>(is_);
    return fail(ec::transform_failed,
                quote_clipped(path.text()) + " is "
                  + (json.starts_with('{') ? "an object" : "an array")
                  + ", not a string, number or boolean");
  }
  out += json;
  return {};
}

expected<std::vector<operand>>
parse_operands(placed_json value, bool only_scalars, text_pool& pool) {
  if (auto opened = value.open_array(pool, "operands"); !opened)
    return fail(opened);
  if (auto counted = value.check_count("operands", formula_parts_max); !counted)
    return fail(counted);
  std::vector<operand> operands;
  for (size_t i = 0; i < value.node.children.size(); ++i) {
    auto parsed = parse_operand(value.below(value.node.children[i], i),
                                only_scalars, pool);
    if (!parsed)
      return fail(parsed);
    operands.push_back(std::move(*parsed));
  }
  return operands;
}

std::string_view current_text(const json_node& node, text_pool& pool) {
  if (!node.is_changed)
    return node.text;
  if (!pool.may_make(node.written_bytes()))
    return "null"; // nobody will see it
  std::string text;
  node.write(text);
  return pool.keep(std::move(text));
}

} // namespace batch
