// How many reads go over a link at one time.
#include "actors/cluster/remote_store.hpp"

#include "tests/actors/cluster/real_service.hpp"

#include <atomic>
#include <functional>

using namespace batch;
using namespace batch::test;

namespace {

/// Reads that a GATE was asked for.
struct counted_reads {
  std::atomic<size_t> asked{0};
};

struct silent_gate_state {
  std::vector<caf::response_promise> owed;
};

/// Counts what it is asked to read, and never answers.
gate_actor::behavior_type
silent_gate(gate_actor::stateful_pointer<silent_gate_state> self,
            std::shared_ptr<counted_reads> in) {
  auto refuse = [] { return caf::result<void>{caf::sec::unexpected_message}; };
  return {
    [=](atom::admit_atom) { return refuse(); },
    [](atom::open_atom, const job_request_ptr&) { return job_ticket{}; },
    [=](atom::append_atom, uint64_t, const commit_unit_ptr&) {
      return refuse();
    },
    [](atom::close_atom, const job_closing_ptr&) { return job_acceptance{}; },
    [](atom::abandon_atom, uint64_t) {},
    [=](atom::order_atom, const job_id&, const order_ptr&) { return refuse(); },
    [=](atom::put_atom, const std::string&, const std::string&,
        const std::string&) { return refuse(); },
    [=](atom::erase_atom, const std::string&, const std::string&) {
      return refuse();
    },
    [=](atom::get_atom,
        const rows_request_ptr&) -> caf::result<found_rows_ptr> {
      auto answer = self->make_response_promise<found_rows_ptr>();
      self->state.owed.push_back(answer);
      ++in->asked;
      return answer;
    },
    [=](atom::scan_atom, const scan_request_ptr&) -> caf::result<page_ptr> {
      auto answer = self->make_response_promise<page_ptr>();
      self->state.owed.push_back(answer);
      ++in->asked;
      return answer;
    },
    [=](atom::snapshot_atom, uint64_t) { return refuse(); },
    [](atom::release_atom, uint64_t) {},
    [](atom::status_atom) { return store_status{}; },
    [](atom::search_atom, const search_request_ptr&) {
      return std::make_shared<const search_answer>();
    },
  };
}

struct remote_store_fixture {
  struct settings : caf::actor_system_config {
    settings() { configure(*this); }
  };

  remote_store_fixture() {
    coordinator_link_options o;
    o.coordinator = "127.0.0.1:1";
    o.window_bytes = 1 << 20;
    link = std::make_shared<coordinator_link>(system, o);
    reader = make_remote_store_reader(link);
  }

  /// How many of twenty reads are on their way at one time.
  size_t at_one_time(const std::function<void()>& read) {
    auto in = std::make_shared<counted_reads>();
    auto gate = system.spawn(silent_gate, in);
    link->set(gate);
    BOOST_REQUIRE(eventually([&] { return link->is_linked(); }));
    std::vector<std::thread> readers;
    for (int i = 0; i < 20; ++i)
      readers.emplace_back(read);
    BOOST_TEST(eventually([&] { return in->asked > 0; }));
    // Those beyond the window wait; this one overtakes them.
    std::this_thread::sleep_for(200ms);
    BOOST_TEST(reader->health().writable);
    caf::anon_send_exit(gate, caf::exit_reason::user_shutdown);
    for (auto& x : readers)
      x.join();
    return in->asked;
  }

  settings config;
  caf::actor_system system{config};
  coordinator_link_ptr link;
  store_reader_ptr reader;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(remote_store_test, remote_store_fixture)

BOOST_AUTO_TEST_CASE(a_read_counts_for_about_what_it_may_bring) {
  BOOST_TEST(at_one_time([&] {
               static_cast<void>(
                 reader->scan(nullptr, family::things, {}, {}, {}, 64 << 20));
             })
             == 2u);
  BOOST_TEST(at_one_time([&] {
               static_cast<void>(
                 reader->scan(nullptr, family::things, {}, {}, {}, 1000));
             })
             == 16u);
  BOOST_TEST(
    at_one_time([&] { static_cast<void>(reader->get(family::jobs, "key")); })
    == 16u);
  std::vector<std::string> keys(300, "key");
  BOOST_TEST(at_one_time(
               [&] { static_cast<void>(reader->get_many(family::jobs, keys)); })
             == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
