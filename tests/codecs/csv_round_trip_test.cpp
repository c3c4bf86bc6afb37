// What a CSV export writes, an import reads back: csv_table and csv_items
// together.
#include "codecs/csv.hpp"
#include "codecs/csv_items.hpp"
#include "codecs/json_writer.hpp"
#include "codecs/limits.hpp"
#include "tests/codecs/checks.hpp"
#include "tests/codecs/json_samples.hpp"

#include <map>

using namespace batch;
using namespace batch::test;

namespace {

constexpr std::string_view thing_columns[]
  = {"ns", "id", "type", "visibility", "content"};
constexpr std::string_view relationship_columns[]
  = {"ns", "id", "type", "fromNs", "fromId", "toNs", "toId"};

std::string csv_of(const std::vector<std::string>& records,
                   std::span<const std::string_view> columns) {
  csv_table table{columns};
  for (auto& record : records)
    table.collect(record);
  std::string out;
  table.append_header(out);
  for (auto& record : records)
    table.append_row(out, record);
  return out;
}

/// The items of a file without any fault, read in pieces.
std::vector<std::string> items_of(job_type type, std::string_view csv,
                                  random_source& random) {
  std::vector<std::string> out;
  std::optional<csv_items> items;
  csv_reader reader{item_bytes_max, csv_columns_max};
  auto take = [&](const csv_record& record) {
    if (items)
      out.emplace_back(must(items->item(record)));
    else
      items.emplace(must(csv_items::read_header(type, record)));
    return true;
  };
  while (!csv.empty()) {
    auto piece = csv.substr(0, 1 + random.below(200));
    BOOST_REQUIRE(reader.feed(piece, take));
    csv.remove_prefix(piece.size());
  }
  BOOST_REQUIRE(reader.finish(take));
  return out;
}

/// What must come back of an object: values by key, strings with the escapes
/// that they need and no others, all else byte for byte. Of an object with a
/// key twice, or none: its whole text.
struct comparable {
  std::map<std::string, std::string> values;
  std::string whole;

  bool operator==(const comparable&) const = default;
};

comparable compare_object(std::string_view json) {
  json_reader members, strings;
  comparable out;
  auto is_twice = false;
  BOOST_REQUIRE(members.check(json));
  members.members(json, [&](const json_member& x) {
    std::string text;
    if (kind_of_json(x.value) == json_kind::string)
      append_json_string(text, strings.string_value(x.value));
    else
      text = minify_json(x.value);
    is_twice |= !out.values.emplace(std::string{x.key}, text).second;
    return true;
  });
  if (is_twice || out.values.empty())
    out = {{}, minify_json(json)};
  return out;
}

/// The fields of a record, and its `data`.
std::pair<comparable, std::optional<comparable>>
compare_record(std::string_view json) {
  auto fields = compare_object(json);
  std::optional<comparable> data;
  json_reader reader;
  reader.members(json, [&](const json_member& x) {
    if (x.key == "data")
      data = compare_object(x.value);
    return true;
  });
  fields.values.erase("data");
  return {std::move(fields), std::move(data)};
}

void check_round_trip(const std::vector<std::string>& records, job_type type,
                      std::span<const std::string_view> columns,
                      random_source& random) {
  auto csv = csv_of(records, columns);
  auto items = items_of(type, csv, random);
  BOOST_REQUIRE(items.size() == records.size());
  for (size_t i = 0; i < items.size(); ++i) {
    BOOST_TEST_CONTEXT(records[i] << "\n" << csv << "\n" << items[i]) {
      auto [fields, data] = compare_record(items[i]);
      auto [wanted_fields, wanted_data] = compare_record(records[i]);
      BOOST_REQUIRE((fields == wanted_fields));
      BOOST_REQUIRE((data == wanted_data));
    }
  }
}

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

/// Random things with all that makes CSV hard.
struct thing_samples {
  explicit thing_samples(uint64_t seed) : json(seed) {}

