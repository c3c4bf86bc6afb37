#include "actors/api/service_role.hpp"

#include "tests/actors/api/api_fixture.hpp"

using namespace batch;
using namespace batch::test;

BOOST_FIXTURE_TEST_SUITE(api_jobs_test, api_service)

BOOST_AUTO_TEST_CASE(a_job_is_made_found_and_counted) {
  auto job = import_of({thing("n", "a", 1), R"({"ns":"n"})"});
  job.lines = thing("n", "b", 2) + "\nno JSON\n" + thing("n", "c", 3);
  job.options = R"( {"labels":{"k":"v"},"priority":3} )";
  auto accepted = create(job);
  BOOST_TEST(!accepted.replayed);
  BOOST_TEST(accepted.warnings.empty());
  auto ended = finish(accepted.id);
  BOOST_TEST(ended.id == accepted.id);
  BOOST_TEST(ended.type == "import-things");
  BOOST_TEST((ended.status == job_status::failed));
  BOOST_TEST((ended.state == job_state::failed));
  BOOST_TEST(ended.total == 5u);
  BOOST_TEST(ended.processed == 3u);
  BOOST_TEST(ended.failed == 2u);
  BOOST_TEST(ended.priority == 3);
  BOOST_TEST(ended.options == R"({"labels":{"k":"v"},"priority":3})");
  BOOST_TEST((ended.created_at <= ended.finished_at));
  BOOST_REQUIRE_EQUAL(ended.errors.size(), 2u);
  BOOST_TEST(ended.errors[0].index == 1u);
  BOOST_TEST((ended.errors[0].code == ec::invalid_item));
  BOOST_TEST(ended.errors[0].attempts == 1u);
  BOOST_TEST(ended.errors[1].index == 3u);
  BOOST_TEST((ended.errors[1].code == ec::invalid_json));
  auto stats = ask<service_stats>(atom::stats_atom_v);
  BOOST_REQUIRE(stats);
  BOOST_TEST(stats->total == 1u);
  BOOST_TEST(stats->failed == 1u);
  BOOST_TEST(stats->items == 5u);
  BOOST_TEST(stats->dead_letters == 2u);
  BOOST_TEST(stats->success_percent() == 0.0);
  BOOST_TEST(stats->by_type.at("import-things").items_processed == 3u);
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_none) {
  for (auto id : {"018f4e2a-7c3d-7b1e-9a55-0242ac120002", "", "no id"}) {
    auto found
      = ask<caf::optional<job_info>>(atom::find_atom_v, std::string{id});
    BOOST_REQUIRE(found);
    BOOST_TEST(!*found);
  }
  auto thing = ask<caf::optional<thing_text>>(
    atom::find_atom_v, std::string{"n"}, std::string{""});
  BOOST_REQUIRE(thing);
  BOOST_TEST(!*thing);
}

BOOST_AUTO_TEST_CASE(a_job_that_cannot_be_one_is_refused_whole) {
  struct fault {
    new_job job;
    ec code;
    std::string pointer;
  };
  new_job no_type;
  no_type.type = "make-coffee";
  auto bad_item = import_of({thing("n", "a"), "{"});
  auto bad_option = import_of({});
  bad_option.options = R"({"chunkSize":0})";
  auto no_json = import_of({});
  no_json.options = "{";
  auto no_object = import_of({});
  no_object.input = "[]";
  auto unknown = import_of({});
  unknown.options = R"({"colour":"red"})";
  unknown.strict = true;
  auto two_sources = import_of({R"({"ns":"n","id":"a"})"});
  two_sources.type = "export-things";
  two_sources.input = R"({"ns":"n"})";
  auto long_key = import_of({});
  long_key.idempotency_key = std::string(256, 'k');
  auto too_long = import_of({});
  too_long.lines = std::string(rpc_bytes_max, '\n');
  for (const auto& x : {
         fault{no_type, ec::invalid_job, "/type"},
         fault{bad_item, ec::invalid_json, "/items/1"},
         fault{bad_option, ec::invalid_option, "/options/chunkSize"},
         fault{no_json, ec::invalid_json, "/options"},
         fault{no_object, ec::invalid_job, "/input"},
         fault{unknown, ec::invalid_option, "/options"},
         fault{two_sources, ec::invalid_job, "/items"},
         fault{long_key, ec::invalid_request, ""},
         fault{too_long, ec::body_too_large, ""},
       }) {
    auto refused = ask<job_accepted>(atom::create_atom_v, x.job);
    BOOST_TEST(failed_with(refused, x.code), to_string(x.code));
    if (!refused)
      BOOST_TEST(refused.error().pointer == x.pointer);
  }
  auto stats = ask<service_stats>(atom::stats_atom_v);
  BOOST_REQUIRE(stats);
  BOOST_TEST(stats->total == 0u);
}

