#include "codecs/items.hpp"

#include "codecs/limits.hpp"
#include "tests/codecs/checks.hpp"

#include <map>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

/// A kind of item: its name, its reader and the names it must have.
struct item_kind {
  std::string name;
  error (*refusal)(item_reader&, std::string_view);
  std::vector<std::pair<std::string, size_t>> names;
};

std::ostream& operator<<(std::ostream& out, const item_kind& x) {
  return out << x.name;
}

/// The error, or one without message if the item was taken.
template <class T>
error refusal_of(expected<T> x) {
  return x ? error{ec::internal, ""} : x.error();
}

const std::vector<item_kind> kinds{
  {"thing",
   [](item_reader& r, std::string_view t) { return refusal_of(r.thing(t)); },
   {{"ns", ns_bytes_max}, {"id", id_bytes_max}, {"type", type_bytes_max}}},
  {"relationship",
   [](item_reader& r, std::string_view t) {
     return refusal_of(r.relationship(t));
   },
   {{"ns", ns_bytes_max},
    {"id", id_bytes_max},
    {"type", type_bytes_max},
    {"fromNs", ns_bytes_max},
    {"fromId", id_bytes_max},
    {"toNs", ns_bytes_max},
    {"toId", id_bytes_max}}},
  {"thing_ref",
   [](item_reader& r, std::string_view t) {
     return refusal_of(r.thing_ref(t));
   },
   {{"ns", ns_bytes_max}, {"id", id_bytes_max}}},
};

/// An item with a good value in each name but one, which has the given JSON
/// text, or is left out if that is empty.
std::string item_with(const item_kind& kind, const std::string& field,
                      const std::string& json, const std::string& more = "") {
  auto text = "{\"x\":1"s + more;
  for (auto& [name, _] : kind.names)
    if (name != field)
      text += ",\"" + name + "\":\"v\"";
    else if (!json.empty())
      text += ",\"" + name + "\":" + json;
  return text + "}";
}

void check_refused(const item_kind& kind, const std::string& field,
                   const std::string& text) {
  item_reader reader;
  auto why = kind.refusal(reader, text);
  BOOST_TEST_CONTEXT(shown(text)) {
    BOOST_TEST(why.code == ec::invalid_item);
    BOOST_TEST(why.message.starts_with(field + ": "), why.message);
    BOOST_TEST(why.pointer == "/" + field);
  }
}

void check_taken(const item_kind& kind, const std::string& text) {
  item_reader reader;
  auto why = kind.refusal(reader, text);
  BOOST_TEST(why.message == "", shown(text) << ": " << why.message);
}

/// The name with its first letter as an escape.
std::string escaped(const std::string& name) {
  char escape[8];
  std::snprintf(escape, sizeof escape, "\\u%04x", name[0]);
  return escape + name.substr(1);
}

// What no name may be, as JSON texts.
const std::vector<std::string> bad_names{
  "",           "\"\"",        "null",         "1",
  "1.5",        "true",        "false",        "[]",
  "{}",         "[\"v\"]",     "\"\\u0000\"",  "\"a\\u0000b\"",
  "\"a\\nb\"",  "\"\\t\"",     "\"\\u001f\"",  "\"\\u007f\"",
  "\"\x7F\"",   "\"\\u0080\"", "\"a\\u0085\"", "\"\xC2\x85\"",
  "\"\\u009f\""};

const std::vector<std::string> good_names{"\" \"",
                                          "\"a b\"",
                                          "\"a/b\"",
                                          "\"\xC2\xA0\"",
                                          "\"\\u00a0\"",
                                          "\"\xC3\x85\"",
                                          "\"\\\"\"",
                                          "\"..\"",
                                          "\"\xF0\x9F\x98\x80\"",
                                          "\"\\ud83d\\ude00\"",
                                          "\"\\u2028\"",
                                          "\"%00\""};

struct bad_optional {
  std::string kind;
  std::string field;
  std::string json;
};

std::ostream& operator<<(std::ostream& out, const bad_optional& x) {
  return out << x.kind << " with " << x.field << ' ' << x.json;
}