  std::string odd_text() {
    static const std::vector<std::string> odd{
      "",         "0",    "123",   "-5",      "1e400",        "01",
      "+1",       "1.0",  "true",  "false",   "null",         "[]",
      "{}",       "\"\"", "\"x\"", "[1",      "{\"a\":1}",    "[\"\"]",
      "\"a\"b\"", "=1+1", "@x",    "-1-1",    "'=x",          ",",
      "\"",       "a,b",  "a\nb",  "a\r\nb",  "\r",           " a",
      "a ",       "\t",   "[1] ",  " 5",      "\xEF\xBB\xBF", "data",
      "data.x",   "nul",  "\\",    "\\u0041", "\x01"};
    return random().one_in(3) ? random().text("a1\",\r\n []{}\\-e.", 8)
                              : random().any_of(odd);
  }

  std::string key() {
    static const std::vector<std::string> odd{"",    "a",    "b",  "a.b",
                                              "a,b", "\"",   "\n", "id",
                                              "ns",  "data", " ",  "\xC3\xA9"};
    return quoted(random().one_in(4) ? odd_text() : random().any_of(odd));
  }

  std::string data() {
    std::string out = "{";
    for (auto count = random().below(5); count > 0; --count) {
      auto value
        = random().one_in(2) ? quoted(odd_text()) : json.spaced(json.value(2));
      out += (out.size() > 1 ? ", " : "") + key() + " :" + value;
    }
    return out + "}";
  }

  std::string thing() {
    auto name = [&] { return quoted("n" + odd_text()); };
    auto out = "{\"ns\":" + name() + ",\"id\":" + name()
               + ",\"type\":" + quoted(odd_text());
    if (random().one_in(2))
      out += ",\"content\":" + quoted(odd_text());
    if (random().one_in(3))
      out += ",\"visibility\":" + quoted(odd_text());
    if (!random().one_in(5))
      out += ",\"data\":" + data();
    return out + "}";
  }

  std::string relationship() {
    std::string out = "{";
    for (auto name : relationship_columns)
      out += quoted(name) + ":" + quoted(odd_text()) + ",";
    return out + "\"data\":" + data() + "}";
  }

  random_source& random() { return json.random; }

  json_samples json;
};

} // namespace

BOOST_AUTO_TEST_SUITE(csv_round_trip_test)

BOOST_AUTO_TEST_CASE(numbers_come_back_to_the_last_digit) {
  random_source random{1};
  for (auto number :
       {"0", "-0", "1.0", "0.1000", "1E+05", "-1.5e-7", "18446744073709551615",
        "-9223372036854775808", "0.1000000000000000055511151231257827"}) {
    auto record = R"({"ns":"n","id":"i","type":"T","data":{"x":)"
                  + std::string{number} + "}}";
    auto items = items_of(job_type::import_things,
                          csv_of({record}, thing_columns), random);
    BOOST_TEST(items == std::vector{record}, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(compact_data_comes_back_byte_for_byte) {
  random_source random{1};
  std::vector<std::string> records{
    R"({"ns":"n","id":"1","type":"T","data":{"a":1,"b":"5","c":{"z":[1.50]}}})",
    R"({"ns":"n","id":"2","type":"T","data":{"a":"\"x\\\n\u0001é","c":[]}})",
    R"({"ns":"n","id":"3","type":"T","data":{}})",
    R"({"ns":"n","id":"4","type":"T","data":{"k":1,"k":"\u00e9"}})",
    R"({"ns":"n","id":"5","type":"T"})",
    R"({"ns":"n","id":"6","type":"T","content":"","data":{"a":""}})",
  };
  BOOST_TEST(
    items_of(job_type::import_things, csv_of(records, thing_columns), random)
      == records,
    boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(random_records_come_back_equal) {
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    thing_samples samples{seed};
    for (int round = 0; round < 2'000; ++round) {
      auto things = samples.random().one_in(2);
      std::vector<std::string> records;
      for (auto count = samples.random().below(6); count > 0; --count)
        records.push_back(things ? samples.thing() : samples.relationship());
      check_round_trip(records,
                       things ? job_type::import_things
                              : job_type::import_relationships,
                       things ? std::span<const std::string_view>{thing_columns}
                              : relationship_columns,
                       samples.random());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
