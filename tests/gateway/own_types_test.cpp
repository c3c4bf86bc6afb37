// Jobs of a type of one's own as clients see them: the routes over a service
// with a worker that answers each item with itself, or refuses it.
#include "gateway/http/context.hpp"

#include "actors/cluster/cluster_client.hpp"
#include "actors/queries/job_queries.hpp"
#include "actors/service.hpp"
#include "actors/service_client.hpp"
#include "storage/memory_store.hpp"
#include "tests/actors/quiet_system.hpp"
#include "tests/contains.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <thread>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

struct service_config : caf::actor_system_config {
  service_config() { configure(*this); }
};

foreign_worker_actor::behavior_type echo() {
  return {
    [](atom::work_atom, const foreign_work& work) {
      std::vector<foreign_result> answer;
      for (const auto& x : work.items)
        answer.push_back(x.text == "\"bad\""
                           ? foreign_result::rejected(x.offset, "it is bad")
                           : foreign_result::done(x.offset, x.text));
      return answer;
    },
  };
}

struct routes_fixture {
  routes_fixture() {
    auto spawned = spawn_service(system, {}, store);
    BOOST_REQUIRE(spawned);
    actors = *spawned;
    worker = system.spawn(echo);
    client = std::make_unique<service_client>(system, actors.supervisor,
                                              std::chrono::seconds{30});
    nodes = std::make_unique<cluster_client>(
      system, [of = actors.cluster] { return expected<cluster_actor>{of}; },
      std::chrono::seconds{30});
    context = std::make_unique<gateway_context>(store, *client, *nodes, 10, 10);
    routes = make_routes(*context);
  }

  ~routes_fixture() {
    caf::anon_send_exit(worker, caf::exit_reason::user_shutdown);
    worker = nullptr;
    client.reset();
    stop_service(system, actors, std::chrono::seconds{30});
  }

  void enlist() {
    caf::scoped_actor self{system};
    self
      ->request(actors.supervisor, std::chrono::seconds{30},
                atom::enlist_atom_v, "echo"s, worker, uint32_t{2})
      .receive(
        [] {},
        [](const caf::error& why) { BOOST_FAIL(from_caf(why).message); });
  }

  expected<http_response>
  call(std::string method, std::vector<std::string> path, std::string body = {},
       std::string type = {},
       std::vector<std::pair<std::string, std::string>> query = {}) {
    auto found = routes.find(method, path);
    BOOST_REQUIRE(found.handler);
    http_request request;
    request.method = method;
    request.arguments = found.arguments;
    request.query = std::move(query);
    request.header = [type](const char* name) {
      return name == "Content-Type"s ? type : ""s;
    };
    request.announces_body = !body.empty();
    request.told_bytes = body.size();
    request.read_body = [body](const body_sink& sink) -> expected<void> {
      sink(body);
      return {};
    };
    return (*found.handler)(request);
  }

  std::string body_of(const expected<http_response>& answer) {
    BOOST_REQUIRE_MESSAGE(answer, (answer ? "" : answer.error().message));
    std::string text = answer->body;
    if (answer->stream)
      while (*answer->stream->read(text)) {
      }
    return text;
  }

