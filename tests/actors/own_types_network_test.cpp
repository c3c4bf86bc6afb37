// A worker for a job type of its own on another node: two actor systems in one
// process, over CAF's own networking.
#include "actors/own_types.hpp"

#include "actors/queries/job_queries.hpp"
#include "actors/queries/job_streams.hpp"
#include "actors/service.hpp"
#include "actors/submission.hpp"
#include "storage/memory_store.hpp"
#include "tests/actors/quiet_system.hpp"
#include "tests/printing.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/io/all.hpp>

#include <atomic>
#include <thread>

using namespace batch;
using namespace std::chrono_literals;

namespace {

struct node_config : caf::actor_system_config {
  node_config() {
    load<caf::io::middleman>();
    configure(*this);
  }
};

/// Answers each item with itself, or refuses it.
foreign_worker_actor::behavior_type echoing_worker() {
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

/// Is asked, and never answers.
foreign_worker_actor::behavior_type hang(foreign_worker_actor::pointer self,
                                         std::shared_ptr<std::atomic<int>> n) {
  return {
    [self, n](atom::work_atom,
              const foreign_work&) -> caf::result<std::vector<foreign_result>> {
      ++*n;
      return self->make_response_promise<std::vector<foreign_result>>();
    },
  };
}

struct two_nodes {
  two_nodes() {
    service_options options;
    options.drain_timeout = 200ms;
    auto spawned = spawn_service(here, options, store);
    BOOST_REQUIRE(spawned);
    actors = *spawned;
    client.emplace(here, actors.supervisor, 30s);
  }

  ~two_nodes() {
    client.reset();
    stop_service(here, actors, 30s);
    if (far_worker)
      caf::anon_send_exit(far_worker, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(near_worker, caf::exit_reason::user_shutdown);
  }

  void enlist(const foreign_worker_actor& worker, uint32_t slots) {
    caf::scoped_actor self{here};
    self
      ->request(actors.supervisor, 30s, atom::enlist_atom_v,
                std::string{"echo"}, worker, slots)
      .receive(
        [] {},
        [](const caf::error& why) { BOOST_FAIL(from_caf(why).message); });
  }

  void enlist_far_worker(uint32_t slots) {
    far_worker = there.spawn(echoing_worker);
    auto port = there.middleman().publish(far_worker, 0, "127.0.0.1");
    BOOST_REQUIRE(port);
    auto seen
      = here.middleman().remote_actor<foreign_worker_actor>("127.0.0.1", *port);
    BOOST_REQUIRE(seen);
    enlist(*seen, slots);
  }

  job_id submit(const std::vector<std::string>& items) {
    submission upload{*client};
    auto opened = upload.open({{job_type::custom, "echo"}, {}, {}},
                              item_source::submitted);
    BOOST_REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
    for (const auto& item : items)
      BOOST_REQUIRE(upload.add(item));
    auto accepted = upload.close();
    BOOST_REQUIRE(accepted);
    return accepted->id;
  }

  job_report finish(const job_id& id) {
    for (int i = 0; i < 30'000; ++i) {
      auto report = find_job(*store, id);
      BOOST_REQUIRE(report);
      if (has_ended(report->progress.status))
        return *report;
      std::this_thread::sleep_for(1ms);
    }
    BOOST_FAIL("the job does not end");
    return {};
  }

  node_config here_config;
  node_config there_config;
  test::quiet_system here{here_config};
  test::quiet_system there{there_config};
  store_ptr store = make_memory_store();
  service actors;
  std::optional<service_client> client;
  foreign_worker_actor far_worker;
  foreign_worker_actor near_worker = here.spawn(echoing_worker);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(own_types_network_test, two_nodes)

BOOST_AUTO_TEST_CASE(a_worker_on_another_node_does_the_items) {
  enlist_far_worker(4);
  // Large ones, too: two to a chunk.
  std::vector<std::string> items{R"({"a":[1,"x"]})", "\"bad\""};
  for (int i = 0; i < 20; ++i)
    items.push_back('"' + std::string(500'000, 'x') + '"');
  auto job = finish(submit(items));
  BOOST_TEST(job.progress.processed == 21u);
  BOOST_REQUIRE_EQUAL(job.errors.size(), 1u);
  const auto& letter = job.errors[0].letter;
  BOOST_TEST(letter.code == ec::rejected);
  BOOST_TEST(letter.attempts.kept.at(0).node == caf::to_string(there.node()));
}

BOOST_AUTO_TEST_CASE(when_its_node_is_gone_another_worker_does_the_rest) {
  enlist_far_worker(2);
  finish(submit({"1"}));
  caf::anon_send_exit(far_worker, caf::exit_reason::kill);
  far_worker = nullptr;
  enlist(near_worker, 2);
  auto job = finish(submit({"1", "2"}));
  BOOST_TEST(job.progress.processed == 2u);
}

BOOST_AUTO_TEST_CASE(the_service_ends_while_a_worker_is_at_it) {
  auto asked = std::make_shared<std::atomic<int>>(0);
  far_worker = here.spawn(hang, asked);
  enlist(far_worker, 1);
  submission upload{*client};
  auto opened
    = upload.open({{job_type::custom, "echo"}, R"({"timeoutMs":86400000})", {}},
                  item_source::submitted);
  BOOST_REQUIRE(opened);
  BOOST_REQUIRE(upload.add("1"));
  BOOST_REQUIRE(upload.close());
  for (int i = 0; i < 30'000 && *asked == 0; ++i)
    std::this_thread::sleep_for(1ms);
  BOOST_TEST(*asked == 1);
  // The fixture ends all of it, and the test is over when it is done.
}

BOOST_AUTO_TEST_SUITE_END()
