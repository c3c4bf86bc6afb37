#include "actors/api/service_role.hpp"

#include "storage/hostile_store.hpp"
#include "tests/actors/api/api_fixture.hpp"

using namespace batch;
using namespace batch::test;

namespace {

/// Why an actor has ended.
caf::error wait_for_end(caf::scoped_actor& self, const service_actor& whom) {
  self->monitor(whom);
  caf::error reason;
  self->receive([&](const caf::down_msg& down) { reason = down.reason; });
  return reason;
}

} // namespace

BOOST_AUTO_TEST_SUITE(api_service_role_test)

BOOST_AUTO_TEST_CASE(an_exit_message_ends_all_in_order) {
  auto store = make_memory_store();
  std::weak_ptr<batch::store> observed = store;
  {
    api_service service{std::move(store)};
    service.store.reset();
    service.core = {};
    service.create(import_of({thing("n", "a")}));
    caf::anon_send_exit(service.handle, caf::exit_reason::user_shutdown);
    BOOST_TEST((wait_for_end(service.self, service.handle)
                == caf::exit_reason::user_shutdown));
    // Nobody holds the store any more, though the handle is still there.
    wait_until([&] { return observed.expired(); });
    BOOST_TEST(failed_with(service.ask<service_stats>(atom::stats_atom_v),
                           ec::shutting_down));
  }
}

BOOST_AUTO_TEST_CASE(the_end_ends_uploads_streams_and_subscriptions) {
  api_service service;
  auto upload = service.ask<upload_actor>(atom::upload_atom_v, import_of({}));
  export_query query;
  query.ns = "n";
  auto source = service.ask<block_source_actor>(atom::export_atom_v, query);
  BOOST_REQUIRE((upload && source));
  service.stop();
  service.self->wait_for(*upload, *source);
}

BOOST_AUTO_TEST_CASE(
  what_was_not_done_at_the_end_is_done_after_the_next_start) {
  auto store = make_memory_store();
  std::string id;
  {
    api_service first{store};
    auto job = import_of({thing("n", "a")});
    job.options = R"({"delaySeconds":1})";
    id = first.create(job).id;
  }
  api_service second{store};
  BOOST_TEST(second.finish(id).processed == 1u);
}

BOOST_AUTO_TEST_CASE(a_service_that_is_killed_leaves_nothing_running) {
  auto store = make_memory_store();
  std::weak_ptr<batch::store> observed = store;
  api_service service{std::move(store)};
  service.store.reset();
  service.core = {};
  service.create(import_of({thing("n", "a")}));
  caf::anon_send_exit(service.handle, caf::exit_reason::kill);
  wait_for_end(service.self, service.handle);
  wait_until([&] { return observed.expired(); });
}

BOOST_AUTO_TEST_CASE(a_service_that_cannot_write_ends_and_says_why) {
  auto store = make_hostile_store({});
  api_service service{store};
  store->depose();
  BOOST_TEST(!service.ask<void>(atom::put_atom_v, thing("n", "a")));
  auto why = wait_for_end(service.self, service.handle);
  BOOST_TEST((code_of(why) == ec::storage_failure));
}

BOOST_AUTO_TEST_CASE(who_wants_to_join_is_heard_by_the_cluster) {
  api_service alone;
  caf::actor node{alone.self};
  caf::error why;
  alone.self
    ->request(alone.handle, 30s, atom::join_atom_v, std::string{"a"}, node)
    .receive([](const std::string&, const caf::actor&,
                const caf::actor&) { BOOST_FAIL("that was no hello"); },
             [&](const caf::error& x) { why = x; });
  BOOST_TEST((code_of(why) == ec::invalid_request));
  BOOST_TEST(message_of(why).find("hello") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