  /// Submits and waits for the end. Answers the id.
  std::string run(const expected<http_response>& accepted) {
    auto body = body_of(accepted);
    auto id = body.substr(body.find("\"jobId\":\"") + 9, 36);
    for (int i = 0; i < 30'000; ++i) {
      auto report = find_job(*store, *parse_job_id(id));
      if (report && has_ended(report->progress.status))
        return id;
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    BOOST_FAIL("the job does not end");
    return id;
  }

  std::string results_of(const std::string& id) {
    return body_of(call("GET", {"batch", id, "results"}));
  }

  service_config config;
  test::quiet_system system{config};
  store_ptr store = make_memory_store();
  service actors;
  foreign_worker_actor worker;
  std::unique_ptr<service_client> client;
  std::unique_ptr<cluster_client> nodes;
  std::unique_ptr<gateway_context> context;
  router routes;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(own_types_test, routes_fixture)

BOOST_AUTO_TEST_CASE(a_json_body_becomes_a_job_of_the_type) {
  enlist();
  auto id = run(
    call("POST", {"batch"}, R"({"type":"echo","items":[{"a":1},2,"x",null]})"));
  BOOST_TEST(contains(body_of(call("GET", {"batch", id})), R"("type":"echo")"));
  BOOST_TEST(results_of(id)
             == "{\"index\":0,\"success\":true,\"result\":{\"a\":1}}\n"
                "{\"index\":1,\"success\":true,\"result\":2}\n"
                "{\"index\":2,\"success\":true,\"result\":\"x\"}\n"
                "{\"index\":3,\"success\":true,\"result\":null}\n");
}

BOOST_AUTO_TEST_CASE(ndjson_and_csv_do_as_well) {
  enlist();
  auto id = run(call("POST", {"batch"}, "1\n[2]\n", "application/x-ndjson",
                     {{"type", "echo"}}));
  BOOST_TEST(contains(results_of(id), "\"result\":[2]"));
  id = run(call("POST", {"batch"}, "file,width\ncat.png,100\n", "text/csv",
                {{"type", "echo"}}));
  BOOST_TEST(
    contains(results_of(id), R"("result":{"file":"cat.png","width":100})"));
}

BOOST_AUTO_TEST_CASE(a_type_that_is_not_known_is_refused_with_those_that_are) {
  auto json = R"({"type":"echo","items":[1]})";
  auto refused = call("POST", {"batch"}, json);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ec::invalid_job));
  BOOST_TEST(refused.error().pointer == "/type");
  BOOST_TEST(
    contains(refused.error().message,
             "'echo' is no job type that is known here; expected one of "
             "import-things, "));
  refused = call("POST", {"batch"}, "1\n", "application/x-ndjson",
                 {{"type", "echo"}});
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ec::invalid_job));
  for (auto name : {"Echo", "custom", "system", ""}) {
    refused = call("POST", {"batch"}, "1\n", "application/x-ndjson",
                   {{"type", name}});
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == ec::invalid_job));
    BOOST_TEST(contains(refused.error().message, "transform-data"));
  }
  enlist();
  BOOST_TEST(call("POST", {"batch"}, json).has_value());
}

BOOST_AUTO_TEST_CASE(statistics_count_types_of_ones_own_if_there_are_jobs) {
  BOOST_TEST(!contains(body_of(call("GET", {"stats"})), "custom"));
  enlist();
  run(call("POST", {"batch"}, R"({"type":"echo","items":[1,"bad"]})"));
  BOOST_TEST(contains(body_of(call("GET", {"stats"})),
                      R"("custom":{"jobs":1,"completed":0,"failed":1,)"
                      R"("itemsProcessed":1,"itemsFailed":1})"));
}

BOOST_AUTO_TEST_CASE(lists_are_filtered_by_the_name) {
  enlist();
  auto id = run(call("POST", {"batch"}, R"({"type":"echo","items":["bad"]})"));
  auto list = [&](std::string what, std::string type) {
    return body_of(call("GET", {what}, {}, {}, {{"type", type}}));
  };
  for (auto what : {"batch", "dead-letters"}) {
    BOOST_TEST(contains(list(what, "echo"), id));
    BOOST_TEST(contains(list(what, "echo"), R"("type":"echo")"));
    BOOST_TEST(!contains(list(what, "other"), id));
    BOOST_TEST(!contains(list(what, "import-things"), id));
    auto refused = call("GET", {what}, {}, {}, {{"type", "No-Type"}});
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == ec::invalid_request));
  }
  auto letters = list("dead-letters", "echo");
  BOOST_TEST(contains(letters, R"("code":"rejected")"));
  BOOST_TEST(contains(letters, R"("payload":"bad")"));
}

BOOST_AUTO_TEST_CASE(failed_items_can_be_tried_again) {
  enlist();
  auto id = run(call("POST", {"batch"}, R"({"type":"echo","items":["bad"]})"));
  auto again = run(call("POST", {"batch", id, "retry"}));
  BOOST_TEST(again != id);
  BOOST_TEST(
    contains(body_of(call("GET", {"batch", again})), R"("type":"echo")"));
  auto mended
    = run(call("POST", {"dead-letters", "replay"},
               R"({"filter":{"type":"echo"},"options":{"maxRetries":0}})",
               "application/json"));
  BOOST_TEST(
    contains(body_of(call("GET", {"batch", mended})), R"("failed":1)"));
}

BOOST_AUTO_TEST_SUITE_END()
