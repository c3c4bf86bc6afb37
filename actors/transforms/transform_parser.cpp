#include "actors/transforms/transform_parser.hpp"

#include "actors/transforms/json_node.hpp"
#include "actors/transforms/json_pointer.hpp"
#include "actors/transforms/json_string.hpp"
#include "actors/transforms/placed_json.hpp"
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

/// What the member of a step holds.
enum class argument_form : uint8_t {
  fields,
  names,
  values,
  types,
  formulas,
  separators,
  condition,
  operations,
  merge,
};

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
  {"concat", transform_verb::concat, argument_form::formulas},
  {"template", transform_verb::make_template, argument_form::formulas},
  {"arithmetic", transform_verb::arithmetic, argument_form::formulas},
  {"coalesce", transform_verb::coalesce, argument_form::formulas},
  {"filter", transform_verb::filter, argument_form::condition},
  {"flatten", transform_verb::flatten, argument_form::separators},
  {"patch", transform_verb::patch, argument_form::operations},
  {"merge", transform_verb::merge, argument_form::merge},
};

std::string verb_names() {
  std::string names;
  for (const auto& entry : verbs) {
    names += names.empty() ? "" : ", ";
    names += entry.name;
  }
  return names;
}

/// Reads the transform. Its text has passed `json_reader::check`.
class transform_parser {
public:
  expected<std::vector<transform_step>> parse(placed_json root) {
    if (auto opened = root.open_object(pool_); !opened)
      return fail(opened);
    std::vector<transform_step> steps;
    for (const auto& member : root.node.children) {
      auto value = root.below(member, member.key);
      if (member.key != "steps")
        return value.fault("unknown member; a transform has \"steps\", "
                           "\"lua\" or \"function\"");
      if (auto opened = value.open_array(pool_, "steps"); !opened)
        return fail(opened);
      auto count = value.node.children.size();
      if (count > 0)
        if (auto ok = value.check_count("steps", transform_steps_max); !ok)
          return fail(ok);
      for (size_t i = 0; i < count; ++i) {
        auto step = parse_step(value.below(value.node.children[i], i));
        if (!step)
          return fail(step);
        steps.push_back(std::move(*step));
      }
    }
    return steps;
  }

private:
  expected<transform_step> parse_step(placed_json value) {
    if (auto opened = value.open_object(pool_); !opened)
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
    auto parsed = parse_step_argument(std::move(argument), entry->form, step);
    if (!parsed)
      return fail(parsed);
    return step;
  }

  expected<void> parse_step_argument(placed_json value, argument_form form,
                                     transform_step& step) {
    switch (form) {
    case argument_form::fields:
      return parse_list(std::move(value), step);
    case argument_form::condition: {
      auto keeps = parse_condition(std::move(value), pool_);
      if (!keeps)
        return fail(keeps);
      step.keeps = std::move(*keeps);
      return {};
    }
    case argument_form::operations: {
      auto patch = json_patch::parse(std::move(value), pool_);
      if (!patch)
        return fail(patch);
      step.patch = std::move(*patch);
      return {};
    }
    case argument_form::merge:
      if (json_depth(value.node.text) > transform_tokens_max)
        return value.fault("nests deeper than "
                           + std::to_string(transform_tokens_max) + " levels");
      step.merge_patch = minify_json(value.node.text);
      return {};
    case argument_form::separators:
      if (!value.is_string())
        return parse_map(std::move(value), form, step);
      step.separator = value.content();
      return {};
    default:
      return parse_map(std::move(value), form, step);
    }
  }

  expected<void> parse_list(placed_json value, transform_step& step) {
    if (auto opened = value.open_array(pool_, "fields"); !opened)
      return opened;
    if (auto counted = value.check_count("fields", transform_fields_max);
        !counted)
      return counted;
    for (size_t i = 0; i < value.node.children.size(); ++i) {
      auto element = value.below(value.node.children[i], i);
      if (!element.is_string())
        return element.fault("a field must be a string");
      auto added = add_field(element, element.content(), step.fields);
      if (!added)
        return fail(added);
    }
    return {};
  }

  expected<void> parse_map(placed_json value, argument_form form,
                           transform_step& step) {
    if (auto opened = value.open_object(pool_); !opened)
      return opened;
    if (auto counted = value.check_count("fields", transform_fields_max);
        !counted)
      return counted;
    for (const auto& child : value.node.children) {
      auto member = value.below(child, child.key);
      auto added = add_field(member, std::string{child.key}, step.fields);
      if (!added)
        return fail(added);
      if (auto parsed = parse_argument(member, form, step.verb, *added);
          !parsed)
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
        return at.fault("is inside of "
                        + quote_clipped(added.leaf->argument.field)
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
                                transform_verb verb, const added_field& field) {
    switch (form) {
    case argument_form::names:
      return parse_name(value, field);
    case argument_form::values:
      return parse_value(value, field);
    case argument_form::types:
      return parse_type(value, field);
    case argument_form::formulas:
      return parse_formula(value, verb, field);
    case argument_form::separators:
      if (!value.is_string())
        return value.fault("the separator must be a string");
      field.leaf->argument.text = value.content();
      return {};
    default:
      return {};
    }
  }

  expected<void> parse_formula(const placed_json& value, transform_verb verb,
                               const added_field& field) {
    auto& argument = field.leaf->argument;
    auto parse = verb == transform_verb::concat          ? parse_concat
                 : verb == transform_verb::make_template ? parse_template
                 : verb == transform_verb::arithmetic    ? parse_arithmetic
                                                         : parse_coalesce;
    auto parsed = parse(value, pool_);
    if (!parsed)
      return fail(parsed);
    argument.computed = std::move(*parsed);
    argument.path = std::move(*json_path::of_field(argument.field));
    return {};
  }

  expected<void> parse_name(const placed_json& value,
                            const added_field& field) {
    if (!value.is_string())
      return value.fault("the new key must be a string");
    auto key = value.content();
    if (key.empty())
      return value.fault("the new key must not be empty");
    if (key.starts_with('/'))
      return value.fault("the new key is a key of the same object, and no "
                         "JSON Pointer: it must not begin with \"/\"");
    for (const auto& sibling : field.parent->children())
      if (sibling.is_leaf() && sibling.argument.key == key)
        return value.fault("this step gives the key " + quote_clipped(key)
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
    if (!value.is_string())
      return value.fault(std::string{"must be the name of a type; "} + types);
    auto name = value.content();
    auto type = parse_cast_type(name);
    if (!type)
      return value.fault("unknown type " + quote_clipped(name) + "; " + types);
    field.leaf->argument.type = *type;
    return {};
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
