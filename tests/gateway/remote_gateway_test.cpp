// The routes of a gateway that has no store of its own.
#include "gateway/cli/running_gateway.hpp"

#include "actors/cluster/coordinator_link.hpp"
#include "actors/cluster/gate.hpp"
#include "actors/embedders/embedder_set.hpp"
#include "actors/queries/job_queries.hpp"
#include "actors/service.hpp"
#include "gateway/cli/api_client.hpp"
#include "gateway/http/problem.hpp"
#include "storage/memory_store.hpp"
#include "tests/actors/quiet_system.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <thread>

using namespace batch;
using namespace std::string_literals;

namespace {

struct far_config : caf::actor_system_config {
  far_config() { configure(*this); }
};

caf::behavior idle_node(caf::event_based_actor*) {
  return {
    [](atom::stop_atom) {},
  };
}

/// A service, a GATE to it, and a gateway that knows only its link. All are in
/// one process: to the gateway that is no difference.
struct remote_fixture {
  remote_fixture() {
    auto spawned = spawn_service(system, {}, store);
    BOOST_REQUIRE(spawned);
    actors = *spawned;
    coordinator_link_options o;
    o.coordinator = "10.0.0.1:7000";
    link = std::make_shared<coordinator_link>(system, o);
    cli::gateway_options options;
    options.http = "127.0.0.1:0";
    gateway.emplace(
      options, *cli::listening_address(options),
      remote_parts(link,
                   std::make_unique<cluster_client>(
                     system,
                     [this] { return expected<cluster_actor>{actors.cluster}; },
                     std::chrono::seconds{30})),
      nullptr);
    routes = make_routes(gateway->context());
  }

  ~remote_fixture() {
    gateway.reset();
    link.reset();
    if (gate) {
      caf::scoped_actor self{system};
      self->send_exit(gate, caf::exit_reason::user_shutdown);
      self->wait_for(gate);
    }
    caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
    stop_service(system, actors, std::chrono::seconds{30});
  }

  void join() {
    gate_options o;
    o.search = actors.search;
    gate = spawn_gate(system, o, store, actors.supervisor, node);
    link->set(gate);
  }

