#include "codecs/csv_items.hpp"

#include "codecs/limits.hpp"
#include "tests/codecs/checks.hpp"

using namespace batch;
using namespace batch::test;

namespace {

/// What becomes of a whole file: the items, or what is said instead of one.
expected<std::vector<std::string>> items_of(job_type type,
                                            std::string_view csv) {
  std::vector<std::string> out;
  std::optional<csv_items> items;
  expected<void> ok;
  csv_reader reader{item_bytes_max, csv_columns_max};
  auto take = [&](const csv_record& record) {
    if (items) {
      auto item = items->item(record);
      out.push_back(item ? std::string{*item} : item.error().message);
      return true;
    }
    auto header = csv_items::read_header(type, record);
    if (header)
      items.emplace(std::move(*header));
    else
      ok = fail(header);
    return ok.has_value();
  };
  if (reader.feed(csv, take))
    if (auto end = reader.finish(take); !end)
      return fail(end);
  if (!ok)
    return fail(ok);
  return out;
}

/// What becomes of the one row of a file.
std::string item_of(job_type type, std::string_view csv) {
  auto items = must(items_of(type, csv));
  BOOST_REQUIRE(items.size() == 1u);
  return items[0];
}

std::string thing_of(std::string_view csv) {
  return item_of(job_type::import_things, csv);
}

/// The member `x` that a cell of the column data.x becomes; empty if none.
std::string value_of(std::string_view cell) {
  auto text = thing_of("ns,id,type,data.x\nn,i,T," + std::string{cell} + "\n");
  std::string begin = R"({"ns":"n","id":"i","type":"T")";
  BOOST_REQUIRE(text.starts_with(begin));
  auto rest = text.substr(begin.size());
  if (rest == "}")
    return "";
  begin = R"(,"data":{"x":)";
  BOOST_REQUIRE_MESSAGE(rest.starts_with(begin), rest);
  return rest.substr(begin.size(), rest.size() - begin.size() - 2);
}

struct cell_row {
  std::string cell;
  std::string value;
};

std::ostream& operator<<(std::ostream& out, const cell_row& x) {
  return out << shown(x.cell);
}

const std::vector<cell_row> typing{
  {"", ""},
  {R"("")", R"("")"},
  {"abc", R"("abc")"},
  {"5", "5"},
  {R"("5")", R"("5")"},
  {"1e400", "1e400"},
  {"-0", "-0"},
  {"1.0", "1.0"},
  {"0.1000", "0.1000"},
  {"18446744073709551616", "18446744073709551616"},
  {"1E+05", "1E+05"},
  {"true", "true"},
  {"false", "false"},
  {"null", "null"},
  {R"("null")", R"("null")"},
  {"True", R"("True")"},
  // no numbers of JSON
  {"01", R"("01")"},
  {"-", R"("-")"},
  {"+5", R"("+5")"},
  {".5", R"(".5")"},
  {"5.", R"("5.")"},
  {"1e", R"("1e")"},
  {"1e+", R"("1e+")"},
  {"0x10", R"("0x10")"},
  {"NaN", R"("NaN")"},
  {" 5", R"(" 5")"},
  {"5 ", R"("5 ")"},
  {"2026-11-25", R"("2026-11-25")"},
  // JSON with brackets or quotes, and what looks like it
  {"[]", "[]"},
  {R"("[1,2.50]")", "[1,2.50]"},
  {R"("{""a"":[null]}")", R"({"a":[null]})"},
  {R"("""5""")", R"("5")"},
  {R"("""\u00e9""")", R"("\u00e9")"},
  {R"("""a")", R"("\"a")"},
  {R"("""a"" b""")", R"("\"a\" b\"")"},
  {"[draft]", R"("[draft]")"},
  {R"("[1,2")", R"("[1,2")"},
  {R"("[01]")", R"("[01]")"},
  {R"(" [1]")", R"(" [1]")"},
  {R"("[1] ")", R"("[1] ")"},
  {"[1e400]", "[1e400]"},
  // strings need escapes
  {"\"a\nb\r\n\"", R"("a\nb\r\n")"},
  {"a\\b", R"("a\\b")"},
  {R"("say ""hi""")", R"("say \"hi\"")"},
  {std::string(1, '\0'), R"("\u0000")"},
  {"\xC3\xA9", "\"\xC3\xA9\""},
};

struct refusal {
  std::string csv;
  std::string says;
};

std::ostream& operator<<(std::ostream& out, const refusal& x) {
  return out << shown(x.csv);
}

const std::vector<refusal> bad_headers{
  {"id,type\n", "the column 'ns' is missing; import-things needs ns, id, type"},
  {"ns,id\n", "the column 'type' is missing"},
  {"ns,id,type,colour\n", "unknown column 'colour'; import-things takes ns, "},
  {"ns,id,type,data.\xFF\n", "column 4 has a name that is not UTF-8"},
  {"ns,id,type,id\n", "the column 'id' stands there twice"},
  {"ns,id,type,data.a,data.a\n", "the column 'data.a' stands there twice"},
  {"ns,id,type,\n", "column 4 has no name"},
  {"NS,id,type\n", "unknown column 'NS'"},
  {" ns,id,type\n", "unknown column ' ns'"},
  {"ns;id;type\n", "unknown column 'ns;id;type'"},
  {"ns,i\"d,type\n", "line 1 (byte 4) has a quote within a cell"},
  {"ns\rn\r", "line 1 (byte 2) has a CR without LF"},
};

const std::vector<refusal> bad_rows{
  {"ns,id,type\nn,i\n", "line 2 (byte 11) has 2 cells, but the header has 3"},
  {"ns,id,type\n\nn,i,T,4\n", "line 3 (byte 12) has 4 cells"},
  {"ns,id,type\nn,\"i\"x,T\n",
   "line 2 (byte 11), column 'id': text behind the closing quote of a cell, "
   "at line 2 (byte 16)"},
  {"ns,id,type\nn,i,T,\"4\"4\n", "line 2 (byte 11), column 4: text behind"},
  {"ns,id,type,data\nn,i,T,5\n",
   "line 2 (byte 16), column 'data': expected a JSON object"},
  {"ns,id,type,data\nn,i,T,\"\"\n", "column 'data': expected a JSON object"},
  {"ns,id,type,data\nn,i,T,\"[1]\"\n", "column 'data': expected a JSON object"},
  {"ns,id,type,data,data.x\nn,i,T,{},1\n", "column 'data': the row has cells"},
  {"ns,id,type,fromNs\nn,i,T,n\n",
   "column 'fromNs': the row is a relationship; submit it as "
   "import-relationships"},
  {"ns,id,type,toId\nn,i,T,\"\"\n", "column 'toId': the row is a relationship"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(csv_items_test)

BOOST_DATA_TEST_CASE(a_cell_of_data_is_typed_back, data::make(typing), x) {
  BOOST_TEST(value_of(x.cell) == x.value);
}

BOOST_DATA_TEST_CASE(a_header_that_does_not_fit_is_refused,
                     data::make(bad_headers), x) {
  auto why = error_of(items_of(job_type::import_things, x.csv));
  BOOST_TEST(why.code == ec::invalid_job);
  BOOST_TEST_CONTEXT(why.message) {
    BOOST_TEST(contains(why.message, "the header of the CSV: "));
    BOOST_TEST(contains(why.message, x.says));
  }
}

BOOST_DATA_TEST_CASE(a_row_that_does_not_fit_is_refused_alone,
                     data::make(bad_rows), x) {
  auto said = thing_of(x.csv);
  BOOST_TEST_CONTEXT(said) {
    BOOST_TEST(contains(said, x.says));
  }
}

BOOST_AUTO_TEST_CASE(
  columns_of_the_service_are_strings_whatever_they_look_like) {
  BOOST_TEST(
    thing_of("type,ns,content,id,visibility\n1,true,{},\"\"\"x\"\"\",null")
    == R"({"type":"1","ns":"true","content":"{}",)"
       R"("id":"\"x\"","visibility":"null"})");
  BOOST_TEST(thing_of("ns,id,type,content\nn,i,T,\"\"\n")
             == R"({"ns":"n","id":"i","type":"T","content":""})");
}

BOOST_AUTO_TEST_CASE(data_stands_last_by_key_or_as_a_whole) {
  BOOST_TEST(thing_of("data.b,ns,data.a,id,type\n1,n,x,i,T\n")
             == R"({"ns":"n","id":"i","type":"T","data":{"b":1,"a":"x"}})");
  BOOST_TEST(
    thing_of("ns,id,type,data,data.a\nn,i,T,\"{\"\"a\"\":1,\"\"a\"\":2}\",\n")
    == R"({"ns":"n","id":"i","type":"T","data":{"a":1,"a":2}})");
  BOOST_TEST(thing_of("ns,id,type,data\nn,i,T,{}\n")
             == R"({"ns":"n","id":"i","type":"T","data":{}})");
  BOOST_TEST(thing_of("ns,id,type,data,data.a\nn,i,T,,\n")
             == R"({"ns":"n","id":"i","type":"T"})");
}

BOOST_AUTO_TEST_CASE(keys_of_data_may_be_anything) {
  BOOST_TEST(thing_of("ns,id,type,data.,data.a.b,\"data.\"\"\n\",data.id\n"
                      "n,i,T,1,2,3,4\n")
             == R"({"ns":"n","id":"i","type":"T",)"
                R"("data":{"":1,"a.b":2,"\"\n":3,"id":4}})");
}

