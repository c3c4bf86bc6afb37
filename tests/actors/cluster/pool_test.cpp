// A node at its coordinator: what is granted to it, and how long it counts as
// living.
#include "actors/cluster/pool.hpp"

#include "actors/cluster/wire_work.hpp"
#include "codecs/record.hpp"
#include "tests/actors/service_fixture.hpp"
#include "tests/storage/passing_reader.hpp"

#include <set>

using namespace batch;
using namespace batch::test;
using namespace std::chrono_literals;

namespace {

/// What a node was sent.
struct node_notes {
  std::vector<frame> work;
  std::vector<std::pair<slot_number, slot_number>> renewals;
};
using notes_ptr = std::shared_ptr<node_notes>;

node_actor::behavior_type noting_node(node_actor::pointer, notes_ptr notes) {
  return {
    [notes](atom::work_atom, const frame& x) { notes->work.push_back(x); },
    [notes](atom::renew_atom, slot_number old, slot_number fresh) {
      notes->renewals.emplace_back(old, fresh);
    },
    [](atom::beat_atom, uint64_t, bool) {},
    [](atom::stop_atom) -> caf::result<void> { return caf::unit; },
    [](atom::dialled_atom, const caf::actor&) {},
    [](atom::dialled_atom, const std::string&) {},
    [](atom::done_atom, uint32_t, const node_result_ptr&) {},
    [](atom::tick_atom) {},
    [](atom::dial_atom) {},
  };
}

/// Passes reads on, but for keys that cannot be read.
class broken_reader : public passing_reader {
public:
  using passing_reader::passing_reader;

  expected<std::optional<std::string>>
  get(family f, std::string_view key) const override {
    if (broken.contains(std::string{key}))
      return fail(ec::storage_failure, "it cannot be read just now");
    return passing_reader::get(f, key);
  }

  std::set<std::string> broken;
};

service_options service_without_import_threads() {
  auto o = small_service();
  o.slots[job_type::import_things] = 0;
  return o;
}

node_hello hello_of_one_slot() {
  node_hello hello;
  hello.version = "test";
  hello.name = "n1";
  hello.incarnation = "a";
  hello.slots[job_type::import_things] = 1;
  return hello;
}

struct pool_fixture {
  ~pool_fixture() {
    for (const auto& x : {caf::actor_cast<caf::actor>(joined),
                          caf::actor_cast<caf::actor>(node)})
      caf::anon_send_exit(x, caf::exit_reason::kill);
    joined = nullptr;
    node = nullptr;
    service.scheduler.run();
  }

  void run() { service.scheduler.run(); }
  void pass(std::chrono::milliseconds time) {
    service.scheduler.advance_time(time);
    service.scheduler.run();
  }

  /// Makes the POOL of a node with one slot.
  void join_pool() {
    joined = service.system.spawn(
      pool, service_without_import_threads(), store_reader_ptr{reader},
      service.actors.dispatcher, node, hello_of_one_slot(),
      std::function<void()>{[] {}});
    BOOST_REQUIRE(
      service.ask_actor<std::vector<slot_number>>(joined, atom::enlist_atom_v));
    caf::anon_send(joined, atom::ready_atom_v);
    run();
  }

  /// Joins as a node does. @returns its session.
  uint64_t join_cluster() {
    caf::scoped_actor self{service.system};
    auto pending = self->request(
      service.actors.cluster, 1min, atom::join_atom_v,
      encode_record(hello_of_one_slot()), caf::actor_cast<caf::actor>(node));
    run();
    uint64_t session = 0;
    pending.receive(
      [&](const std::string& bytes, const caf::actor&, const caf::actor& x) {
        session = decode_record<node_welcome>(bytes)->session;
        joined = caf::actor_cast<pool_actor>(x);
      },
      [](const caf::error&) {});
    BOOST_REQUIRE(session != 0);
    return session;
  }

  node_state state_of_node() {
    auto all = service.ask_actor<std::vector<node_report>>(
      service.actors.cluster, atom::nodes_atom_v);
    BOOST_REQUIRE(all);
    BOOST_REQUIRE_EQUAL(all->size(), 2u);
    return all->back().state;
  }

  job_id submit(size_t items) {
    std::vector<std::string> things;
    for (size_t i = 0; i < items; ++i)
      things.push_back(thing("n", std::to_string(i)));
    auto id
      = service.submit(job_type::import_things, things, R"({"chunkSize":1})");
    BOOST_REQUIRE(id);
    run();
    return *id;
  }

