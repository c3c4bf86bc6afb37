#include "actors/cluster/node.hpp"

#include "codecs/record.hpp"
#include "storage/keys.hpp"
#include "tests/actors/cluster/real_service.hpp"
#include "tests/actors/quiet_system.hpp"

#include <atomic>

#include <caf/io/all.hpp>

using namespace batch;
using namespace batch::test;

namespace {

/// A transform worker that waits at each item until it may go on.
class gated_worker : public worker {
public:
  explicit gated_worker(std::shared_ptr<std::atomic<bool>> gate,
                        std::shared_ptr<std::atomic<int>> begun)
    : gate_(std::move(gate)), begun_(std::move(begun)) {}

  void run(const loaded_work& work, outcome_builder& out) override {
    ++*begun_;
    while (!*gate_)
      std::this_thread::sleep_for(1ms);
    for_each_item(work, out,
                  [&](const work_item& item) { out.succeed(item, "1"); });
  }

private:
  std::shared_ptr<std::atomic<bool>> gate_;
  std::shared_ptr<std::atomic<int>> begun_;
};

struct gate {
  worker_registry workers() const {
    return {{job_type::transform_data, [open = open, begun = begun] {
               return std::make_unique<gated_worker>(open, begun);
             }}};
  }

  std::shared_ptr<std::atomic<bool>> open
    = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<std::atomic<int>> begun
    = std::make_shared<std::atomic<int>>(0);
};

struct cluster_fixture {
  store_ptr store = make_memory_store();
  real_service service{store};
};

size_t stored_things(const store_reader& store) {
  size_t count = 0;
  auto range = keys::of_namespace("n");
  auto rows
    = store.scan(nullptr, family::things, range.from, range.to, {}, 64 << 20);
  BOOST_REQUIRE(rows);
  count = rows->size();
  return count;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(membership_test, cluster_fixture)

BOOST_AUTO_TEST_CASE(a_node_does_the_work_of_all_five_types) {
  real_node node{service.at, "n1"};
  BOOST_TEST(service.wait_for("n1", node_state::up));
  auto all = things(1000);
  auto imported = service.finish(service.submit(job_type::import_things, all));
  BOOST_TEST(imported.progress.status == job_status::completed);
  BOOST_TEST(imported.progress.processed == 1000u);
  BOOST_TEST(stored_things(*store) == 1000u);
  for (auto type : {job_type::generate_embeddings, job_type::export_things,
                    job_type::transform_data}) {
    auto done = service.finish(service.submit(type, all));
    BOOST_TEST(done.progress.status == job_status::completed);
    BOOST_TEST(done.progress.processed == 1000u);
  }
  auto related = service.finish(service.submit(
    job_type::import_relationships,
    {R"({"ns":"n","id":"r","type":"T","fromNs":"n","fromId":"1","toNs":"n","toId":"2"})",
     R"({"ns":"n","id":"s","type":"T","fromNs":"n","fromId":"1","toNs":"n","toId":"gone"})"},
    R"({"onMissingEndpoint":"fail"})"));
  BOOST_TEST(related.progress.processed == 1u);
  BOOST_TEST(related.progress.failed == 1u);
  // Counted once a second.
  BOOST_TEST(eventually([&] { return service.node("n1").items == 4002; }));
}

BOOST_AUTO_TEST_CASE(large_items_cross_in_parts) {
  real_node node{service.at, "n1"};
  std::vector<std::string> items;
  for (int i = 0; i < 6; ++i)
    items.push_back(R"({"ns":"n","id":")" + std::to_string(i)
                    + R"(","type":"T","content":")" + std::string(900'000, 'x')
                    + "\"}");
  auto done = service.finish(service.submit(job_type::import_things, items));
  BOOST_TEST(done.progress.processed == 6u);
  // Things of one chunk, far more than one message may have.
  auto exported
    = service.finish(service.submit(job_type::export_things, items));
  BOOST_TEST(exported.progress.processed == 6u);
}

BOOST_AUTO_TEST_CASE(the_work_of_a_node_that_ends_goes_to_another_one) {
  gate closed;
  auto first
    = std::make_unique<real_node>(service.at, "n1", closed.workers(), 2);
  BOOST_REQUIRE(service.wait_for("n1", node_state::up));
  auto job = service.submit(job_type::transform_data, things(1000));
  BOOST_REQUIRE(eventually([&] { return *closed.begun == 2; }));
  first->kill();
  BOOST_TEST(service.wait_for("n1", node_state::gone));
  gate opened;
  *opened.open = true;
  real_node second{service.at, "n2", opened.workers(), 2};
  auto done = service.finish(job);
  *closed.open = true;
  BOOST_TEST(done.progress.processed == 1000u);
  BOOST_TEST(done.progress.failed == 0u);
}

BOOST_AUTO_TEST_CASE(a_node_that_leaves_finishes_what_it_works_on) {
  gate slow;
  real_node node{service.at, "n1", slow.workers(), 1};
  BOOST_REQUIRE(service.wait_for("n1", node_state::up));
  auto job = service.submit(job_type::transform_data, things(500));
  BOOST_REQUIRE(eventually([&] { return *slow.begun == 1; }));
  std::thread leaving{[&] { BOOST_TEST(node.leave()); }};
  BOOST_TEST(service.wait_for("n1", node_state::draining));
  *slow.open = true;
  leaving.join();
  auto left = service.node("n1");
  BOOST_TEST((left.state == node_state::gone));
  BOOST_TEST(left.reason == "it has left");
  // One chunk was done; no other one was begun.
  BOOST_TEST(*slow.begun == 1);
  BOOST_REQUIRE(
    eventually([&] { return service.report(job).progress.processed == 100; }));
  gate open;
  *open.open = true;
  real_node other{service.at, "n2", open.workers(), 1};
  auto done = service.finish(job);
  BOOST_TEST(done.progress.processed == 500u);
  // Nothing that was handed back counts as an attempt.
  BOOST_TEST(*open.begun == 4);
}

BOOST_AUTO_TEST_CASE(a_node_that_is_drained_takes_nothing_more) {
  gate first_gate, second_gate;
  *first_gate.open = *second_gate.open = true;
  real_node first{service.at, "n1", first_gate.workers(), 1};
  BOOST_REQUIRE(service.wait_for("n1", node_state::up));
  BOOST_TEST((service.nodes->drain("n1")->state == node_state::draining));
  real_node second{service.at, "n2", second_gate.workers(), 1};
  auto done
    = service.finish(service.submit(job_type::transform_data, things(1000)));
  BOOST_TEST(done.progress.processed == 1000u);
  BOOST_TEST(*first_gate.begun == 0);
  BOOST_TEST(*second_gate.begun == 10);
  auto unknown = service.nodes->drain("nobody");
  BOOST_REQUIRE(!unknown);
  BOOST_TEST(unknown.error().code == ec::no_such_node);
  BOOST_TEST(service.nodes->drain("coordinator").error().code == ec::conflict);
}

BOOST_AUTO_TEST_CASE(
  a_slot_that_hangs_is_replaced_and_its_answer_comes_too_late) {
  gate hanging;
  real_node node{service.at, "n1", hanging.workers(), 1};
  auto job = service.submit(job_type::transform_data, things(3),
                            R"({"timeoutMs":300})");
  // The first thread hangs, and so does the one in its place.
  BOOST_REQUIRE(eventually([&] { return *hanging.begun >= 2; }));
  *hanging.open = true;
  auto done = service.finish(job);
  BOOST_TEST(done.progress.processed == 3u);
  BOOST_TEST(done.progress.failed == 0u);
}

BOOST_AUTO_TEST_CASE(nodes_come_back_to_a_coordinator_that_was_started_again) {
  auto kept = make_memory_store();
  auto first = std::make_unique<real_service>(kept);
  auto at = first->at;
  gate work;
  real_node node{at, "n1", work.workers(), 1};
  BOOST_REQUIRE(first->wait_for("n1", node_state::up));
  auto job = first->submit(job_type::transform_data, things(1000));
  BOOST_REQUIRE(eventually([&] { return *work.begun == 1; }));
  std::thread opening{[&] {
    std::this_thread::sleep_for(200ms);
    *work.open = true;
  }};
  first.reset();
  opening.join();
  real_service second{kept, at.port};
  BOOST_TEST(second.wait_for("n1", node_state::up));
  BOOST_TEST(second.finish(job).progress.processed == 1000u);
}

BOOST_AUTO_TEST_CASE(a_node_of_another_protocol_is_told_why_it_cannot_join) {
  network_config config;
  test::quiet_system system{config};
  auto door = system.middleman().remote_actor<cluster_actor>("127.0.0.1",
                                                             service.at.port);
  BOOST_REQUIRE(door);
  caf::scoped_actor self{system};
  node_hello hello;
  hello.protocol = 99;
  hello.name = "n9";
  hello.slots[job_type::import_things] = 1;
  for (const auto& bytes : {encode_record(hello), std::string{"garbage"}}) {
    error refused;
    self
      ->request(*door, caf::duration{10s}, atom::join_atom_v, bytes,
                caf::actor_cast<caf::actor>(self))
      .receive([](const std::string&, const caf::actor&, const caf::actor&) {},
               [&](const caf::error& why) { refused = from_caf(why); });
    BOOST_TEST(refused.code == ec::invalid_request);
    BOOST_TEST(refused.message.find("version") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(two_nodes_of_one_name_are_not_both_members) {
  real_node first{service.at, "n1"};
  BOOST_REQUIRE(service.wait_for("n1", node_state::up));
  std::atomic<bool> refused{false};
  network_config config;
  test::quiet_system system{config};
  node_options o;
  o.coordinator = service.at;
  o.name = "n1";
  o.slots[job_type::import_things] = 1;
  o.on_refused = [&](const std::string& why, bool is_final) {
    BOOST_TEST(!is_final);
    refused = why.find("--name") != why.npos;
  };
  auto second = system.spawn(node, std::move(o));
  BOOST_TEST(eventually([&] { return refused.load(); }));
  caf::anon_send_exit(second, caf::exit_reason::user_shutdown);
  second = node_actor{};
  BOOST_TEST((service.node("n1").state == node_state::up));
}

BOOST_AUTO_TEST_SUITE_END()
