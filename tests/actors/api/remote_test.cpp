// The same handle over the network: every message of the interface makes the
// way there and back.

#include "actors/api/service_role.hpp"

#include "tests/actors/api/api_fixture.hpp"

#include <caf/io/all.hpp>

using namespace batch;
using namespace batch::test;

namespace {

struct network_config : api_config {
  network_config() { load<caf::io::middleman>(); }
};

/// A service, and a client in another actor system.
struct remote_fixture {
  remote_fixture() {
    auto spawned = spawn_service(server, service_options{}, store);
    BOOST_REQUIRE(spawned);
    local = api::spawn_service_role(server, *spawned, store, small_api());
    auto port = server.middleman().publish(local, 0, "127.0.0.1");
    BOOST_REQUIRE(port);
    auto found
      = client.middleman().remote_actor<service_actor>("127.0.0.1", *port);
    BOOST_REQUIRE_MESSAGE(found, (found ? "" : client.render(found.error())));
    handle = *found;
  }

  ~remote_fixture() {
    handle = service_actor{};
    BOOST_TEST(!stop_service(server, local, 60s));
  }

  template <class T, class... Message>
  expected<T> ask(const Message&... message) {
    return test::ask<T>(self, handle, message...);
  }

  job_info finish(const std::string& id) {
    job_info job;
    wait_until([&] {
      auto found = ask<caf::optional<job_info>>(atom::find_atom_v, id);
      BOOST_REQUIRE((found && *found));
      job = **found;
      return job.has_ended();
    });
    return job;
  }

  std::string read_all(const expected<block_source_actor>& source) {
    BOOST_REQUIRE_MESSAGE(source, (source ? "" : source.error().message));
    std::string bytes;
    for (;;) {
      auto block = test::ask<byte_block>(self, *source, atom::next_atom_v);
      BOOST_REQUIRE_MESSAGE(block, (block ? "" : block.error().message));
      bytes += block->bytes;
      if (block->last)
        return bytes;
    }
  }

