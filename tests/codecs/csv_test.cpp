#include "codecs/csv.hpp"

#include "codecs/json_writer.hpp"
#include "tests/codecs/checks.hpp"
#include "tests/codecs/json_samples.hpp"

#include <nlohmann/json.hpp>

#include <array>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(csv_test)

namespace {

constexpr std::array<std::string_view, 5> thing_columns{
  "ns", "id", "type", "visibility", "content"};

std::string field(std::string_view text,
                  csv_formulas formulas = csv_formulas::raw) {
  std::string out;
  append_csv_field(out, text, formulas);
  return out;
}

/// The whole export of some records.
std::string csv_of(const std::vector<std::string>& records,
                   std::span<const std::string_view> columns = thing_columns,
                   csv_formulas formulas = csv_formulas::raw) {
  csv_table table{columns, formulas};
  for (auto& record : records)
    table.collect(record);
  std::string out;
  table.append_header(out);
  for (auto& record : records)
    table.append_row(out, record);
  return out;
}

/// The cell below the header of a table with the one column `data.x`.
std::string data_cell(const std::string& json,
                      csv_formulas formulas = csv_formulas::raw) {
  auto out = csv_of({"{\"data\":{\"x\":" + json + "}}"}, {}, formulas);
  BOOST_REQUIRE(out.starts_with("data.x\r\n"));
  BOOST_REQUIRE(out.ends_with("\r\n"));
  return out.substr(8, out.size() - 10);
}

using csv_rows = std::vector<std::vector<std::string>>;

/// Reads RFC 4180 to the letter: rows end with CRLF, quotes stand around whole
/// fields.
csv_rows read_csv(std::string_view text) {
  csv_rows rows;
  size_t at = 0;
  auto take = [&](std::string_view token) {
    auto found = text.substr(at).starts_with(token);
    at += found ? token.size() : 0;
    return found;
  };
  while (at < text.size()) {
    auto& row = rows.emplace_back();
    do {
      auto& cell = row.emplace_back();
      if (take("\"")) {
        for (;;) {
          BOOST_REQUIRE(at < text.size());
          if (take("\"\""))
            cell.push_back('"');
          else if (take("\""))
            break;
          else
            cell.push_back(text[at++]);
        }
      } else {
        while (at < text.size() && text[at] != ',' && text[at] != '\r') {
          BOOST_REQUIRE((text[at] != '"' && text[at] != '\n'));
          cell.push_back(text[at++]);
        }
      }
    } while (take(","));
    BOOST_REQUIRE(take("\r\n"));
  }
  return rows;
}

struct field_row {
  std::string text;
  std::string field;
};

std::ostream& operator<<(std::ostream& out, const field_row& x) {
  return out << shown(x.text);
}

const std::vector<field_row> quoting{
  {"", ""},
  {"abc", "abc"},
  {"a b", "a b"},
  {"a'b;c", "a'b;c"},
  {"\xC3\xA9", "\xC3\xA9"},
  {"a,b", "\"a,b\""},
  {"\"", "\"\"\"\""},
  {"say \"hi\"", "\"say \"\"hi\"\"\""},
  {"a\nb", "\"a\nb\""},
  {"a\rb", "\"a\rb\""},
  {"\r\n", "\"\r\n\""},
  {" a", "\" a\""},
  {"a ", "\"a \""},
  {"\ta", "\"\ta\""},
  {"a\t", "\"a\t\""},
  {" ", "\" \""},
  {"=1+1", "=1+1"},
};

const std::vector<field_row> escaping{
  {"=1+1", "'=1+1"},
  {"=", "'="},
  {"+", "'+"},
  {"-", "'-"},
  {"@SUM(A1)", "'@SUM(A1)"},
  {"+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"},
  {"-2+3", "'-2+3"},
  {"+49-123-456", "'+49-123-456"},
  {"-1e5-1", "'-1e5-1"},
  {"-.5", "'-.5"},
  {"--1", "'--1"},
  {"-a", "'-a"},
  {"\t=1", "\"'\t=1\""},
  {"\r=1", "\"'\r=1\""},
  {"=\"a\",1", "\"'=\"\"a\"\",1\""},
  // numbers are left alone
  {"-5", "-5"},
  {"-0", "-0"},
  {"+5", "+5"},
  {"-1.5e-10", "-1.5e-10"},
  {"-1E+400", "-1E+400"},
  {"-123456789012345678901234567890", "-123456789012345678901234567890"},
  // and so is what no spreadsheet runs
  {"", ""},
  {"a=1", "a=1"},
  {"'=1", "'=1"},
  {"1-1", "1-1"},
};

const std::vector<field_row> cells{
  {R"("text")", "text"},
  // strings that a bare cell would make something else of
  {R"("")", "\"\""},
  {R"("5")", "\"5\""},
  {R"("-0.5e3")", "\"-0.5e3\""},
  {R"("true")", "\"true\""},
  {R"("null")", "\"null\""},
  {R"("[]")", "\"\"\"[]\"\"\""},
  {R"("{\"a\":1}")", R"("""{\""a\"":1}""")"},
  {R"("\"5\"")", R"("""\""5\""""")"},
  {R"("[draft]")", "[draft]"},
  {R"("01")", "01"},
  {R"("True")", "True"},
  {R"("\u00e9\n\"")", "\"\xC3\xA9\n\"\"\""},
  {"true", "true"},
  {"false", "false"},
  {"null", "null"},
  {"1.50", "1.50"},
  {"-0.0", "-0.0"},
  {"1E+05", "1E+05"},
  {"18446744073709551615", "18446744073709551615"},
  {"0.1000000000000000055511151231257827",
   "0.1000000000000000055511151231257827"},
  {"[ ]", "\"[]\""},
  {"{}", "\"{}\""},
  {"[ 1 , 2.50 ]", "\"[1,2.50]\""},
  {"{ \"a b\" : [ { } , \" \" ] }", "\"{\"\"a b\"\":[{},\"\" \"\"]}\""},
  {"{\"b\":1,\"a\":2,\"b\":3}", "\"{\"\"b\"\":1,\"\"a\"\":2,\"\"b\"\":3}\""},
};

} // namespace