const std::vector<bad_optional> bad_optionals{
  {"thing", "data", "null"},       {"thing", "data", "\"x\""},
  {"thing", "data", "[]"},         {"thing", "data", "1"},
  {"thing", "content", "null"},    {"thing", "content", "1"},
  {"thing", "content", "{}"},      {"thing", "visibility", "null"},
  {"thing", "visibility", "true"}, {"relationship", "data", "null"},
  {"relationship", "data", "[]"},
};

const item_kind& kind_named(const std::string& name) {
  for (auto& kind : kinds)
    if (kind.name == name)
      return kind;
  throw std::logic_error(name);
}

} // namespace

BOOST_AUTO_TEST_SUITE(items_test)

BOOST_AUTO_TEST_CASE(a_thing_shows_the_fields_the_service_acts_on) {
  item_reader reader;
  auto x = must(
    reader.thing(R"( {"ns":"shop","id":"1","type":"Product","data":{"a":1},)"
                 R"("content":"","visibility":"secret","more":[null]} )"));
  BOOST_TEST(x.ns == "shop");
  BOOST_TEST(x.id == "1");
  BOOST_TEST(x.type == "Product");
  BOOST_TEST((x.content == ""));
}

BOOST_AUTO_TEST_CASE(a_thing_without_content_has_none) {
  item_reader reader;
  auto x = must(reader.thing(R"({"type":"t","id":"i","ns":"n"})"));
  BOOST_TEST(!x.content.has_value());
}

BOOST_AUTO_TEST_CASE(a_relationship_shows_both_ends) {
  item_reader reader;
  auto x = must(reader.relationship(
    R"({"toId":"g","toNs":"f","fromId":"e","fromNs":"d","type":"c",)"
    R"("id":"b","ns":"a","data":{}})"));
  auto all = {x.ns, x.id, x.type, x.from_ns, x.from_id, x.to_ns, x.to_id};
  std::string read;
  for (auto part : all)
    read += part;
  BOOST_TEST(read == "abcdefg");
}

BOOST_AUTO_TEST_CASE(a_reference_ignores_all_but_ns_and_id) {
  item_reader reader;
  auto x = must(reader.thing_ref(
    R"({"ns":"n","id":"\u0069","type":1,"data":null,"content":2})"));
  BOOST_TEST(x.ns == "n");
  BOOST_TEST(x.id == "i");
}

BOOST_DATA_TEST_CASE(a_bad_name_is_refused_naming_its_field,
                     data::make(kinds) * data::make(bad_names), kind, bad) {
  for (auto& [field, _] : kind.names)
    check_refused(kind, field, item_with(kind, field, bad));
}

BOOST_DATA_TEST_CASE(a_name_may_hold_all_but_control_characters,
                     data::make(kinds) * data::make(good_names), kind, good) {
  for (auto& [field, _] : kind.names)
    check_taken(kind, item_with(kind, field, good));
}

BOOST_DATA_TEST_CASE(a_name_of_exactly_its_limit_is_taken_and_no_longer_one,
                     data::make(kinds), kind) {
  for (auto& [field, limit] : kind.names) {
    auto quoted = [](const std::string& x) { return '"' + x + '"'; };
    std::string longest(limit, 'x');
    check_taken(kind, item_with(kind, field, quoted(longest)));
    check_refused(kind, field, item_with(kind, field, quoted(longest + "x")));
    // Bytes count, not characters and not escapes.
    auto wide = std::string(limit - 2, 'x') + "\xC3\xA9";
    check_taken(kind, item_with(kind, field, quoted(wide)));
    check_refused(kind, field, item_with(kind, field, quoted("x" + wide)));
    auto escapes = std::string(limit - 1, 'x') + "\\u0041";
    check_taken(kind, item_with(kind, field, quoted(escapes)));
  }
}

BOOST_DATA_TEST_CASE(a_doubled_field_of_ours_is_refused_however_it_is_written,
                     data::make(kinds), kind) {
  for (auto& [field, _] : kind.names) {
    check_refused(kind, field,
                  item_with(kind, field, "\"v\"", ",\"" + field + "\":\"v\""));
    check_refused(
      kind, field,
      item_with(kind, field, "\"v\"", ",\"" + escaped(field) + "\":\"w\""));
  }
}