BOOST_AUTO_TEST_CASE(unknown_options_are_warned_of) {
  auto job = import_of({thing("n", "a")});
  job.options = R"({"colour":"red"})";
  auto accepted = create(job);
  BOOST_REQUIRE_EQUAL(accepted.warnings.size(), 1u);
  BOOST_TEST(accepted.warnings[0].find("colour") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_same_key_answers_the_same_job) {
  auto job = import_of({thing("n", "a")});
  job.idempotency_key = "k";
  auto first = create(job);
  auto again = create(job);
  BOOST_TEST(again.replayed);
  BOOST_TEST(again.id == first.id);
  job.items[0] = thing("n", "b");
  BOOST_TEST(failed_with(ask<job_accepted>(atom::create_atom_v, job),
                         ec::idempotency_mismatch));
}

BOOST_AUTO_TEST_CASE(a_job_takes_its_items_from_a_namespace) {
  run(import_of({thing("n", "a", 1), thing("n", "b", 2)}));
  new_job job;
  job.type = "export-things";
  job.input = R"({"ns":"n"})";
  auto ended = run(job);
  BOOST_TEST(ended.total == 2u);
  BOOST_TEST(ended.processed == 2u);
}

BOOST_AUTO_TEST_CASE(jobs_are_listed_newest_first_and_in_pages) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    auto job = import_of({thing("n", "a")});
    job.options = i == 1 ? R"({"labels":{"k":"v"}})" : "";
    ids.push_back(run(job).id);
  }
  job_query query;
  query.limit = 2;
  auto first = ask<job_page>(atom::list_atom_v, query);
  BOOST_REQUIRE(first);
  BOOST_REQUIRE_EQUAL(first->jobs.size(), 2u);
  BOOST_TEST(first->jobs[0].id == ids[2]);
  BOOST_TEST(first->jobs[1].id == ids[1]);
  query.cursor = first->next_cursor;
  auto second = ask<job_page>(atom::list_atom_v, query);
  BOOST_REQUIRE(second);
  BOOST_REQUIRE_EQUAL(second->jobs.size(), 1u);
  BOOST_TEST(second->jobs[0].id == ids[0]);
  BOOST_TEST(second->next_cursor.empty());
  query = {};
  query.labels["k"] = "v";
  query.type = "import-things";
  query.status = job_status::completed;
  query.state = job_state::succeeded;
  auto labelled = ask<job_page>(atom::list_atom_v, query);
  BOOST_REQUIRE(labelled);
  BOOST_REQUIRE_EQUAL(labelled->jobs.size(), 1u);
  BOOST_TEST(labelled->jobs[0].id == ids[1]);
}

BOOST_AUTO_TEST_CASE(lists_that_make_no_sense_are_refused) {
  job_query none, many, no_type, no_cursor;
  none.limit = 0;
  many.limit = 501;
  no_type.type = "X";
  no_cursor.cursor = "x";
  for (const auto& query : {none, many, no_type, no_cursor})
    BOOST_TEST(failed_with(ask<job_page>(atom::list_atom_v, query),
                           ec::invalid_request));
}

BOOST_AUTO_TEST_CASE(open_jobs_obey) {
  auto job = import_of({thing("n", "a")});
  job.options = R"({"delaySeconds":3600})";
  auto id = create(job).id;
  auto paused = ask<job_info>(atom::pause_atom_v, id);
  BOOST_REQUIRE(paused);
  BOOST_TEST((paused->state == job_state::paused));
  job_change change;
  change.priority = 7;
  change.concurrency = 2u;
  auto changed = ask<job_info>(atom::change_atom_v, id, change);
  BOOST_REQUIRE(changed);
  BOOST_TEST(changed->priority == 7);
  BOOST_TEST(changed->concurrency == 2u);
  auto resumed = ask<job_info>(atom::resume_atom_v, id);
  BOOST_REQUIRE(resumed);
  BOOST_TEST((resumed->state == job_state::scheduled));
  BOOST_TEST(failed_with(ask<void>(atom::erase_atom_v, id), ec::conflict));
  BOOST_TEST(
    failed_with(ask<job_accepted>(atom::retry_atom_v, id), ec::conflict));
  auto cancelled = ask<job_info>(atom::cancel_atom_v, id, true);
  BOOST_REQUIRE(cancelled);
  auto ended = finish(id);
  BOOST_TEST((ended.state == job_state::cancelled));
  BOOST_TEST(ended.not_started == 1u);
  BOOST_TEST(failed_with(ask<job_info>(atom::pause_atom_v, id), ec::conflict));
  BOOST_TEST(ask<void>(atom::erase_atom_v, id).has_value());
  auto gone = ask<caf::optional<job_info>>(atom::find_atom_v, id);
  BOOST_REQUIRE(gone);
  BOOST_TEST(!*gone);
}

