// What a node's gateway does over a link, and what is left when that breaks.
#include "actors/cluster/gate.hpp"

#include "actors/maintenance/job_removal.hpp"
#include "actors/maintenance/purge.hpp"
#include "actors/maintenance/replay.hpp"
#include "storage/keys.hpp"
#include "tests/actors/cluster/link_fixture.hpp"

using namespace batch;
using namespace batch::test;

namespace {

using namespace std::chrono_literals;

std::string thing(const std::string& id, size_t content_bytes = 0) {
  return R"({"ns":"n","id":")" + id + R"(","type":"T","data":{"v":1.10},)"
         + R"("content":")" + std::string(content_bytes, 'x') + "\"}";
}

std::vector<std::string> long_things(size_t count, size_t content_bytes) {
  std::vector<std::string> items;
  for (size_t i = 0; i < count; ++i)
    items.push_back(thing(std::to_string(i), content_bytes));
  return items;
}

std::vector<std::string> references(size_t count) {
  std::vector<std::string> items;
  for (size_t i = 0; i < count; ++i)
    items.push_back(R"({"ns":"n","id":"none )" + std::to_string(i) + "\"}");
  return items;
}

std::string export_of(const store_reader_ptr& store, export_format format) {
  export_request request;
  request.ns = "n";
  request.format = format;
  auto begun = begin_export(store, request);
  BOOST_REQUIRE_MESSAGE(begun, (begun ? "" : begun.error().message));
  std::string text;
  for (;;) {
    auto more = begun->stream->read(text);
    BOOST_REQUIRE_MESSAGE(more, (more ? "" : more.error().message));
    if (!*more)
      return text;
  }
}

template <class T>
ec code_of(const expected<T>& x) {
  BOOST_REQUIRE(!x);
  return x.error().code;
}