BOOST_DATA_TEST_CASE(a_field_is_quoted_where_it_must_be, data::make(quoting),
                     x) {
  BOOST_TEST(field(x.text) == x.field);
}

BOOST_DATA_TEST_CASE(what_a_spreadsheet_would_run_gets_an_apostrophe,
                     data::make(escaping), x) {
  BOOST_TEST(field(x.text, csv_formulas::escape) == x.field);
}

BOOST_DATA_TEST_CASE(a_value_of_data_stands_in_its_cell, data::make(cells), x) {
  BOOST_TEST(data_cell(x.text) == x.field);
  BOOST_TEST(data_cell(' ' + x.text + "\t\n") == x.field);
}

BOOST_AUTO_TEST_CASE(negative_numbers_are_no_formulas_and_texts_may_be) {
  BOOST_TEST(data_cell("-1.5", csv_formulas::escape) == "-1.5");
  BOOST_TEST(data_cell("\"-a\"", csv_formulas::escape) == "'-a");
  BOOST_TEST(data_cell("\"-a\"", csv_formulas::raw) == "-a");
}

BOOST_AUTO_TEST_CASE(columns_of_data_come_in_the_order_they_first_appear) {
  auto out = csv_of({
    R"({"id":"1","ns":"n","type":"t","data":{"z":1,"a":"x,y"}})",
    R"({"ns":"n","id":"2","type":"t","content":"c"})",
    R"({"data":{"b":true,"z":2},"ns":"n","id":"3","type":"t"})",
    R"({"ns":"n","id":"4","visibility":"v","type":"t"})",
  });
  BOOST_TEST(out
             == "ns,id,type,visibility,content,data.z,data.a,data.b\r\n"
                "n,1,t,,,1,\"x,y\",\r\n"
                "n,2,t,,c,,,\r\n"
                "n,3,t,,,2,,true\r\n"
                "n,4,t,v,,,,\r\n");
}

