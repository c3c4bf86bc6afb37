#include "actors/transforms/transform_parser.hpp"

#include "actors/transforms/json_node.hpp"
#include "actors/transforms/json_pointer.hpp"
#include "actors/transforms/json_string.hpp"
#include "actors/transforms/transform.hpp"
#include "codecs/json_reader.hpp"
#include "codecs/json_writer.hpp"
#include "codecs/limits.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace batch {

namespace {

static_assert(transform_fields_max <= UINT16_MAX,
              "transform_field counts its children in 16 bits");

/// A value of the transform and its JSON Pointer in the submission.
struct placed_json {
  json_node node;
  std::string position;

  placed_json below(const json_node& child, std::string_view token) const {
    return {child, pointer_below(position, token)};
  }
  tl::unexpected<error> fault(const std::string& reason) const {
    return fail(ec::invalid_option, position + ": " + reason);
  }
};

/// What the member of a step holds.
enum class argument_form : uint8_t { fields, names, values, types };

struct verb_entry {
  std::string_view name;
  transform_verb verb;
  argument_form form;
};

constexpr verb_entry verbs[] = {
  {"pick", transform_verb::pick, argument_form::fields},
  {"omit", transform_verb::omit, argument_form::fields},
  {"rename", transform_verb::rename, argument_form::names},
  {"set", transform_verb::set, argument_form::values},
  {"default", transform_verb::set_default, argument_form::values},
  {"cast", transform_verb::cast, argument_form::types},
  {"upper", transform_verb::upper, argument_form::fields},
  {"lower", transform_verb::lower, argument_form::fields},
  {"trim", transform_verb::trim, argument_form::fields},
};

std::string verb_names() {
  std::string names;
  for (const auto& entry : verbs) {
    names += names.empty() ? "" : ", ";
    names += entry.name;
  }
  return names;
}

std::string quote(std::string_view text) {
  std::string quoted;
  append_json_string(quoted, clip_text(text));
  return quoted;
}

/// Reads the transform. Its text has passed `json_reader::check`.
class transform_parser {
public:
  expected<std::vector<transform_step>> parse(placed_json root) {
    if (auto opened = open_object(root); !opened)
      return fail(opened);
    std::vector<transform_step> steps;
    for (const auto& member : root.node.children) {
      auto value = root.below(member, member.key);
      if (member.key != "steps")
        return value.fault("unknown member; a transform has only \"steps\"");
      if (!member.is_array())
        return value.fault("must be an array of steps");
      value.node.open(pool_);
      auto count = value.node.children.size();
      if (count > transform_steps_max)
        return value.fault(too_many(count, "steps", transform_steps_max));
      for (size_t i = 0; i < count; ++i) {
        auto step
          = parse_step(value.below(value.node.children[i], std::to_string(i)));
        if (!step)
          return fail(step);
        steps.push_back(std::move(*step));
      }
    }
    return steps;
  }

private:
  static std::string too_many(size_t count, std::string_view what,
                              size_t count_max) {
    return "has " + std::to_string(count) + " " + std::string{what}
           + ", at most " + std::to_string(count_max) + " are taken";
  }

  /// Takes apart what must be an object without doubled keys.
  expected<void> open_object(placed_json& value) {
    if (!value.node.is_object())
      return value.fault("must be an object");
    value.node.open(pool_);
    std::vector<std::string_view> keys;
    for (const auto& child : value.node.children)
      keys.push_back(child.key);
    std::ranges::sort(keys);
    auto doubled = std::ranges::adjacent_find(keys);
    if (doubled != keys.end())
      return value.below({}, *doubled).fault("is there more than once");
    return {};
  }

  expected<transform_step> parse_step(placed_json value) {
    if (auto opened = open_object(value); !opened)
      return fail(opened);
    if (value.node.children.size() != 1)
      return value.fault("a step has exactly one member, one of "
                         + verb_names());
    const auto& member = value.node.children.front();
    auto argument = value.below(member, member.key);
    auto entry = std::ranges::find(verbs, member.key, &verb_entry::name);
    if (entry == std::end(verbs))
      return argument.fault("unknown step; the steps are " + verb_names());
    transform_step step;
    step.verb = entry->verb;
    step.position = argument.position;
    auto parsed = entry->form == argument_form::fields
                    ? parse_list(std::move(argument), step)
                    : parse_map(std::move(argument), entry->form, step);
    if (!parsed)
      return fail(parsed);
    return step;
  }

  static expected<void> check_count(const placed_json& value) {
    auto count = value.node.children.size();
    if (count == 0)
      return value.fault("must name at least one field");
    if (count > transform_fields_max)
      return value.fault(too_many(count, "fields", transform_fields_max));
    return {};
  }

