#include "gateway/http/json_body.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

/// Sends a body as one piece.
http_request request_with(std::string body, std::string type) {
  http_request request;
  request.announces_body = true;
  request.header = [type](const char* name) {
    return std::string_view{name} == "Content-Type" ? type : "";
  };
  request.read_body = [body](const body_sink& sink) -> expected<void> {
    if (!body.empty())
      sink(body);
    return {};
  };
  return request;
}

expected<std::string> read(http_request request) {
  byte_budget budget{8 << 20};
  byte_budget::share share{budget};
  return read_json_body(request, share);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_body_may_be_absent) {
  BOOST_TEST(read(http_request{}).value_or("?") == "");
  // A client that was told to send nothing may say any type.
  BOOST_TEST(read(request_with("", "text/plain")).value_or("?") == "");
  BOOST_TEST(read(request_with("{}", "")).value_or("?") == "{}");
  BOOST_TEST(
    read(request_with("{}", "application/json; charset=utf-8")).value_or("?")
    == "{}");
}

BOOST_AUTO_TEST_CASE(a_body_is_json_and_not_too_long) {
  BOOST_TEST(
    (read(request_with("a=b", "application/x-www-form-urlencoded")).error().code
     == ec::unsupported_media_type));
  std::string large(object_body_bytes_max + 1, ' ');
  BOOST_TEST((read(request_with(large, "application/json")).error().code
              == ec::body_too_large));
}

BOOST_AUTO_TEST_CASE(members_are_visited_until_one_is_wrong) {
  std::string seen;
  auto ok = read_members(R"({"a":1,"b":2,"c":3})", "",
                         [&](const json_member& m) -> expected<void> {
                           seen += m.key;
                           if (m.key == "b")
                             return unknown_member("", m.key, "a");
                           return {};
                         });
  BOOST_TEST(seen == "ab");
  BOOST_REQUIRE(!ok);
  BOOST_TEST(ok.error().message == "b: unknown; expected a");
  BOOST_TEST(ok.error().pointer == "/b");
}

BOOST_AUTO_TEST_CASE(what_is_no_object_is_refused_with_the_right_code) {
  auto code_of = [](std::string_view text) {
    auto ok = read_members(text, "",
                           [](const json_member&) { return expected<void>{}; });
    return ok ? "" : std::string{to_string(ok.error().code)};
  };
  BOOST_TEST(code_of("{}") == "");
  for (auto text : {"", " ", "{", "{\"a\":}", "{}x", "\xff"})
    BOOST_TEST(code_of(text) == "invalid_json", text);
  for (auto text : {"[]", "5", "null", R"({"a":1,"a":2})", R"({"a":1e999})"})
    BOOST_TEST(code_of(text) == "invalid_request", text);
}

BOOST_AUTO_TEST_CASE(values_are_of_the_kind_that_is_asked_for) {
  BOOST_TEST(string_at("/a", R"("x\n")").value_or("?") == "x\n");
  BOOST_TEST(!string_at("/a", "5"));
  BOOST_TEST(boolean_at("/a", "true").value_or(false));
  BOOST_TEST(!boolean_at("/a", "\"true\""));
  BOOST_TEST(integer_at("/a", "-10", -10, 10).value_or(0) == -10);
  for (auto text : {"11", "-11", "1.0", "1e1", "\"1\"", "null", "[1]"}) {
    auto x = integer_at("/a", text, -10, 10);
    BOOST_REQUIRE_MESSAGE(!x, text);
    BOOST_TEST(x.error().message == "a: expected an integer from -10 to 10");
  }
}
