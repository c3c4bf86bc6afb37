#include "actors/transforms/condition.hpp"

#include "actors/transforms/json_compare.hpp"
#include "actors/transforms/json_string.hpp"
#include "actors/transforms/operand.hpp"
#include "actors/transforms/transform.hpp"
#include "actors/transforms/unicode_text.hpp"

#include <algorithm>
#include <iterator>

namespace batch {

namespace {

bool equals_one_of(std::string_view text,
                   const std::vector<std::string>& values, text_pool& pool) {
  return std::ranges::any_of(values, [&](const std::string& value) {
    return equal_json(text, value, pool);
  });
}

bool compares(test_kind kind, std::string_view text, const std::string& value) {
  auto order = compare_json(text, value);
  if (!order)
    return false;
  switch (kind) {
  case test_kind::lt:
    return *order < 0;
  case test_kind::le:
    return *order <= 0;
  case test_kind::gt:
    return *order > 0;
  default:
    return *order >= 0;
  }
}

bool has_part(test_kind kind, std::string_view text, const std::string& part) {
  if (!text.starts_with('"'))
    return false;
  std::string unescaped;
  auto content = text.substr(1, text.size() - 2);
  if (content.find('\\') != std::string_view::npos) {
    unescaped = unescape_json(content);
    content = unescaped;
  }
  switch (kind) {
  case test_kind::prefix:
    return content.starts_with(part);
  case test_kind::suffix:
    return content.ends_with(part);
  default:
    return contains_text(content, part);
  }
}

/// @param text of the field; empty if it is absent.
bool passes(const field_test& test, std::string_view text, text_pool& pool) {
  if (!pool.may_open(text.size()))
    return false;
  switch (test.kind) {
  case test_kind::exists:
    return !text.empty() == test.is_wanted;
  case test_kind::ne:
    return text.empty() || !equals_one_of(text, test.values, pool);
  default:
    break;
  }
  if (text.empty())
    return false;
  switch (test.kind) {
  case test_kind::eq:
  case test_kind::in:
    return equals_one_of(text, test.values, pool);
  case test_kind::type:
    return kind_of_json(text) == test.type;
  case test_kind::contains:
  case test_kind::prefix:
  case test_kind::suffix:
    return has_part(test.kind, text, test.values.front());
  default:
    return compares(test.kind, text, test.values.front());
  }
}

template <class Value>
struct named {
  std::string_view name;
  Value value;
};

constexpr named<test_kind> tests[] = {
  {"eq", test_kind::eq},         {"ne", test_kind::ne},
  {"lt", test_kind::lt},         {"le", test_kind::le},
  {"gt", test_kind::gt},         {"ge", test_kind::ge},
  {"in", test_kind::in},         {"exists", test_kind::exists},
  {"type", test_kind::type},     {"contains", test_kind::contains},
  {"prefix", test_kind::prefix}, {"suffix", test_kind::suffix},
};

constexpr named<json_kind> types[] = {
  {"object", json_kind::object},   {"array", json_kind::array},
  {"string", json_kind::string},   {"number", json_kind::number},
  {"boolean", json_kind::boolean}, {"null", json_kind::null},
};

template <class Table>
std::string names_of(const Table& table) {
  std::string names;
  for (const auto& entry : table) {
    names += names.empty() ? "" : ", ";
    names += entry.name;
  }
  return names;
}

expected<void> parse_values(placed_json value, field_test& test,
                            text_pool& pool) {
  switch (test.kind) {
  case test_kind::in:
    if (auto opened = value.open_array(pool, "values"); !opened)
      return opened;
    if (auto counted = value.check_count("values", transform_fields_max);
        !counted)
      return counted;
    for (const auto& child : value.node.children)
      test.values.emplace_back(child.text);
    return {};
  case test_kind::exists:
    if (value.node.text != "true" && value.node.text != "false")
      return value.fault("must be true or false");
    test.is_wanted = value.node.text == "true";
    return {};
  case test_kind::type: {
    auto entry
      = std::ranges::find(types, value.is_string() ? value.content() : "",
                          [](const auto& x) { return std::string{x.name}; });
    if (entry == std::end(types))
      return value.fault("must be the name of a type: " + names_of(types));
    test.type = entry->value;
    return {};
  }
  case test_kind::contains:
  case test_kind::prefix:
  case test_kind::suffix:
    if (!value.is_string())
      return value.fault("must be a string");
    test.values.push_back(value.content());
    return {};
  case test_kind::lt:
  case test_kind::le:
  case test_kind::gt:
  case test_kind::ge:
    if (!value.is_string()
        && kind_of_json(value.node.text) != json_kind::number)
      return value.fault("must be a number or a string");
    [[fallthrough]];
  default:
    test.values.emplace_back(value.node.text);
    return {};
  }
}

expected<field_condition> parse_field_condition(placed_json value,
                                                std::string_view field,
                                                text_pool& pool) {
  auto path = json_path::of_field(field);
  if (!path)
    return value.fault(path.error().message);
  field_condition parsed{std::move(*path), {}};
  if (auto opened = value.open_object(pool); !opened)
    return fail(opened);
  if (auto counted = value.check_count("tests", std::size(tests)); !counted)
    return fail(counted);
  for (const auto& child : value.node.children) {
    auto argument = value.below(child, child.key);
    auto entry = std::ranges::find(tests, child.key, &named<test_kind>::name);
    if (entry == std::end(tests))
      return argument.fault("unknown test; the tests are " + names_of(tests));
    auto& test = parsed.tests.emplace_back();
    test.kind = entry->value;
    if (auto read = parse_values(std::move(argument), test, pool); !read)
      return fail(read);
  }
  return parsed;
}

expected<std::vector<field_condition>> parse_alternative(placed_json value,
                                                         text_pool& pool) {
  if (auto opened = value.open_object(pool); !opened)
    return fail(opened);
  if (auto counted = value.check_count("fields", transform_fields_max);
      !counted)
    return fail(counted);
  std::vector<field_condition> fields;
  for (const auto& child : value.node.children) {
    auto parsed
      = parse_field_condition(value.below(child, child.key), child.key, pool);
    if (!parsed)
      return fail(parsed);
    fields.push_back(std::move(*parsed));
  }
  return fields;
}

} // namespace

bool condition::holds(json_node& item, text_pool& pool) const {
  return std::ranges::any_of(alternatives, [&](const auto& fields) {
    return std::ranges::all_of(fields, [&](const field_condition& field) {
      auto found = field.path.find(item, pool);
      auto text = found ? current_text(*found, pool) : std::string_view{};
      return std::ranges::all_of(field.tests, [&](const field_test& test) {
        return passes(test, text, pool);
      });
    });
  });
}

expected<condition> parse_condition(placed_json value, text_pool& pool) {
  condition parsed;
  if (!value.node.is_array()) {
    auto only = parse_alternative(std::move(value), pool);
    if (!only)
      return fail(only);
    parsed.alternatives.push_back(std::move(*only));
    return parsed;
  }
  value.node.open(pool);
  if (auto counted = value.check_count("alternatives", transform_fields_max);
      !counted)
    return fail(counted);
  for (size_t i = 0; i < value.node.children.size(); ++i) {
    auto one = parse_alternative(value.below(value.node.children[i], i), pool);
    if (!one)
      return fail(one);
    parsed.alternatives.push_back(std::move(*one));
  }
  return parsed;
}

} // namespace batch