/// Opens an upload and adds items until some of them are in the store.
void fill(submission& upload, const coordinator_side& coordinator) {
  auto opened
    = upload.open({job_type::import_things, {}, {}}, item_source::submitted);
  BOOST_REQUIRE(opened);
  auto item = thing("x", 10'000);
  for (int i = 0; i < 300; ++i)
    BOOST_REQUIRE(upload.add(item));
  BOOST_REQUIRE(
    eventually([&] { return coordinator.has_rows(family::chunks); }));
}

/// Adds items until that fails.
ec add_until_failure(submission& upload) {
  auto item = thing("x", 10'000);
  for (int i = 0; i < 1000; ++i)
    if (auto added = upload.add(item); !added)
      return added.error().code;
  BOOST_FAIL("nothing fails");
  return {};
}

/// Whether the SUPERVISOR would let another one change dead letters.
bool letters_are_free(coordinator_side& coordinator) {
  service_client client{coordinator.system, coordinator.actors.supervisor, 30s};
  job_request request;
  request.kind = upload_kind::ticket;
  auto opened = client.open(request);
  if (opened)
    client.abandon(opened->number);
  return opened.has_value();
}

struct silent_supervisor_state {
  std::vector<caf::response_promise> owed;
};

/// Opens nothing, and never says so.
command_actor::behavior_type
silent_supervisor(command_actor::stateful_pointer<silent_supervisor_state> self,
                  std::shared_ptr<std::atomic<bool>> asked) {
  auto refuse = [] { return caf::result<void>{caf::sec::unexpected_message}; };
  return {
    [=](atom::admit_atom) { return refuse(); },
    [=](atom::open_atom, const job_request_ptr&) -> caf::result<job_ticket> {
      auto answer = self->make_response_promise<job_ticket>();
      self->state.owed.push_back(answer);
      *asked = true;
      return answer;
    },
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
  };
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(gate_test, linked_fixture)

BOOST_AUTO_TEST_CASE(
  a_job_of_many_blocks_runs_and_reads_as_at_the_coordinator) {
  auto id = node->submit(job_type::import_things, long_things(5000, 1000));
  auto report = node->finish(id);
  BOOST_TEST(report.progress.status == job_status::completed);
  BOOST_TEST(report.progress.processed == 5000u);
  BOOST_TEST(read_counters(*node->reader)->items == 5000u);
  BOOST_TEST(!coordinator->has_rows(family::chunks));
  for (auto format :
       {export_format::json, export_format::ndjson, export_format::csv}) {
    auto there = export_of(coordinator->store, format);
    BOOST_TEST(there.size() > 5'000'000u);
    BOOST_TEST((export_of(node->reader, format) == there));
  }
  BOOST_TEST(coordinator->watched->largest_limit <= remote_page_bytes_max);
}

BOOST_AUTO_TEST_CASE(commands_and_their_refusals_come_as_from_the_SUPERVISOR) {
  BOOST_TEST(node->client->put_thing("n", "a", thing("a")).has_value());
  BOOST_TEST(export_of(node->reader, export_format::ndjson)
             == thing("a") + "\n");
  BOOST_TEST(node->client->erase_thing("n", "a").has_value());
  BOOST_TEST(code_of(node->client->erase_thing("n", "a")) == ec::no_such_thing);
  BOOST_TEST(node->client->admit().has_value());
  auto refused
    = node->client->open({job_type::import_things, R"({"priority":99})", {}});
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().code == ec::invalid_option);
  BOOST_TEST(refused.error().pointer == "/options/priority");
  BOOST_TEST(code_of(node->client->order(make_job_id(), {}))
             == ec::no_such_job);
  auto id = node->submit(job_type::import_things, things(1),
                         R"({"delaySeconds":3600})");
  BOOST_TEST(node->client->order(id, {job_order::kind::cancel}).has_value());
  BOOST_TEST(node->finish(id).progress.state == job_state::cancelled);
  BOOST_TEST(code_of(node->client->order(id, {job_order::kind::pause}))
             == ec::conflict);
}

BOOST_AUTO_TEST_CASE(a_key_that_was_used_is_answered_over_the_link_as_well) {
  auto accept = [&](const std::string& fingerprint) {
    submission upload{*node->client};
    BOOST_REQUIRE(
      upload.open({job_type::import_things, {}, {}}, item_source::submitted));
    BOOST_REQUIRE(upload.add(thing("a")));
    return upload.close("key", fingerprint);
  };
  auto first = accept("f");
  BOOST_REQUIRE(first);
  auto again = accept("f");
  BOOST_REQUIRE(again);
  BOOST_TEST(again->replayed);
  BOOST_TEST((again->id == first->id));
  BOOST_TEST(code_of(accept("other")) == ec::idempotency_mismatch);
}

BOOST_AUTO_TEST_CASE(a_snapshot_shows_what_was_there_until_it_goes) {
  BOOST_REQUIRE(node->client->put_thing("n", "a", thing("a")));
  auto view = node->reader->take_snapshot();
  BOOST_REQUIRE(node->client->put_thing("n", "b", thing("b")));
  auto count = [&](const snapshot_ptr& of) {
    auto rows = node->reader->scan(of, family::things, {}, {}, {}, 1 << 20);
    BOOST_REQUIRE(rows);
    return rows->size();
  };
  BOOST_TEST(count(view) == 1u);
  BOOST_TEST(count(node->reader->take_snapshot()) == 2u);
  BOOST_TEST(count(nullptr) == 2u);
  BOOST_TEST(count(view) == 1u);
  view.reset();
  BOOST_TEST(
    eventually([&] { return !coordinator->watched->holds_snapshot(); }));
}

BOOST_AUTO_TEST_CASE(pages_and_values_come_in_messages_of_a_size) {
  std::vector<std::string> keys;
  for (int i = 0; i < 20; ++i) {
    auto id = std::to_string(i);
    BOOST_REQUIRE(node->client->put_thing("n", id, thing(id, 300'000)));
    keys.push_back(keys::named("n", id));
  }
  // More keys than one message asks for, and more bytes than one answers.
  for (int i = 0; i < 600; ++i)
    keys.push_back(keys::named("n", "none " + std::to_string(i)));
  auto values = node->reader->get_many(family::things, keys);
  BOOST_REQUIRE(values);
  BOOST_REQUIRE_EQUAL(values->size(), keys.size());
  BOOST_TEST((*values == *coordinator->store->get_many(family::things, keys)));
  BOOST_TEST(node->reader->get_many(family::things, {})->empty());

  auto rows = node->reader->scan(nullptr, family::things, {}, {}, {}, 64 << 20);
  BOOST_REQUIRE(rows);
  BOOST_TEST(rows->more);
  BOOST_TEST(rows->bytes() <= remote_page_bytes_max + 301'000);
}

BOOST_AUTO_TEST_CASE(letters_are_replayed_and_purged_and_jobs_removed) {
  auto id = node->submit(job_type::export_things, references(50));
  BOOST_TEST(node->finish(id).progress.failed == 50u);
  letter_filter filter;
  filter.job = id;
  replay_request replay{filter, {}, {}, false};
  auto again = replay_letters(*node->reader, *node->client, replay);
  BOOST_REQUIRE_MESSAGE(again, (again ? "" : again.error().message));
  BOOST_TEST(again->count == 50u);
  BOOST_TEST(node->finish(*again->job).progress.failed == 50u);
  filter.job = *again->job;
  auto purged = purge_letters(*node->reader, *node->client, filter, false);
  BOOST_REQUIRE(purged);
  BOOST_TEST(*purged == 50u);
  BOOST_TEST(read_counters(*coordinator->store)->dead_letters == 0u);
  BOOST_TEST(
    remove_job(*node->reader, *node->client, id, now_ms()).has_value());
  BOOST_TEST(code_of(find_job(*node->reader, id)) == ec::job_gone);
  BOOST_TEST(letters_are_free(*coordinator));
}

BOOST_AUTO_TEST_CASE(a_backup_is_refused_with_whom_to_ask) {
  auto made = node->reader->backup("/nowhere");
  BOOST_REQUIRE(!made);
  BOOST_TEST(made.error().code == ec::conflict);
  BOOST_TEST(made.error().message.find("127.0.0.1:1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(when_the_gate_ends_nothing_is_left_of_its_node) {
  submission upload{*node->client};
  fill(upload, *coordinator);
  auto view = node->reader->take_snapshot();
  job_request request;
  request.kind = upload_kind::ticket;
  BOOST_REQUIRE(node->client->open(request));
  BOOST_TEST(!letters_are_free(*coordinator));
  BOOST_TEST(coordinator->watched->holds_snapshot());
  BOOST_TEST(node->reader->health().writable);

  coordinator->end_gate();
  BOOST_TEST(
    eventually([&] { return !coordinator->has_rows(family::chunks); }));
  BOOST_TEST(eventually([&] { return letters_are_free(*coordinator); }));
  BOOST_TEST(!coordinator->watched->holds_snapshot());
  BOOST_REQUIRE(eventually([&] { return !node->link->is_linked(); }));
  BOOST_TEST(code_of(node->reader->get(family::jobs, "k"))
             == ec::coordinator_unreachable);
  BOOST_TEST(!node->reader->health().writable);

  // Over a new link the old upload and the old snapshot are no more.
  node->join(*coordinator);
  BOOST_TEST(add_until_failure(upload) == ec::coordinator_unreachable);
  BOOST_TEST(code_of(upload.close()) == ec::coordinator_unreachable);
  BOOST_TEST(code_of(node->reader->scan(view, family::jobs, {}, {}, {}, 1))
             == ec::coordinator_unreachable);
  BOOST_TEST(node->reader->health().writable);
  BOOST_TEST(node->finish(node->submit(job_type::import_things, things(3)))
               .progress.processed
             == 3u);
}

BOOST_AUTO_TEST_CASE(when_the_node_ends_its_gate_ends_and_drops_everything) {
  {
    submission upload{*node->client};
    fill(upload, *coordinator);
    auto view = node->reader->take_snapshot();
    BOOST_TEST(coordinator->watched->holds_snapshot());
    // As a kill: neither the upload nor the snapshot says goodbye.
    node->link->clear();
  }
  BOOST_TEST(coordinator->has_rows(family::chunks));
  node.reset();
  BOOST_TEST(
    eventually([&] { return !coordinator->has_rows(family::chunks); }));
  BOOST_TEST(
    eventually([&] { return !coordinator->watched->holds_snapshot(); }));
  caf::scoped_actor self{coordinator->system};
  self->wait_for(coordinator->gate);
  coordinator->gate = nullptr;
}

BOOST_AUTO_TEST_CASE(when_the_coordinator_is_lost_calls_say_so_at_once) {
  submission upload{*node->client};
  fill(upload, *coordinator);
  auto view = node->reader->take_snapshot();
  auto kept = coordinator->store;
  coordinator.reset();
  BOOST_REQUIRE(eventually([&] { return !node->link->is_linked(); }));
  BOOST_TEST(add_until_failure(upload) == ec::coordinator_unreachable);
  BOOST_TEST(code_of(upload.close()) == ec::coordinator_unreachable);
  BOOST_TEST(code_of(node->client->admit()) == ec::coordinator_unreachable);
  BOOST_TEST(code_of(node->reader->scan(view, family::jobs, {}, {}, {}, 1))
             == ec::coordinator_unreachable);
  auto got = node->reader->get(family::jobs, "k");
  BOOST_REQUIRE(!got);
  BOOST_TEST(got.error().message.find("127.0.0.1:1") != std::string::npos);
  auto health = node->reader->health();
  BOOST_TEST(!health.writable);
  BOOST_TEST(health.message == got.error().message);
  export_request request;
  request.ns = "n";
  BOOST_TEST(code_of(begin_export(node->reader, request))
             == ec::coordinator_unreachable);

  // What was not accepted is dropped at the next start; then all is as ever.
  coordinator.emplace(kept);
  BOOST_TEST(!coordinator->has_rows(family::chunks));
  node->join(*coordinator);
  auto id = node->submit(job_type::import_things, things(10));
  BOOST_TEST(node->finish(id).progress.processed == 10u);
}

BOOST_AUTO_TEST_CASE(an_export_breaks_off_with_its_link) {
  node->finish(node->submit(job_type::import_things, long_things(3000, 1000)));
  export_request request;
  request.ns = "n";
  request.format = export_format::ndjson;
  auto begun = begin_export(node->reader, request);
  BOOST_REQUIRE(begun);
  std::string text;
  BOOST_TEST(*begun->stream->read(text));
  node->link->clear();
  expected<bool> more = true;
  while (more && *more)
    more = begun->stream->read(text);
  BOOST_TEST(code_of(more) == ec::coordinator_unreachable);
  BOOST_TEST(text.size() < 3'000'000u);
}

BOOST_AUTO_TEST_CASE(when_the_SUPERVISOR_ends_so_does_the_gate) {
  caf::scoped_actor self{coordinator->system};
  self->send_exit(coordinator->actors.supervisor,
                  caf::exit_reason::user_shutdown);
  self->wait_for(coordinator->gate);
  coordinator->gate = nullptr;
  BOOST_TEST(eventually([&] { return !node->link->is_linked(); }));
}

BOOST_AUTO_TEST_CASE(when_the_SUPERVISOR_ends_no_gate_waits_for_its_answer) {
  auto asked = std::make_shared<std::atomic<bool>>(false);
  auto& system = coordinator->system;
  auto supervisor = system.spawn(silent_supervisor, asked);
  auto node_actor = system.spawn(idle_node);
  auto gate = spawn_gate(system, {}, coordinator->watched, supervisor,
                         caf::actor_cast<caf::actor>(node_actor));
  caf::scoped_actor self{system};
  self->monitor(gate);
  caf::anon_send(gate, atom::open_atom_v,
                 std::make_shared<const job_request>());
  BOOST_REQUIRE(eventually([&] { return asked->load(); }));
  caf::anon_send_exit(supervisor, caf::exit_reason::kill);
  auto has_ended = false;
  self->receive([&](const caf::down_msg&) { has_ended = true; },
                caf::after(30s) >> [] {});
  BOOST_TEST(has_ended);
  caf::anon_send_exit(node_actor, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(a_message_that_cannot_be_read_harms_nobody) {
  auto gate = node->system.middleman().remote_actor<gate_actor>(
    "127.0.0.1", *coordinator->system.middleman().publish(coordinator->gate, 0,
                                                          "127.0.0.1"));
  BOOST_REQUIRE(gate);
  caf::scoped_actor self{node->system};
  auto is_understood = [&](auto kind_of_answer, auto... message) {
    bool understood = false;
    self->request(*gate, 30s, message...)
      .receive([&](const decltype(kind_of_answer)&) { understood = true; },
               [&](const caf::error& why) {
                 understood = why != caf::sec::unexpected_message;
               });
    return understood;
  };
  job_request no_type;
  no_type.type = static_cast<job_type>(77);
  BOOST_TEST(!is_understood(job_ticket{}, atom::open_atom_v,
                            std::make_shared<const job_request>(no_type)));
  BOOST_TEST(
    !is_understood(job_ticket{}, atom::open_atom_v, job_request_ptr{}));
  scan_request no_family;
  no_family.family = static_cast<family>(200);
  BOOST_TEST(!is_understood(page_ptr{}, atom::scan_atom_v,
                            std::make_shared<const scan_request>(no_family)));
  auto good = std::make_shared<const scan_request>();
  BOOST_TEST(is_understood(page_ptr{}, atom::scan_atom_v, good));
  BOOST_TEST(node->client->admit().has_value());
}

BOOST_AUTO_TEST_CASE(a_node_holds_so_many_snapshots_and_no_more) {
  std::vector<snapshot_ptr> views;
  for (size_t i = 0; i < link_snapshots_max; ++i)
    views.push_back(node->reader->take_snapshot());
  auto is_good = [&](const snapshot_ptr& view) {
    return node->reader->scan(view, family::jobs, {}, {}, {}, 1).has_value();
  };
  BOOST_TEST(is_good(views.back()));
  auto one_more = node->reader->take_snapshot();
  BOOST_TEST(code_of(node->reader->scan(one_more, family::jobs, {}, {}, {}, 1))
             == ec::overloaded);
  views.pop_back();
  BOOST_TEST(is_good(node->reader->take_snapshot()));
}

BOOST_AUTO_TEST_SUITE_END()
