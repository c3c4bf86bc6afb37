#include "gateway/http/letter_filters.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

constexpr auto job = "018f4e2a-7c3d-7b1e-9a55-0242ac120002";

http_request request_with(const char* name, std::string value) {
  http_request request;
  request.query.emplace_back(name, std::move(value));
  return request;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_query_names_what_letters_must_have) {
  http_request request;
  request.query = {{"jobId", job},
                   {"type", "export-things"},
                   {"ns", "shop"},
                   {"code", "no_such_thing"},
                   {"after", "2026-03-01T00:00:00Z"},
                   {"before", "2026-03-01T00:00:01.5+01:00"},
                   {"limit", "7"}};
  auto filter = read_query_filter(request);
  BOOST_REQUIRE(filter.has_value());
  BOOST_TEST(to_string(*filter->job) == job);
  BOOST_TEST((filter->type == job_type::export_things));
  BOOST_TEST(filter->ns == "shop");
  BOOST_TEST((filter->code == ec::no_such_thing));
  BOOST_TEST(format_time(*filter->after) == "2026-03-01T00:00:00.000Z");
  BOOST_TEST(format_time(*filter->before) == "2026-02-28T23:00:01.500Z");
  BOOST_TEST(read_query_filter({})->is_empty());
}

BOOST_AUTO_TEST_CASE(a_body_names_the_same_and_ids) {
  auto id = std::string{job} + ".17";
  auto filter = read_json_filter(
    R"({"jobId":")" + std::string{job}
      + R"(","type":"import-things","ns":"n","code":"internal",)"
        R"("after":"2026-03-01T00:00:00Z","before":"2026-03-02T00:00:00Z",)"
        R"("ids":[")"
      + id + R"("]})",
    "/filter");
  BOOST_REQUIRE(filter.has_value());
  BOOST_TEST(to_string(*filter->job) == job);
  BOOST_TEST((filter->code == ec::internal));
  BOOST_REQUIRE_EQUAL(filter->ids.size(), 1u);
  BOOST_TEST(to_string(filter->ids[0]) == id);
  BOOST_TEST(read_json_filter("{}", "/filter")->is_empty());
}

BOOST_AUTO_TEST_CASE(a_type_may_be_one_of_ones_own) {
  auto filter = read_query_filter(request_with("type", "resize-images"));
  BOOST_REQUIRE(filter.has_value());
  BOOST_TEST((filter->type == job_kind{job_type::custom, "resize-images"}));
  filter = read_json_filter(R"({"type":"resize-images"})", "/filter");
  BOOST_REQUIRE(filter.has_value());
  BOOST_TEST((filter->type == job_kind{job_type::custom, "resize-images"}));
}

BOOST_AUTO_TEST_CASE(messages_of_the_system_have_a_job_of_their_own) {
  auto filter = read_query_filter(request_with("type", "system"));
  BOOST_REQUIRE(filter.has_value());
  BOOST_TEST((filter->job == job_id{}));
  BOOST_TEST(!filter->type.has_value());
  BOOST_TEST(!filter->is_empty());
  for (auto text : {R"({"type":"system","jobId":"%"})",
                    R"({"jobId":"%","type":"system"})"}) {
    std::string json = text;
    json.replace(json.find('%'), 1, job);
    BOOST_TEST(!read_json_filter(json, "/filter").has_value(), json);
  }
}

BOOST_AUTO_TEST_CASE(a_bad_parameter_is_named_with_what_would_be_right) {
  struct row {
    const char* name;
    std::string value;
    const char* says;
  };
  for (auto& x :
       std::vector<row>{{"jobId", "1", "id of a job"},
                        {"jobId", "", "id of a job"},
                        {"type", "Imports", "import-things"},
                        {"type", "", "system"},
                        {"ns", "", "128"},
                        {"ns", std::string(129, 'n'), "128"},
                        {"code", "oops", "invalid_item"},
                        {"code", "", "invalid_item"},
                        {"after", "yesterday", "2026-03-01T"},
                        {"before", "2026-13-01T00:00:00Z", "2026-03-01T"}}) {
    auto filter = read_query_filter(request_with(x.name, x.value));
    BOOST_REQUIRE_MESSAGE(!filter, x.name);
    BOOST_TEST((filter.error().code == ec::invalid_request));
    BOOST_TEST(filter.error().message.starts_with(std::string{x.name} + ": "));
    BOOST_TEST(filter.error().message.find(x.says) != std::string::npos,
               filter.error().message);
  }
}

BOOST_AUTO_TEST_CASE(a_bad_member_is_named_with_its_place) {
  struct row {
    const char* json;
    const char* pointer;
  };
  for (auto& x : std::vector<row>{
         {R"({"nope":1})", "/filter/nope"},
         {R"({"jobID":""})", "/filter/jobID"},
         {R"({"a/b~":1})", "/filter/a~1b~0"},
         {R"({"jobId":1})", "/filter/jobId"},
         {R"({"type":null})", "/filter/type"},
         {R"({"code":"x"})", "/filter/code"},
         {R"({"ns":"a","ns":"a"})", "/filter/ns"},
         {R"({"after":1767225600000})", "/filter/after"},
         {R"({"ids":"x"})", "/filter/ids"},
         {R"({"ids":[]})", "/filter/ids"},
         {R"({"ids":["x"]})", "/filter/ids/0"},
         {R"({"ids":["018f4e2a-7c3d-7b1e-9a55-0242ac120002.1",2]})",
          "/filter/ids/1"},
         {R"([])", "/filter"}}) {
    auto filter = read_json_filter(x.json, "/filter");
    BOOST_REQUIRE_MESSAGE(!filter, x.json);
    BOOST_TEST((filter.error().code == ec::invalid_request));
    BOOST_TEST(filter.error().pointer == x.pointer);
  }
}

BOOST_AUTO_TEST_CASE(a_filter_has_at_most_a_thousand_ids) {
  auto filter_of = [](size_t count) {
    std::string json = "{\"ids\":[";
    for (size_t i = 0; i < count; ++i)
      json += (i > 0 ? ",\"" : "\"") + std::string{job} + '.'
              + std::to_string(i) + '"';
    return read_json_filter(json + "]}", "/filter");
  };
  BOOST_TEST(filter_of(filter_ids_max).has_value());
  BOOST_TEST(!filter_of(filter_ids_max + 1).has_value());
}
