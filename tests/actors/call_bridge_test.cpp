#include "actors/call_bridge.hpp"

#include "actors/interfaces.hpp"
#include "actors/service.hpp"
#include "actors/submission.hpp"
#include "tests/actors/quiet_system.hpp"
#include "tests/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

using namespace batch;

namespace {

using namespace std::chrono_literals;

/// Answers what its number says, when it is told to.
using keeper_actor
  = caf::typed_actor<caf::replies_to<atom::get_atom, uint64_t>::with<uint64_t>,
                     caf::reacts_to<atom::release_atom, uint64_t>>;

/// What a keeper has heard, for who looks from outside.
struct heard {
  std::atomic<size_t> asked{0};
  std::atomic<uint64_t> told{0};
};

struct keeper_state {
  std::deque<std::pair<uint64_t, caf::typed_response_promise<uint64_t>>> owed;
};

/// Keeps its answers until it is told of a release.
keeper_actor::behavior_type
keeper(keeper_actor::stateful_pointer<keeper_state> self,
       std::shared_ptr<heard> in) {
  return {
    [self, in](atom::get_atom, uint64_t x) -> caf::result<uint64_t> {
      auto promise = self->make_response_promise<uint64_t>();
      self->state.owed.emplace_back(x, promise);
      ++in->asked;
      return promise;
    },
    [self, in](atom::release_atom, uint64_t count) {
      in->told += count;
      for (; count > 0 && !self->state.owed.empty(); --count) {
        auto [x, promise] = self->state.owed.front();
        self->state.owed.pop_front();
        promise.deliver(x);
      }
    },
  };
}

const error nobody{ec::coordinator_unreachable, "nobody is there"};

struct bridge_fixture {
  struct config : caf::actor_system_config {
    config() { configure(*this); }
  };

  ~bridge_fixture() {
    bridge.reset();
    if (target)
      caf::anon_send_exit(target, caf::exit_reason::user_shutdown);
  }

  call_bridge& make(size_t window = SIZE_MAX,
                    std::chrono::milliseconds deadline = 30s) {
    bridge.emplace(system, call_bridge_options{deadline, window, nobody});
    return *bridge;
  }

  keeper_actor spawn_keeper() {
    ears = std::make_shared<heard>();
    target = system.spawn(keeper, ears);
    return target;
  }

  answer<uint64_t> ask(uint64_t x, size_t bytes = 40 << 10) {
    return bridge->ask<keeper_actor, uint64_t>(bytes, atom::get_atom_v, x);
  }