  /// Does a piece as a node does. Each is of one frame.
  void work(const frame& x) {
    BOOST_REQUIRE(x.is_last);
    job_context_ptr known;
    auto loaded = decode_work(x.bytes, known);
    BOOST_REQUIRE(loaded);
    auto worker = workers[job_type::import_things]();
    caf::anon_send(
      joined, atom::done_atom_v,
      frame{x.lease, x.slot, true,
            encode_outcome(run_worker(*worker, *loaded, "import-1", "n1"))});
    run();
  }

  worker_registry workers = builtin_workers(nullptr);
  store_ptr store = make_memory_store();
  std::shared_ptr<broken_reader> reader
    = std::make_shared<broken_reader>(store);
  virtual_service service{store, service_without_import_threads()};
  notes_ptr notes = std::make_shared<node_notes>();
  node_actor node = service.system.spawn(noting_node, notes);
  pool_actor joined;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pool_test, pool_fixture)

BOOST_AUTO_TEST_CASE(a_piece_that_cannot_be_read_is_told_when_it_is_its_turn) {
  auto id = submit(2);
  auto job = service.report(id).spec.number;
  reader->broken = {keys::chunk(job, 1)};
  join_pool();
  // The second piece waits in the slot, as far as the DISPATCHER knows.
  BOOST_REQUIRE_EQUAL(notes->work.size(), 1u);
  work(notes->work[0]);
  BOOST_TEST(service.report(id).progress.processed == 1u);
  reader->broken.clear();
  pass(2s);
  BOOST_REQUIRE_EQUAL(notes->work.size(), 2u);
  BOOST_TEST(notes->renewals.empty());
  work(notes->work[1]);
  BOOST_TEST(service.finish(id).progress.processed == 2u);
}

BOOST_AUTO_TEST_CASE(
  a_piece_that_cannot_be_read_is_told_at_once_if_it_is_first) {
  auto id = submit(1);
  reader->broken = {keys::chunk(service.report(id).spec.number, 0)};
  join_pool();
  BOOST_TEST(notes->work.empty());
  reader->broken.clear();
  pass(2s);
  BOOST_REQUIRE_EQUAL(notes->work.size(), 1u);
  work(notes->work[0]);
  BOOST_TEST(service.finish(id).progress.processed == 1u);
}

BOOST_AUTO_TEST_CASE(whoever_answers_for_a_piece_it_never_got_is_not_heard) {
  auto id = submit(2);
  reader->broken = {keys::chunk(service.report(id).spec.number, 1)};
  join_pool();
  BOOST_REQUIRE_EQUAL(notes->work.size(), 1u);
  auto never = notes->work[0];
  ++never.lease;
  caf::anon_send(joined, atom::done_atom_v, never);
  caf::anon_send(joined, atom::lost_atom_v, never.lease, std::string{"no"});
  run();
  work(notes->work[0]);
  reader->broken.clear();
  pass(2s);
  BOOST_REQUIRE_EQUAL(notes->work.size(), 2u);
  work(notes->work[1]);
  BOOST_TEST(service.finish(id).progress.processed == 2u);
}

BOOST_AUTO_TEST_CASE(a_node_lives_while_parts_of_its_work_come) {
  auto session = join_cluster();
  for (int i = 0; i < 5; ++i) {
    pass(6s);
    // A late part is a sign of life as well.
    caf::anon_send(joined, atom::done_atom_v, frame{77, 1, false, "part"});
    run();
  }
  BOOST_TEST((state_of_node() == node_state::up));
  pass(6s);
  caf::anon_send(service.actors.cluster, atom::beat_atom_v, session);
  run();
  pass(6s);
  BOOST_TEST((state_of_node() == node_state::up));
  pass(12s);
  BOOST_TEST((state_of_node() == node_state::gone));
}

BOOST_AUTO_TEST_CASE(it_ends_with_the_service) {
  join_pool();
  caf::scoped_actor self{service.system};
  self->monitor(joined);
  caf::anon_send_exit(service.actors.dispatcher, caf::exit_reason::kill);
  run();
  auto has_ended = false;
  self->receive([&](const caf::down_msg&) { has_ended = true; },
                caf::after(0s) >> [] {});
  BOOST_TEST(has_ended);
}

BOOST_AUTO_TEST_SUITE_END()
