#include "actors/api/watcher.hpp"

#include "tests/actors/api/api_fixture.hpp"

#include <mutex>

using namespace batch;
using namespace batch::test;

namespace {

/// What a listener was told.
class told_events {
public:
  void add(const job_event& event) {
    std::lock_guard guard{mutex_};
    events_.push_back(event);
  }

  std::vector<job_event> all() const {
    std::lock_guard guard{mutex_};
    return events_;
  }

  bool is_over() const {
    auto events = all();
    return !events.empty() && events.back().last;
  }

private:
  mutable std::mutex mutex_;
  std::vector<job_event> events_;
};
using told_events_ptr = std::shared_ptr<told_events>;

job_listener_actor::behavior_type listener(job_listener_actor::pointer,
                                           told_events_ptr told) {
  return {
    [told](atom::event_atom, const job_event& event) { told->add(event); }};
}

/// Answers the first event only when it is woken.
using slow_listener_actor
  = job_listener_actor::extend<caf::reacts_to<atom::flush_atom>>;

struct slow_listener_state {
  done_promise answer;
};

slow_listener_actor::behavior_type
slow_listener(slow_listener_actor::stateful_pointer<slow_listener_state> self,
              told_events_ptr told) {
  return {
    [=](atom::event_atom, const job_event& event) -> caf::result<void> {
      told->add(event);
      if (told->all().size() > 1)
        return caf::unit;
      self->state.answer = self->make_response_promise<void>();
      return self->state.answer;
    },
    [=](atom::flush_atom) { fulfil(self->state.answer); },
  };
}

job_listener_actor::behavior_type refusing_listener(job_listener_actor::pointer,
                                                    told_events_ptr told) {
  return {
    [told](atom::event_atom, const job_event& event) -> caf::result<void> {
      told->add(event);
      return make_error(ec::invalid_request, "no more of that");
    }};
}

struct watcher_fixture : api_service {
  using api_service::api_service;

  expected<void> subscribe(const std::string& id,
                           const job_listener_actor& to) {
    return ask<void>(atom::subscribe_atom_v, id, to);
  }

  void end(const job_listener_actor& x) {
    self->send_exit(x, caf::exit_reason::user_shutdown);
    self->wait_for(x);
  }

  /// A job that begins when it is resumed.
  std::string waiting_job() {
    auto job = import_of({thing("n", "a"), "{}"});
    job.options = R"({"delaySeconds":3600})";
    return create(job).id;
  }

  void cancel(const std::string& id) {
    BOOST_TEST(ask<job_info>(atom::cancel_atom_v, id, false).has_value());
  }

  told_events_ptr told = std::make_shared<told_events>();
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(api_watcher_test, watcher_fixture)

BOOST_AUTO_TEST_CASE(a_listener_hears_of_each_change_and_of_the_end) {
  auto id = waiting_job();
  auto to = system.spawn(listener, told);
  BOOST_TEST(subscribe(id, to).has_value());
  wait_until([&] { return told->all().size() == 1; });
  BOOST_TEST((told->all()[0].job.state == job_state::scheduled));
  BOOST_TEST(!told->all()[0].last);
  BOOST_TEST(ask<job_info>(atom::pause_atom_v, id).has_value());
  wait_until([&] { return told->all().size() == 2; });
  BOOST_TEST((told->all()[1].job.state == job_state::paused));
  cancel(id);
  wait_until([&] { return told->is_over(); });
  auto last = told->all().back().job;
  BOOST_TEST(last.id == id);
  BOOST_TEST((last.state == job_state::cancelled));
  BOOST_TEST(last.not_started == 2u);
  end(to);
}

BOOST_AUTO_TEST_CASE(of_a_job_that_has_ended_there_is_one_event) {
  auto id = run(import_of({thing("n", "a"), "{}"})).id;
  auto to = system.spawn(listener, told);
  BOOST_TEST(subscribe(id, to).has_value());
  wait_until([&] { return told->is_over(); });
  auto events = told->all();
  BOOST_REQUIRE_EQUAL(events.size(), 1u);
  BOOST_TEST(events[0].job.processed == 1u);
  BOOST_TEST(events[0].job.errors.size() == 1u);
  end(to);
}

BOOST_AUTO_TEST_CASE(the_next_event_waits_for_the_answer_to_the_one_before) {
  auto id = waiting_job();
  auto to = system.spawn(slow_listener, told);
  BOOST_TEST(subscribe(id, to).has_value());
  wait_until([&] { return told->all().size() == 1; });
  // Another listener shows that the changes are seen.
  auto others = std::make_shared<told_events>();
  auto other = system.spawn(listener, others);
  BOOST_TEST(subscribe(id, other).has_value());
  BOOST_TEST(ask<job_info>(atom::pause_atom_v, id).has_value());
  cancel(id);
  wait_until([&] { return others->is_over(); });
  BOOST_TEST(told->all().size() == 1u);
  self->send(to, atom::flush_atom_v);
  wait_until([&] { return told->is_over(); });
  BOOST_TEST(told->all().size() == 2u);
  end(to);
  end(other);
}

BOOST_AUTO_TEST_CASE(an_error_ends_a_subscription) {
  auto id = waiting_job();
  auto to = system.spawn(refusing_listener, told);
  auto others = std::make_shared<told_events>();
  auto other = system.spawn(listener, others);
  BOOST_TEST(subscribe(id, to).has_value());
  BOOST_TEST(subscribe(id, other).has_value());
  wait_until([&] { return told->all().size() == 1; });
  cancel(id);
  wait_until([&] { return others->is_over(); });
  BOOST_TEST(told->all().size() == 1u);
  end(to);
  end(other);
}

BOOST_AUTO_TEST_CASE(subscriptions_are_bounded_and_end_with_their_listener) {
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i)
    ids.push_back(waiting_job());
  auto to = system.spawn(listener, told);
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(subscribe(ids[i], to).has_value());
    // Once more makes no difference.
    BOOST_TEST(subscribe(ids[i], to).has_value());
  }
  auto other = system.spawn(listener, told);
  BOOST_TEST(failed_with(subscribe(ids[3], other), ec::overloaded));
  end(to);
  wait_until([&] { return subscribe(ids[3], other).has_value(); });
  end(other);
  for (const auto& id : ids)
    cancel(id);
}

BOOST_AUTO_TEST_CASE(nobody_can_subscribe_to_what_is_no_job) {
  auto to = system.spawn(listener, told);
  for (const auto& id :
       {std::string{"x"}, std::string{"018f4e2a-7c3d-7b1e-9a55-0242ac120002"}})
    BOOST_TEST(failed_with(subscribe(id, to), ec::no_such_job));
  BOOST_TEST(
    failed_with(subscribe("x", job_listener_actor{}), ec::invalid_request));
  end(to);
}

BOOST_AUTO_TEST_SUITE_END()
