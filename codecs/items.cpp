#include "codecs/items.hpp"

#include "codecs/json_reader.hpp"
#include "codecs/limits.hpp"

#include <array>
#include <span>
#include <string>

#include <simdjson.h>

namespace batch {

namespace {

namespace dom = simdjson::dom;

enum class need { name, text, object };

/// A field that the service acts on, and where its text goes.
struct field_rule {
  std::string_view name;
  need kind;
  bool required;
  size_t bytes_max;
  std::string_view* text;
  bool seen = false;
};

tl::unexpected<error> wrong(std::string_view field, std::string_view what) {
  return fail(ec::invalid_item, std::string{field} + ": " + std::string{what},
              "/" + std::string{field});
}

/// Holds one field against its rule.
expected<void> take(field_rule& rule, dom::element value) {
  if (rule.seen)
    return wrong(rule.name, "stands in the item twice");
  rule.seen = true;
  if (rule.kind == need::object)
    return value.is_object() ? expected<void>{}
                             : wrong(rule.name, "expected an object");
  if (value.get_string().get(*rule.text))
    return wrong(rule.name, rule.required ? "expected a non-empty string"
                                          : "expected a string");
  if (rule.kind == need::name)
    return check_name(rule.name, *rule.text, rule.bytes_max);
  return {};
}

expected<void> read_fields(dom::element root, std::span<field_rule> rules) {
  dom::object object;
  if (root.get_object().get(object))
    return fail(ec::invalid_item, "expected an object");
  for (auto [key, value] : object)
    for (auto& rule : rules)
      if (rule.name == key) {
        if (auto taken = take(rule, value); !taken)
          return taken;
        break;
      }
  for (auto& rule : rules)
    if (rule.required && !rule.seen)
      return wrong(rule.name, "required, a non-empty string");
  return {};
}

/// A control character is below 0x20, 0x7F, or U+0080 to U+009F.
bool has_control_character(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7F)
      return true;
    if (c == 0xC2 && i + 1 < text.size()
        && static_cast<unsigned char>(text[i + 1]) < 0xA0)
      return true;
  }
  return false;
}

} // namespace

expected<void> check_name(std::string_view field, std::string_view name,
                          size_t bytes_max) {
  if (name.empty())
    return wrong(field, "expected a non-empty string");
  if (name.size() > bytes_max)
    return wrong(field, "longer than " + std::to_string(bytes_max) + " bytes");
  if (has_control_character(name))
    return wrong(field, "must not have control characters");
  return {};
}

struct item_reader::parser {
  dom::parser dom;
  /// Says more than simdjson does about what it has refused.
  json_reader reader;

  expected<dom::element> parse(std::string_view text) {
    dom::element root;
    if (!dom.parse(text.data(), text.size()).get(root))
      return root;
    auto checked = reader.check(text);
    return checked ? fail(ec::internal, "two JSON parsers disagree")
                   : fail(checked);
  }
};

item_reader::item_reader() : parser_(std::make_unique<parser>()) {}
item_reader::~item_reader() = default;
item_reader::item_reader(item_reader&&) noexcept = default;

expected<thing_view> item_reader::thing(std::string_view text) {
  auto root = parser_->parse(text);
  if (!root)
    return fail(root);
  thing_view x;
  std::string_view content, visibility;
  std::array rules{
    field_rule{"ns", need::name, true, ns_bytes_max, &x.ns},
    field_rule{"id", need::name, true, id_bytes_max, &x.id},
    field_rule{"type", need::name, true, type_bytes_max, &x.type},
    field_rule{"data", need::object, false, 0, nullptr},
    field_rule{"content", need::text, false, 0, &content},
    field_rule{"visibility", need::text, false, 0, &visibility},
  };
  if (auto read = read_fields(*root, rules); !read)
    return fail(read);
  if (rules[4].seen)
    x.content = content;
  return x;
}

expected<relationship_view> item_reader::relationship(std::string_view text) {
  auto root = parser_->parse(text);
  if (!root)
    return fail(root);
  relationship_view x;
  std::array rules{
    field_rule{"ns", need::name, true, ns_bytes_max, &x.ns},
    field_rule{"id", need::name, true, id_bytes_max, &x.id},
    field_rule{"type", need::name, true, type_bytes_max, &x.type},
    field_rule{"fromNs", need::name, true, ns_bytes_max, &x.from_ns},
    field_rule{"fromId", need::name, true, id_bytes_max, &x.from_id},
    field_rule{"toNs", need::name, true, ns_bytes_max, &x.to_ns},
    field_rule{"toId", need::name, true, id_bytes_max, &x.to_id},
    field_rule{"data", need::object, false, 0, nullptr},
  };
  if (auto read = read_fields(*root, rules); !read)
    return fail(read);
  return x;
}

expected<thing_ref_view> item_reader::thing_ref(std::string_view text) {
  auto root = parser_->parse(text);
  if (!root)
    return fail(root);
  thing_ref_view x;
  std::array rules{
    field_rule{"ns", need::name, true, ns_bytes_max, &x.ns},
    field_rule{"id", need::name, true, id_bytes_max, &x.id},
  };
  if (auto read = read_fields(*root, rules); !read)
    return fail(read);
  return x;
}

std::string ns_of_item(std::string_view text) {
  std::string ns;
  json_reader members;
  json_reader values;
  // A text that is no object has no members.
  (void)members.check_object(text, [&](const json_member& m) {
    if (m.key == "ns" && kind_of_json(m.value) == json_kind::string)
      ns = values.string_value(m.value);
    return m.key != "ns";
  });
  if (!check_name("ns", ns, ns_bytes_max))
    ns.clear();
  return ns;
}

} // namespace batch