BOOST_AUTO_TEST_CASE(
  data_that_cells_cannot_give_back_stands_in_a_column_of_its_own) {
  auto out = csv_of({
    R"({"ns":"n","id":"1","data":{"a":1}})",
    R"({"ns":"n","id":"2","data":{}})",
    R"({"ns":"n","id":"3","data":{ "a":2, "b":3, "\u0061":4 }})",
    R"({"ns":"n","id":"4"})",
  });
  BOOST_TEST(out
             == "ns,id,type,visibility,content,data,data.a,data.b\r\n"
                "n,1,,,,,1,\r\n"
                "n,2,,,,\"{}\",,\r\n"
                "n,3,,,,\"{\"\"a\"\":2,\"\"b\"\":3,\"\"\\u0061\"\":4}\",,\r\n"
                "n,4,,,,,,\r\n");
}

BOOST_AUTO_TEST_CASE(columns_of_the_service_are_strings_and_need_no_marks) {
  BOOST_TEST(csv_of({R"({"ns":"5","id":"[]","type":"null","content":""})"})
             == "ns,id,type,visibility,content\r\n5,[],null,,\"\"\r\n");
}

BOOST_AUTO_TEST_CASE(fields_that_are_not_ours_have_no_column) {
  BOOST_TEST(csv_of({R"({"ns":"n","more":1,"data.x":2,"data":{"y":3}})"})
             == "ns,id,type,visibility,content,data.y\r\nn,,,,,3\r\n");
}

BOOST_AUTO_TEST_CASE(a_key_of_data_may_be_anything) {
  auto out = csv_of({R"({"data":{"":1,"a,b":2,"\"":3,"ns":4,"\u0061":6}})"},
                    std::span{thing_columns}.first(1));
  BOOST_TEST(out
             == "ns,data.,\"data.a,b\",\"data.\"\"\",data.ns,data.a\r\n"
                ",1,2,3,4,6\r\n");
}

BOOST_AUTO_TEST_CASE(a_row_that_was_not_collected_shows_the_known_columns) {
  csv_table table{std::span{thing_columns}.first(1)};
  table.collect(R"({"data":{"x":1}})");
  std::string out;
  table.append_row(out, R"({"ns":"n","data":{"new":1,"x":2}})");
  BOOST_TEST(out == "n,2\r\n");
}

BOOST_AUTO_TEST_CASE(a_table_without_records_is_its_header) {
  BOOST_TEST(csv_of({}) == "ns,id,type,visibility,content\r\n");
}

BOOST_AUTO_TEST_CASE(random_records_read_back) {
  using nlohmann::ordered_json;
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    json_samples samples{seed};
    for (int round = 0; round < 300; ++round) {
      std::vector<std::string> records;
      std::vector<std::string> contents;
      for (auto count = samples.random.below(6); count > 0; --count) {
        contents.push_back(samples.random.text("a,\"\r\n =-\t", 6));
        std::string content;
        append_json_string(content, contents.back());
        records.push_back("{\"content\":" + content + ",\"data\":"
                          + samples.spaced(samples.object(2)) + "}");
      }
      auto rows = read_csv(csv_of(records));
      BOOST_REQUIRE(rows.size() == records.size() + 1);
      auto& header = rows[0];
      for (size_t i = 0; i < records.size(); ++i) {
        auto& row = rows[i + 1];
        BOOST_REQUIRE(row.size() == header.size());
        BOOST_REQUIRE(row[4] == contents[i]);
        auto data = ordered_json::parse(records[i])["data"];
        auto whole = std::ranges::find(header, "data") - header.begin();
        if (static_cast<size_t>(whole) < row.size()
            && !row[static_cast<size_t>(whole)].empty()) {
          BOOST_REQUIRE(
            (ordered_json::parse(row[static_cast<size_t>(whole)]) == data));
          continue;
        }
        for (size_t column = 5; column < header.size(); ++column) {
          if (header[column] == "data")
            continue;
          auto found = data.find(header[column].substr(5));
          if (found == data.end())
            BOOST_REQUIRE(row[column] == "");
          else if (found->is_string() && row[column] != found->dump())
            BOOST_REQUIRE(row[column] == found->get<std::string>());
          else
            BOOST_REQUIRE((ordered_json::parse(row[column]) == *found));
        }
        for (auto& [key, _] : data.items())
          BOOST_REQUIRE(std::ranges::count(header, "data." + key) == 1);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