  /// Asks a route as a connection does.
  http_response ask(const std::string& method,
                    const std::vector<std::string>& path,
                    const std::string& body = {},
                    const std::string& type = "application/json") {
    auto match = routes.find(method, path);
    BOOST_REQUIRE(match.handler);
    http_request request;
    request.method = method;
    request.arguments = match.arguments;
    request.header
      = [&](const char* name) { return name == "Content-Type"s ? type : ""s; };
    if (type != "application/json")
      request.query = {{"type", "import-things"}};
    request.announces_body = !body.empty();
    request.told_bytes = body.size();
    request.read_body = [&](const body_sink& sink) -> expected<void> {
      for (size_t at = 0; at < body.size(); at += 10'000)
        if (!sink(std::string_view{body}.substr(at, 10'000)))
          return fail(ec::invalid_request, "the sink stopped");
      return {};
    };
    auto response = (*match.handler)(request);
    return response ? std::move(*response)
                    : problem_response(response.error(), "r");
  }

  /// The only job, once it has ended.
  std::string ended_job() {
    for (int i = 0; i < 30'000; ++i) {
      auto jobs = ask("GET", {"batch"});
      BOOST_REQUIRE_EQUAL(jobs.status, 200);
      if (jobs.body.find(R"("status":"completed")") != jobs.body.npos)
        return jobs.body;
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    BOOST_FAIL("the job does not end");
    return {};
  }

  far_config config;
  test::quiet_system system{config};
  store_ptr store = make_memory_store();
  service actors;
  caf::actor node = system.spawn(idle_node);
  gate_actor gate;
  coordinator_link_ptr link;
  std::optional<running_gateway> gateway;
  router routes;
};

bool has(const http_response& x, const std::string& text) {
  return x.body.find(text) != x.body.npos;
}

std::string things(size_t count) {
  std::string text = R"({"type":"import-things","items":[)";
  for (size_t i = 0; i < count; ++i)
    text += (i == 0 ? "" : ",") + R"({"ns":"n","id":")"s + std::to_string(i)
            + R"(","type":"T","content":")" + std::string(1000, 'x') + "\"}";
  return text + "]}";
}

std::string read_stream(http_response& x) {
  BOOST_REQUIRE(x.stream);
  std::string text;
  for (;;) {
    auto more = x.stream->read(text);
    BOOST_REQUIRE(more);
    if (!*more)
      return text;
  }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(remote_gateway_test, remote_fixture)

BOOST_AUTO_TEST_CASE(without_a_link_all_that_needs_one_is_refused_with_503) {
  std::vector<http_response> answers;
  answers.push_back(ask("GET", {"batch"}));
  answers.push_back(ask("GET", {"things", "n", "a"}));
  answers.push_back(ask("GET", {"export", "n"}));
  answers.push_back(ask("GET", {"stats"}));
  answers.push_back(ask("DELETE", {"things", "n", "a"}));
  answers.push_back(ask("POST", {"batch"}, things(1)));
  answers.push_back(ask("POST", {"batch"}, things(1000)));
  answers.push_back(ask("POST", {"batch"}, "{}\n", "application/x-ndjson"));
  answers.push_back(
    ask("POST", {"dead-letters", "purge"}, R"({"filter":{"ns":"n"}})"));
  for (const auto& x : answers) {
    BOOST_TEST(x.status == 503);
    BOOST_TEST(has(x, R"("code":"coordinator_unreachable")"), x.body);
    BOOST_TEST(has(x, "10.0.0.1:7000"), x.body);
    BOOST_REQUIRE_EQUAL(x.headers.size(), 1u);
    BOOST_TEST(x.headers[0].first == "Retry-After");
  }
  auto ready = ask("GET", {"readyz"});
  BOOST_TEST(ready.status == 503);
  BOOST_TEST(has(ready, "10.0.0.1:7000"));
  BOOST_TEST(ask("GET", {"livez"}).status == 200);
  BOOST_TEST(ask("GET", {"health"}).status == 200);
}

BOOST_AUTO_TEST_CASE(with_a_link_the_routes_are_those_of_the_coordinator) {
  join();
  BOOST_TEST(ask("GET", {"readyz"}).status == 200);
  // Long enough to be stored while it comes.
  auto accepted = ask("POST", {"batch"}, things(3000));
  BOOST_TEST(accepted.status == 202, accepted.body);
  BOOST_TEST(ended_job().find(R"("processed":3000)") != std::string::npos);
  BOOST_TEST(has(ask("GET", {"stats"}), R"("completed":1)"));
  auto put
    = ask("PUT", {"things", "n", "0"}, R"({"ns":"n","id":"0","type":"U"})");
  BOOST_TEST(put.status == 200, put.body);
  BOOST_TEST(has(ask("GET", {"things", "n", "0"}), R"("type":"U")"));
  auto exported = ask("GET", {"export", "n"});
  auto text = read_stream(exported);
  BOOST_TEST(text.size() > 3'000'000u);
  BOOST_TEST(text.ends_with("}\n]\n"));
  BOOST_TEST(ask("GET", {"things", "n", "none"}).status == 404);
}

BOOST_AUTO_TEST_CASE(a_backup_is_a_matter_of_the_coordinator) {
  for (auto linked : {false, true}) {
    if (linked)
      join();
    auto refused = ask("POST", {"admin", "backup"}, "{}");
    BOOST_TEST(refused.status == 409);
    BOOST_TEST(has(refused, "coordinator at 10.0.0.1:7000"), refused.body);
  }
}

BOOST_AUTO_TEST_CASE(it_listens_before_there_is_a_link_and_says_when_it_ends) {
  auto port = gateway->start();
  BOOST_REQUIRE(port);
  cli::connection_options to;
  to.url = "http://127.0.0.1:" + std::to_string(*port);
  auto client = cli::api_client::connect(to);
  BOOST_REQUIRE(client);
  cli::request_path stats{"/stats"};
  BOOST_TEST(!client->get(stats).has_value());
  join();
  BOOST_TEST(client->get(stats).has_value());
  BOOST_TEST(ask("GET", {"readyz"}).status == 200);
  gateway->drain();
  auto ready = ask("GET", {"readyz"});
  BOOST_TEST(ready.status == 503);
  BOOST_TEST(has(ready, R"("service":"ending")"));
  gateway->stop();
}

BOOST_AUTO_TEST_SUITE_END()