  expected<void> parse_list(placed_json value, transform_step& step) {
    if (!value.node.is_array())
      return value.fault("must be an array of fields");
    value.node.open(pool_);
    if (auto counted = check_count(value); !counted)
      return counted;
    for (size_t i = 0; i < value.node.children.size(); ++i) {
      auto element = value.below(value.node.children[i], std::to_string(i));
      if (!is_string(element.node))
        return element.fault("a field must be a string");
      auto added = add_field(element, content(element.node), step.fields);
      if (!added)
        return fail(added);
    }
    return {};
  }

  expected<void> parse_map(placed_json value, argument_form form,
                           transform_step& step) {
    if (auto opened = open_object(value); !opened)
      return opened;
    if (auto counted = check_count(value); !counted)
      return counted;
    for (const auto& child : value.node.children) {
      auto member = value.below(child, child.key);
      auto added = add_field(member, std::string{child.key}, step.fields);
      if (!added)
        return fail(added);
      if (auto parsed = parse_argument(member, form, *added); !parsed)
        return parsed;
    }
    return {};
  }

  /// A field that was added to a step.
  struct added_field {
    transform_field* parent;
    transform_field* leaf;
    size_t tokens;
  };

  static expected<added_field>
  add_field(const placed_json& at, std::string field, transform_field& fields) {
    auto tokens = parse_field(field);
    if (!tokens)
      return at.fault(tokens.error().message);
    added_field added{nullptr, &fields, tokens->size()};
    bool is_new = false;
    for (const auto& token : *tokens) {
      auto is_known = added.leaf->find(token) != transform_field::none;
      if (!is_known && !is_new && added.parent && added.leaf->is_leaf())
        return at.fault("is inside of " + quote(added.leaf->argument.field)
                        + ", which this step names as well");
      is_new = !is_known;
      added.parent = added.leaf;
      added.leaf = &added.leaf->child(token);
    }
    if (!is_new)
      return at.fault(added.leaf->is_leaf()
                        ? "this step names the field twice"
                        : "this step names a field inside of it as well");
    added.leaf->argument.field = std::move(field);
    return added;
  }

  expected<void> parse_argument(const placed_json& value, argument_form form,
                                const added_field& field) {
    switch (form) {
    case argument_form::fields:
      return {};
    case argument_form::names:
      return parse_name(value, field);
    case argument_form::values:
      return parse_value(value, field);
    case argument_form::types:
      return parse_type(value, field);
    }
    return {};
  }

  expected<void> parse_name(const placed_json& value,
                            const added_field& field) {
    if (!is_string(value.node))
      return value.fault("the new key must be a string");
    auto key = content(value.node);
    if (key.empty())
      return value.fault("the new key must not be empty");
    if (key.starts_with('/'))
      return value.fault("the new key is a key of the same object, and no "
                         "JSON Pointer: it must not begin with \"/\"");
    for (const auto& sibling : field.parent->children())
      if (sibling.is_leaf() && sibling.argument.key == key)
        return value.fault("this step gives the key " + quote(key)
                           + " to two fields");
    auto& argument = field.leaf->argument;
    append_json_string(argument.text, key);
    argument.key = std::move(key);
    return {};
  }

  static expected<void> parse_value(const placed_json& value,
                                    const added_field& field) {
    // The value is inside of one object per token.
    if (field.tokens + json_depth(value.node.text) >= json_depth_max)
      return value.fault("the value would nest too deep, at most "
                         + std::to_string(json_depth_max - 1)
                         + " levels are taken");
    field.leaf->argument.text = minify_json(value.node.text);
    return {};
  }

  expected<void> parse_type(const placed_json& value,
                            const added_field& field) {
    constexpr auto types = "the types are string, number, integer, boolean";
    if (!is_string(value.node))
      return value.fault(std::string{"must be the name of a type; "} + types);
    auto name = content(value.node);
    auto type = parse_cast_type(name);
    if (!type)
      return value.fault("unknown type " + quote(name) + "; " + types);
    field.leaf->argument.type = *type;
    return {};
  }

  static bool is_string(const json_node& node) {
    return node.text.starts_with('"');
  }

  static std::string content(const json_node& string) {
    return unescape_json(string.text.substr(1, string.text.size() - 2));
  }

  text_pool pool_;
};

} // namespace

expected<std::vector<transform_step>>
parse_transform_steps(std::string_view json) {
  placed_json root{{}, "/options/transform"};
  if (json.size() > options_bytes_max)
    return root.fault("has " + std::to_string(json.size()) + " bytes, at most "
                      + std::to_string(options_bytes_max) + " are taken");
  json_reader reader;
  if (auto valid = reader.check(json); !valid)
    return root.fault(valid.error().message);
  root.node.text = trim_json(json);
  return transform_parser{}.parse(std::move(root));
}

} // namespace batch
