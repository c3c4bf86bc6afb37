#include "gateway/http/router.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

struct router_fixture {
  router_fixture() {
    auto answer = [](std::string name) {
      return [name](http_request&) -> expected<http_response> {
        return json_response(200, name);
      };
    };
    routes.add("GET", "/batch", answer("list"));
    routes.add("POST", "/batch", answer("submit"));
    routes.add("GET", "/batch/:id", answer("job"));
    routes.add("GET", "/batch/:id/results", answer("results"));
  }

  std::string answer_of(std::string method, std::vector<std::string> path) {
    auto found = routes.find(method, path);
    if (!found.handler)
      return "-";
    http_request request;
    return (*found.handler)(request)->body;
  }

  router routes;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(router_test, router_fixture)

BOOST_AUTO_TEST_CASE(method_and_path_find_their_handler) {
  BOOST_TEST(answer_of("GET", {"batch"}) == "list");
  BOOST_TEST(answer_of("POST", {"batch"}) == "submit");
  BOOST_TEST(answer_of("GET", {"batch", "7", "results"}) == "results");
  BOOST_TEST(answer_of("HEAD", {"batch"}) == "list");
  BOOST_TEST(answer_of("GET", {"v1", "batch", "7"}) == "job");
}

BOOST_AUTO_TEST_CASE(placeholders_stand_for_one_segment_that_is_not_empty) {
  auto found = routes.find("GET", {"batch", "a/b"});
  BOOST_TEST(found.arguments == std::vector<std::string>{"a/b"},
             boost::test_tools::per_element());
  BOOST_TEST(answer_of("GET", {"batch", ""}) == "-");
  BOOST_TEST(answer_of("GET", {"batch", "7", "other"}) == "-");
}

BOOST_AUTO_TEST_CASE(a_known_path_tells_its_methods) {
  BOOST_TEST(routes.find("DELETE", {"batch"}).allowed == "GET, HEAD, POST");
  BOOST_TEST(routes.find("DELETE", {"nothing"}).allowed.empty());
  BOOST_TEST(routes.find("GET", {}).allowed.empty());
}

BOOST_AUTO_TEST_SUITE_END()