BOOST_AUTO_TEST_CASE(a_doubled_data_or_content_is_refused) {
  auto& thing = kind_named("thing");
  for (auto field : {"data"s, "content"s, "visibility"s}) {
    auto value = field == "data" ? "{}"s : "\"v\""s;
    auto once = ",\"" + field + "\":" + value;
    check_taken(thing, item_with(thing, "", "", once));
    check_refused(thing, field, item_with(thing, "", "", once + once));
  }
  auto& relationship = kind_named("relationship");
  check_refused(
    relationship, "data",
    item_with(relationship, "", "", R"(,"data":{},"d\u0061ta":{})"));
}

BOOST_DATA_TEST_CASE(an_optional_field_of_a_wrong_type_is_refused,
                     data::make(bad_optionals), x) {
  auto& kind = kind_named(x.kind);
  check_refused(kind, x.field,
                item_with(kind, "", "", ",\"" + x.field + "\":" + x.json));
}

BOOST_DATA_TEST_CASE(fields_that_are_not_ours_are_allowed_and_may_be_doubled,
                     data::make(kinds), kind) {
  check_taken(kind, item_with(kind, "", "",
                              R"(,"x":null,"x":[],"NS":1,"Id":2,"":{},)"
                              R"("nested":{"ns":1,"id":null,"id":[]})"));
}

BOOST_DATA_TEST_CASE(a_field_in_a_nested_object_is_not_ours, data::make(kinds),
                     kind) {
  item_reader reader;
  auto why = kind.refusal(reader, R"({"x":{"ns":"a","id":"b"},"ns":"v"})");
  BOOST_TEST(why.pointer == "/id");
}

BOOST_DATA_TEST_CASE(what_is_no_object_is_no_item,
                     data::make(kinds)
                       * data::make({"[]", "1", "\"x\"", "null", "true",
                                     "[{\"ns\":1}]"}),
                     kind, text) {
  item_reader reader;
  auto why = kind.refusal(reader, text);
  BOOST_TEST(why.code == ec::invalid_item);
  BOOST_TEST(why.message == "expected an object");
  BOOST_TEST(why.pointer.empty());
}

BOOST_DATA_TEST_CASE(
  what_is_not_json_is_refused_even_where_the_service_does_not_look,
  data::make(kinds)
    * data::make({"tru", "01", "[1,]", "\"\\ud800\"", "\"\\udc00\"", "\"\xFF\"",
                  "{\"a\":1]", "}"}),
  kind, broken) {
  item_reader reader;
  auto why = kind.refusal(reader, item_with(kind, "", "", ",\"y\":"s + broken));
  BOOST_TEST(why.code == ec::invalid_json);
  BOOST_TEST(contains(why.message, " at byte "));
}

BOOST_DATA_TEST_CASE(a_number_that_cannot_be_held_is_refused_by_name,
                     data::make(kinds), kind) {
  item_reader reader;
  auto why = kind.refusal(reader, item_with(kind, "", "", ",\"y\":[1e999]"));
  BOOST_TEST(why.code == ec::invalid_item);
  BOOST_TEST(contains(why.message, "64-bit"));
}

BOOST_AUTO_TEST_CASE(a_reader_goes_on_after_an_item_it_has_refused) {
  item_reader reader;
  BOOST_TEST(!reader.thing("{"));
  BOOST_TEST(!reader.thing_ref("{}"));
  auto moved = std::move(reader);
  BOOST_TEST(must(moved.thing_ref(R"({"ns":"n","id":"i"})")).id == "i");
}

BOOST_AUTO_TEST_CASE(a_name_is_checked_by_itself_too) {
  BOOST_TEST(check_name("into", "a", 1).has_value());
  BOOST_TEST(check_name("into", "\xC2\xA0", 2).has_value());
  for (auto bad : {""s, "ab"s, "\n"s, "\0"s, "\x7F"s}) {
    auto why = error_of(check_name("into", bad, 1));
    BOOST_TEST(why.code == ec::invalid_item);
    BOOST_TEST(why.message.starts_with("into: "));
  }
}

BOOST_AUTO_TEST_SUITE_END()