BOOST_AUTO_TEST_CASE(a_relationship_needs_its_ends_and_takes_rows_of_both) {
  constexpr auto type = job_type::import_relationships;
  BOOST_TEST(contains(
    error_of(items_of(type, "ns,id,type,fromNs,fromId,toNs\n")).message,
    "the column 'toId' is missing"));
  auto items = must(items_of(
    type, "ns,id,type,visibility,content,fromNs,fromId,toNs,toId,data.x\n"
          "n,r,T,,,n,a,n,b,1\n"
          "n,t,T,v,c,,,,,2\n"));
  BOOST_TEST(items
               == (std::vector<std::string>{
                 R"({"ns":"n","id":"r","type":"T","fromNs":"n","fromId":"a",)"
                 R"("toNs":"n","toId":"b","data":{"x":1}})",
                 R"({"ns":"n","id":"t","type":"T","visibility":"v",)"
                 R"("content":"c","data":{"x":2}})"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(items_that_name_things_leave_the_other_columns_out) {
  for (auto type : {job_type::generate_embeddings, job_type::export_things}) {
    BOOST_TEST(item_of(type, "ns,id,type,content,data,data.x\nn,i,T,c,5,6\n")
               == R"({"ns":"n","id":"i"})");
    BOOST_TEST(contains(error_of(items_of(type, "ns,id,x\n")).message,
                        "unknown column 'x'"));
    BOOST_TEST(contains(error_of(items_of(type, "ns\n")).message,
                        "the column 'id' is missing"));
  }
}

BOOST_AUTO_TEST_CASE(values_to_be_transformed_have_any_columns) {
  BOOST_TEST(item_of(job_type::transform_data,
                     "name,size,id,data.x,tags,\"\",none\nA,5,7,1,\"[1]\",x,\n")
             == R"({"name":"A","size":5,"id":"7","tags":[1],"":"x",)"
                R"("data":{"x":1}})");
  BOOST_TEST(item_of(job_type::transform_data, "a,b\n,\n") == "{}");
  BOOST_TEST(item_of(job_type::custom, "file,width\ncat.png,100\n")
             == R"({"file":"cat.png","width":100})");
}

BOOST_AUTO_TEST_CASE(a_cell_that_is_not_utf8_is_named) {
  csv_reader reader{100, 10};
  std::optional<csv_items> items;
  std::string said;
  auto take = [&](const csv_record& x) {
    if (items)
      said = items->not_utf8(x).message;
    else
      items.emplace(must(csv_items::read_header(job_type::import_things, x)));
    return true;
  };
  reader.feed("ns,id,type,data.x\nn,i,T,\xC3\n", take);
  BOOST_TEST(said
             == "line 2 (byte 18), column 'data.x': the cell is not UTF-8");
}

BOOST_AUTO_TEST_CASE(a_row_that_is_too_long_is_refused_alone) {
  auto items = must(items_of(
    job_type::import_things,
    "ns,id,type\nn,i," + std::string(item_bytes_max, 'x') + "\nn,j,T\n"));
  BOOST_REQUIRE(items.size() == 2u);
  BOOST_TEST(contains(items[0], "line 2 (byte 11) is longer than "));
  BOOST_TEST(items[1] == R"({"ns":"n","id":"j","type":"T"})");
}

BOOST_AUTO_TEST_SUITE_END()