  store_ptr store = make_memory_store();
  network_config server_config;
  network_config client_config;
  caf::actor_system server{server_config};
  service_actor local;
  caf::actor_system client{client_config};
  service_actor handle;
  caf::scoped_actor self{client};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(api_remote_test, remote_fixture)

BOOST_AUTO_TEST_CASE(jobs_make_the_way_there_and_back) {
  auto job = import_of({thing("n", "a", 1), "{}"});
  job.options = R"({"colour":"red","labels":{"k":"v"}})";
  auto accepted = ask<job_accepted>(atom::create_atom_v, job);
  BOOST_REQUIRE_MESSAGE(accepted, (accepted ? "" : accepted.error().message));
  BOOST_TEST(accepted->warnings.size() == 1u);
  auto ended = finish(accepted->id);
  BOOST_TEST(ended.processed == 1u);
  BOOST_TEST(ended.options == job.options);
  BOOST_REQUIRE_EQUAL(ended.errors.size(), 1u);
  BOOST_TEST((ended.errors[0].code == ec::invalid_item));
  auto none = ask<caf::optional<job_info>>(atom::find_atom_v, std::string{});
  BOOST_REQUIRE(none);
  BOOST_TEST(!*none);
  job_query query;
  query.state = job_state::failed;
  query.labels["k"] = "v";
  auto page = ask<job_page>(atom::list_atom_v, query);
  BOOST_REQUIRE(page);
  BOOST_TEST(page->jobs.size() == 1u);
  auto stats = ask<service_stats>(atom::stats_atom_v);
  BOOST_REQUIRE(stats);
  BOOST_TEST(stats->by_type.at("import-things").items_failed == 1u);
}

BOOST_AUTO_TEST_CASE(orders_and_errors_make_the_way_there_and_back) {
  auto job = import_of({thing("n", "a")});
  job.options = R"({"delaySeconds":3600})";
  auto id = ask<job_accepted>(atom::create_atom_v, job).value().id;
  BOOST_TEST(ask<job_info>(atom::pause_atom_v, id).has_value());
  BOOST_TEST(ask<job_info>(atom::resume_atom_v, id).has_value());
  job_change change;
  change.priority = -3;
  auto changed = ask<job_info>(atom::change_atom_v, id, change);
  BOOST_REQUIRE(changed);
  BOOST_TEST(changed->priority == -3);
  BOOST_TEST(ask<job_info>(atom::cancel_atom_v, id, false).has_value());
  finish(id);
  auto refused = ask<job_accepted>(atom::retry_atom_v, id);
  BOOST_REQUIRE(failed_with(refused, ec::conflict));
  BOOST_TEST(refused.error().message
             == "the job has no failed items that were not retried or purged "
                "already");
  BOOST_TEST(ask<void>(atom::erase_atom_v, id).has_value());
}

BOOST_AUTO_TEST_CASE(uploads_and_streams_make_the_way_there_and_back) {
  auto upload = ask<upload_actor>(atom::upload_atom_v, import_of({}));
  BOOST_REQUIRE_MESSAGE(upload, (upload ? "" : upload.error().message));
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(test::ask<void>(self, *upload, atom::append_atom_v,
                               thing("n", std::to_string(i), i) + "\n")
                 .has_value());
  auto accepted = test::ask<job_accepted>(self, *upload, atom::close_atom_v);
  BOOST_REQUIRE(accepted);
  BOOST_TEST(finish(accepted->id).processed == 10u);
  export_query query;
  query.ns = "n";
  auto text = read_all(ask<block_source_actor>(atom::export_atom_v, query));
  BOOST_TEST(std::ranges::count(text, '\n') == 10);
  auto results
    = read_all(ask<block_source_actor>(atom::results_atom_v, accepted->id));
  BOOST_TEST(std::ranges::count(results, '\n') == 10);
  BOOST_TEST(
    read_all(ask<block_source_actor>(atom::errors_atom_v, accepted->id)) == "");
}

BOOST_AUTO_TEST_CASE(things_and_letters_make_the_way_there_and_back) {
  BOOST_TEST(ask<void>(atom::put_atom_v, thing("n", "a")).has_value());
  auto stored = ask<caf::optional<thing_text>>(
    atom::find_atom_v, std::string{"n"}, std::string{"a"});
  BOOST_REQUIRE((stored && *stored));
  BOOST_TEST((*stored)->json == thing("n", "a"));
  BOOST_TEST(ask<void>(atom::erase_atom_v, std::string{"n"}, std::string{"a"})
               .has_value());
  auto id
    = ask<job_accepted>(atom::create_atom_v, import_of({"{}"})).value().id;
  finish(id);
  letter_query query;
  query.job = id;
  query.code = ec::invalid_item;
  query.after = caf::timestamp{};
  auto letters = ask<letter_page>(atom::letters_atom_v, query);
  BOOST_REQUIRE_MESSAGE(letters, (letters ? "" : letters.error().message));
  BOOST_TEST(letters->letters.size() == 1u);
  letter_replay replay;
  replay.letters = query;
  replay.dry_run = true;
  auto counted = ask<letters_replayed>(atom::replay_atom_v, replay);
  BOOST_REQUIRE(counted);
  BOOST_TEST(counted->count == 1u);
  BOOST_TEST((ask<uint64_t>(atom::purge_atom_v, query) == 1u));
}

BOOST_AUTO_TEST_CASE(workers_of_ones_own_work_wherever_they_are) {
  auto job = import_of({"1", "2"});
  job.type = "double-it";
  BOOST_TEST(
    failed_with(ask<job_accepted>(atom::create_atom_v, job), ec::invalid_job));
  auto worker = client.spawn(
    [](foreign_worker_actor::pointer) -> foreign_worker_actor::behavior_type {
      return {[](atom::work_atom, const foreign_work& work) {
        std::vector<foreign_result> results;
        for (const auto& item : work.items)
          results.push_back(item.text == "2"
                              ? foreign_result::rejected(item.offset, "no two")
                              : foreign_result::done(item.offset, "[1,1]"));
        return results;
      }};
    });
  BOOST_TEST(
    ask<void>(atom::enlist_atom_v, job.type, worker, uint32_t{1}).has_value());
  auto accepted = ask<job_accepted>(atom::create_atom_v, job);
  BOOST_REQUIRE_MESSAGE(accepted, (accepted ? "" : accepted.error().message));
  auto ended = finish(accepted->id);
  BOOST_TEST(ended.type == "double-it");
  BOOST_TEST(ended.processed == 1u);
  BOOST_REQUIRE_EQUAL(ended.errors.size(), 1u);
  BOOST_TEST((ended.errors[0].code == ec::rejected));
  job_query query;
  query.type = job.type;
  auto page = ask<job_page>(atom::list_atom_v, query);
  BOOST_REQUIRE(page);
  BOOST_TEST(page->jobs.size() == 1u);
  letter_query letters;
  letters.type = job.type;
  auto failed = ask<letter_page>(atom::letters_atom_v, letters);
  BOOST_REQUIRE(failed);
  BOOST_TEST(failed->letters.size() == 1u);
  auto stats = ask<service_stats>(atom::stats_atom_v);
  BOOST_REQUIRE(stats);
  BOOST_TEST(stats->by_type.at("custom").jobs == 1u);
  BOOST_TEST(failed_with(
    ask<void>(atom::enlist_atom_v, std::string{"No"}, worker, uint32_t{1}),
    ec::invalid_request));
  self->send_exit(worker, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(listeners_are_told_wherever_they_are) {
  auto id = ask<job_accepted>(atom::create_atom_v, import_of({thing("n", "a")}))
              .value()
              .id;
  auto listener = client.spawn(
    [id](job_listener_actor::pointer me) -> job_listener_actor::behavior_type {
      return {[me, id](atom::event_atom, const job_event& event) {
        BOOST_TEST(event.job.id == id);
        if (event.last)
          me->quit();
      }};
    });
  BOOST_TEST(ask<void>(atom::subscribe_atom_v, id, listener).has_value());
  self->wait_for(listener);
}

BOOST_AUTO_TEST_CASE(a_lost_client_loses_its_uploads_and_streams_only) {
  {
    network_config other_config;
    caf::actor_system other{other_config};
    auto port = server.middleman().publish(local, 0, "127.0.0.1");
    BOOST_REQUIRE(port);
    auto found
      = other.middleman().remote_actor<service_actor>("127.0.0.1", *port);
    BOOST_REQUIRE(found);
    // One that links itself to the service takes it for its own.
    auto careless = other.spawn([service = *found](caf::event_based_actor* me) {
      me->link_to(service);
      return caf::behavior{[](atom::tick_atom) {}};
    });
    caf::scoped_actor guest{other};
    for (int i = 0; i < 2; ++i)
      BOOST_TEST(test::ask<upload_actor>(guest, *found, atom::upload_atom_v,
                                         import_of({}))
                   .has_value());
    BOOST_TEST(failed_with(
      ask<upload_actor>(atom::upload_atom_v, import_of({})), ec::overloaded));
    guest->send_exit(careless, caf::exit_reason::user_shutdown);
  }
  wait_until([&] {
    return ask<upload_actor>(atom::upload_atom_v, import_of({})).has_value();
  });
}

BOOST_AUTO_TEST_SUITE_END()