  /// Waits until as many calls have come to the target.
  void await_asked(size_t count) {
    for (int i = 0; i < 30'000 && ears->asked < count; ++i)
      std::this_thread::sleep_for(1ms);
    BOOST_REQUIRE_EQUAL(ears->asked.load(), count);
  }

  void release(uint64_t count) {
    bridge->tell<keeper_actor>(atom::release_atom_v, count);
  }

  config cfg;
  test::quiet_system system{cfg};
  std::optional<call_bridge> bridge;
  keeper_actor target;
  std::shared_ptr<heard> ears;
};

ec code_of(const expected<uint64_t>& x) {
  BOOST_REQUIRE(!x);
  return x.error().code;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(call_bridge_test, bridge_fixture)

BOOST_AUTO_TEST_CASE(answers_go_to_who_has_asked_in_any_order) {
  make().set(caf::actor_cast<caf::actor>(spawn_keeper()));
  auto first = ask(1), second = ask(2);
  await_asked(2);
  BOOST_TEST(bridge->is_set());
  release(2);
  BOOST_TEST(*bridge->wait(std::move(second)) == 2u);
  BOOST_TEST(*bridge->wait(std::move(first)) == 1u);
}

BOOST_AUTO_TEST_CASE(without_a_target_nobody_waits) {
  make();
  BOOST_TEST(!bridge->is_set());
  auto answered = bridge->wait(ask(1));
  BOOST_REQUIRE(!answered);
  BOOST_TEST((answered.error() == nobody));
  release(1);
  bridge->set(caf::actor_cast<caf::actor>(spawn_keeper()));
  auto pending = ask(1);
  await_asked(1);
  bridge->clear();
  BOOST_TEST(code_of(bridge->wait(std::move(pending))) == nobody.code);
  BOOST_TEST(code_of(bridge->wait(ask(2))) == nobody.code);
  BOOST_TEST(ears->asked == 1u);
  BOOST_TEST(ears->told == 0u);
}

BOOST_AUTO_TEST_CASE(when_the_target_ends_all_are_told_at_once) {
  make(80 << 10).set(caf::actor_cast<caf::actor>(spawn_keeper()));
  std::vector<answer<uint64_t>> pending;
  for (uint64_t x = 0; x < 5; ++x)
    pending.push_back(ask(x));
  await_asked(2);
  caf::anon_send_exit(target, caf::exit_reason::user_shutdown);
  for (auto& x : pending)
    BOOST_TEST(code_of(bridge->wait(std::move(x))) == nobody.code);
  BOOST_TEST(!bridge->is_set());
}

BOOST_AUTO_TEST_CASE(a_new_target_does_not_answer_for_the_old_one) {
  make().set(caf::actor_cast<caf::actor>(spawn_keeper()));
  auto old_target = target;
  auto old = ask(1);
  await_asked(1);
  bridge->set(caf::actor_cast<caf::actor>(spawn_keeper()));
  BOOST_TEST(code_of(bridge->wait(std::move(old))) == nobody.code);
  auto pending = ask(2);
  await_asked(1);
  // The end of the old one is no matter any more.
  caf::anon_send_exit(old_target, caf::exit_reason::user_shutdown);
  release(1);
  BOOST_TEST(*bridge->wait(std::move(pending)) == 2u);
  BOOST_TEST(bridge->is_set());
}

BOOST_AUTO_TEST_CASE(no_more_is_on_its_way_than_the_window_holds) {
  make(100 << 10).set(caf::actor_cast<caf::actor>(spawn_keeper()));
  std::vector<answer<uint64_t>> pending;
  for (uint64_t x = 0; x < 6; ++x)
    pending.push_back(ask(x));
  auto large = ask(6, 1 << 20);
  await_asked(2);
  // A small one needs no room.
  pending.push_back(ask(7, 100));
  await_asked(3);
  for (size_t asked : {4, 5}) {
    release(1);
    await_asked(asked);
  }
  release(1);
  BOOST_TEST(*bridge->wait(std::move(pending.back())) == 7u);
  BOOST_TEST(ears->asked == 5u);
  for (size_t asked : {6, 7}) {
    release(1);
    await_asked(asked);
  }
  // The large one goes alone.
  release(1);
  BOOST_TEST(*bridge->wait(std::move(pending[4])) == 4u);
  BOOST_TEST(ears->asked == 7u);
  release(1);
  await_asked(8);
  release(1);
  BOOST_TEST(*bridge->wait(std::move(large)) == 6u);
}

BOOST_AUTO_TEST_CASE(a_call_that_waited_too_long_is_never_sent) {
  make(1 << 10, 50ms).set(caf::actor_cast<caf::actor>(spawn_keeper()));
  // The second may be sent when the first one has timed out. The third one
  // could be sent only when both have, and is too old then.
  auto first = ask(1), second = ask(2), third = ask(3);
  for (auto pending : {&first, &second, &third})
    BOOST_TEST(code_of(bridge->wait(std::move(*pending))) == ec::overloaded);
  std::this_thread::sleep_for(150ms);
  BOOST_TEST(ears->asked <= 2u);
}

BOOST_AUTO_TEST_CASE(the_end_of_the_bridge_leaves_nobody_waiting) {
  make().set(caf::actor_cast<caf::actor>(spawn_keeper()));
  auto pending = ask(1);
  await_asked(1);
  bridge.reset();
  BOOST_CHECK_THROW(pending.get(), std::future_error);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// What a SUPERVISOR was sent of uploads.
struct sent_blocks {
  std::mutex mutex;
  std::vector<size_t> bytes;
};

/// Takes every upload and keeps nothing of it but sizes.
command_actor::behavior_type
measuring_supervisor(command_actor::pointer, std::shared_ptr<sent_blocks> to) {
  auto note = [to](size_t bytes) {
    std::lock_guard guard{to->mutex};
    to->bytes.push_back(bytes);
  };
  return {
    [](atom::admit_atom) -> caf::result<void> { return caf::unit; },
    [](atom::open_atom, const job_request_ptr&) {
      return job_ticket{1, chunk_items_default, {}};
    },
    [note](atom::append_atom, uint64_t,
           const commit_unit_ptr& unit) -> caf::result<void> {
      note(to_wire(*unit).size());
      return caf::unit;
    },
    [note](atom::close_atom, const job_closing_ptr& closing) {
      note(to_wire(*closing).size());
      return job_acceptance{};
    },
    [](atom::abandon_atom, uint64_t) {},
    [](atom::order_atom, const job_id&, const order_ptr&) -> caf::result<void> {
      return caf::unit;
    },
    [](atom::put_atom, const std::string&, const std::string&,
       const std::string&) -> caf::result<void> { return caf::unit; },
    [](atom::erase_atom, const std::string&,
       const std::string&) -> caf::result<void> { return caf::unit; },
  };
}

} // namespace

BOOST_AUTO_TEST_CASE(blocks_for_another_node_fit_into_one_message_each) {
  bridge_fixture::config config;
  test::quiet_system system{config};
  auto measured = std::make_shared<sent_blocks>();
  auto supervisor = system.spawn(measuring_supervisor, measured);
  {
    auto bridge = std::make_shared<call_bridge>(system, call_bridge_options{});
    bridge->set(caf::actor_cast<caf::actor>(supervisor));
    service_client client{bridge, remote_share_bytes_max};
    for (size_t item_bytes : {10, 1000, 10'000, 300'000}) {
      auto item = "\"" + std::string(item_bytes, 'x') + "\"";
      submission upload{client};
      BOOST_REQUIRE(upload.open({job_type::transform_data, {}, {}},
                                item_source::submitted));
      for (size_t bytes = 0; bytes < 5 << 20; bytes += item.size())
        BOOST_REQUIRE(upload.add(item));
      BOOST_REQUIRE(upload.close());
      for (auto bytes : measured->bytes)
        BOOST_TEST(bytes <= wire_bytes_max + item_bytes);
      BOOST_TEST(measured->bytes.size() >= 5u);
      measured->bytes.clear();
    }
  }
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
}