BOOST_AUTO_TEST_CASE(changes_that_make_no_sense_are_refused) {
  job_change nothing, priority, concurrency;
  priority.priority = 11;
  concurrency.concurrency = 0u;
  for (const auto& change : {nothing, priority, concurrency})
    BOOST_TEST(
      failed_with(ask<job_info>(atom::change_atom_v, std::string{"x"}, change),
                  ec::invalid_request));
  BOOST_TEST(failed_with(ask<job_info>(atom::pause_atom_v, std::string{"x"}),
                         ec::no_such_job));
}

BOOST_AUTO_TEST_CASE(what_has_failed_is_tried_again_and_purged) {
  new_job job;
  job.type = "export-things";
  job.items = {R"({"ns":"n","id":"late"})", R"({"ns":"n","id":"never"})"};
  auto failed = run(job);
  BOOST_TEST(failed.failed == 2u);
  BOOST_TEST(ask<void>(atom::put_atom_v, thing("n", "late")).has_value());

  letter_query of_job;
  of_job.job = failed.id;
  of_job.code = ec::no_such_thing;
  auto page = ask<letter_page>(atom::letters_atom_v, of_job);
  BOOST_REQUIRE(page);
  BOOST_REQUIRE_EQUAL(page->letters.size(), 2u);
  BOOST_TEST(page->letters[0].id == failed.id + ".0");
  BOOST_TEST(page->letters[0].payload == job.items[0]);
  letter_replay replay;
  replay.letters = of_job;
  replay.dry_run = true;
  auto counted = ask<letters_replayed>(atom::replay_atom_v, replay);
  BOOST_REQUIRE(counted);
  BOOST_TEST(counted->count == 2u);
  BOOST_TEST(counted->job.empty());

  auto retried = ask<job_accepted>(atom::retry_atom_v, failed.id);
  BOOST_REQUIRE(retried);
  auto second = finish(retried->id);
  BOOST_TEST(second.processed == 1u);
  BOOST_TEST(second.failed == 1u);
  BOOST_TEST(failed_with(ask<job_accepted>(atom::retry_atom_v, failed.id),
                         ec::conflict));

  replay = {};
  replay.letters.ids = {second.id + ".1"};
  replay.patch = R"({"id":"late"})";
  auto mended = ask<letters_replayed>(atom::replay_atom_v, replay);
  BOOST_REQUIRE(mended);
  BOOST_TEST(finish(mended->job).processed == 1u);
  letter_query all;
  BOOST_TEST(
    failed_with(ask<uint64_t>(atom::purge_atom_v, all), ec::invalid_request));
  all.type = "export-things";
  auto purged = ask<uint64_t>(atom::purge_atom_v, all);
  BOOST_REQUIRE(purged);
  BOOST_TEST(*purged == 0u);
}

BOOST_AUTO_TEST_CASE(things_are_put_found_and_erased) {
  BOOST_TEST(ask<void>(atom::put_atom_v, thing("n", "a", 1)).has_value());
  auto stored = ask<caf::optional<thing_text>>(
    atom::find_atom_v, std::string{"n"}, std::string{"a"});
  BOOST_REQUIRE(stored);
  BOOST_REQUIRE(*stored);
  BOOST_TEST((*stored)->json == thing("n", "a", 1));
  BOOST_TEST(
    failed_with(ask<void>(atom::put_atom_v, std::string{R"({"ns":"n"})"}),
                ec::invalid_item));
  BOOST_TEST(failed_with(ask<void>(atom::put_atom_v, std::string{"{"}),
                         ec::invalid_json));
  BOOST_TEST(failed_with(ask<void>(atom::put_atom_v, std::string(2 << 20, ' ')),
                         ec::item_too_large));
  auto erase = [&] {
    return ask<void>(atom::erase_atom_v, std::string{"n"}, std::string{"a"});
  };
  BOOST_TEST(erase().has_value());
  BOOST_TEST(failed_with(erase(), ec::no_such_thing));
}

BOOST_AUTO_TEST_SUITE_END()
