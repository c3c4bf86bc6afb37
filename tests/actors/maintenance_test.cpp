// Replay, purge, removal and retention, against a service with real threads.

#include "actors/maintenance/job_removal.hpp"
#include "actors/maintenance/purge.hpp"
#include "actors/maintenance/replay.hpp"
#include "actors/maintenance/retention.hpp"
#include "actors/submission.hpp"
#include "tests/actors/quiet_system.hpp"
#include "tests/actors/service_fixture.hpp"

#include <atomic>
#include <thread>

using namespace batch;
using namespace batch::test;

namespace {

struct threaded_config : caf::actor_system_config {
  threaded_config() { configure(*this); }
};

class threaded_service {
public:
  threaded_service() {
    service_options o;
    o.clock = [this] {
      auto now = this_moment();
      return moment{now.time + skew, now.ticks};
    };
    auto spawned = spawn_service(system, o, store);
    BOOST_REQUIRE(spawned);
    actors = *spawned;
    client = std::make_unique<service_client>(system, actors.supervisor,
                                              std::chrono::seconds{30});
  }

  ~threaded_service() {
    client.reset();
    stop_service(system, actors, std::chrono::seconds{30});
  }

  job_id submit(job_type type, const std::vector<std::string>& items,
                std::string options = {}) {
    submission upload{*client};
    BOOST_REQUIRE(
      upload.open({type, std::move(options), {}, upload_kind::items},
                  item_source::submitted));
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
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    BOOST_FAIL("the job does not end");
    return {};
  }

  job_report run(job_type type, const std::vector<std::string>& items,
                 std::string options = {}) {
    return finish(submit(type, items, std::move(options)));
  }

  size_t open_letters(const letter_filter& filter = {}) {
    size_t count = 0;
    std::string cursor;
    do {
      auto list = list_letters(*store, filter, 100, cursor);
      BOOST_REQUIRE(list);
      count += list->letters.size();
      cursor = list->next_cursor;
    } while (!cursor.empty());
    BOOST_TEST(
      (!filter.is_empty() || read_counters(*store)->dead_letters == count));
    return count;
  }

  replay_outcome replay(const replay_request& request) {
    auto outcome = replay_letters(*store, *client, request);
    BOOST_REQUIRE_MESSAGE(outcome, (outcome ? "" : outcome.error().message));
    return *outcome;
  }

  /// How far the service's clock is ahead.
  std::atomic<time_ms> skew{0};
  threaded_config config;
  test::quiet_system system{config};
  store_ptr store = make_memory_store();
  service actors;
  std::unique_ptr<service_client> client;
};

std::vector<std::string> references(size_t count) {
  std::vector<std::string> items;
  for (size_t i = 0; i < count; ++i)
    items.push_back(R"({"ns":"n","id":")" + std::to_string(i) + "\"}");
  return items;
}

std::vector<std::string> things(size_t count) {
  std::vector<std::string> items;
  for (size_t i = 0; i < count; ++i)
    items.push_back(thing("n", std::to_string(i), static_cast<int>(i)));
  return items;
}

letter_filter of_job(const job_id& id) {
  letter_filter filter;
  filter.job = id;
  return filter;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(maintenance, threaded_service)

BOOST_AUTO_TEST_CASE(letters_are_replayed_once_the_cause_is_mended) {
  auto failed = run(job_type::export_things, references(1000));
  BOOST_TEST(failed.progress.failed == 1000u);
  BOOST_TEST(open_letters() == 1000u);

  replay_request request;
  request.filter.code = ec::no_such_thing;
  request.dry_run = true;
  auto counted = replay(request);
  BOOST_TEST(counted.count == 1000u);
  BOOST_TEST(!counted.job);
  BOOST_TEST(open_letters() == 1000u);

  run(job_type::import_things, things(1000));
  request.dry_run = false;
  auto replayed = replay(request);
  BOOST_TEST(replayed.count == 1000u);
  BOOST_REQUIRE(replayed.job);
  auto report = finish(*replayed.job);
  BOOST_TEST(report.progress.processed == 1000u);
  BOOST_TEST(report.spec.input
             == R"({"deadLetters":{"code":"no_such_thing"}})");
  BOOST_TEST(open_letters() == 0u);
  // The history stays: with the letters, and as the errors of their job.
  auto letter = find_letter(*store, {failed.spec.id, 999});
  BOOST_REQUIRE(letter);
  BOOST_TEST(letter->claimed_by == report.spec.number);
  BOOST_TEST(letter->letter.attempts.count == 1u);
  BOOST_TEST(find_job(*store, failed.spec.id)->errors.size()
             == inline_errors_max);
  BOOST_TEST(replay(request).count == 0u);
}

BOOST_AUTO_TEST_CASE(a_letter_that_fails_again_returns_with_its_history) {
  auto first = run(job_type::export_things, references(3)).spec.id;
  replay_request request;
  request.filter = of_job(first);
  auto second = *replay(request).job;
  finish(second);
  BOOST_TEST(open_letters() == 3u);
  BOOST_TEST(open_letters(of_job(first)) == 0u);
  request.filter = of_job(second);
  auto third = *replay(request).job;
  finish(third);
  auto letter = find_letter(*store, {third, 1});
  BOOST_REQUIRE(letter);
  BOOST_TEST(letter->letter.attempts.count == 3u);
  BOOST_REQUIRE_EQUAL(letter->letter.attempts.kept.size(), 3u);
  BOOST_TEST(letter->letter.origin == to_string(letter_id{second, 1}));
  BOOST_TEST(letter->letter.place.item == 1u);
  BOOST_TEST(letter->letter.place.job
             == find_letter(*store, {first, 1})->at.job);
  BOOST_TEST(letter->letter.payload == R"({"ns":"n","id":"1"})");
}

BOOST_AUTO_TEST_CASE(a_patch_mends_every_payload) {
  auto id = run(job_type::import_things,
                {R"({"ns":"n","id":"a"})", R"({"ns":"n","id":"b","x":1.50})"})
              .spec.id;
  replay_request request;
  request.filter = of_job(id);
  request.patch = R"({"type":"T"})";
  auto report = finish(*replay(request).job);
  BOOST_TEST(report.progress.processed == 2u);
  BOOST_TEST(*find_thing(*store, "n", "b")
             == R"({"ns":"n","id":"b","x":1.50,"type":"T"})");
}

BOOST_AUTO_TEST_CASE(a_replay_leaves_what_newer_jobs_have_written) {
  auto id = run(job_type::import_things, {R"({"ns":"n","id":"a"})"}).spec.id;
  run(job_type::import_things, {thing("n", "a", 2)});
  replay_request request;
  request.filter = of_job(id);
  request.patch = R"({"type":"old"})";
  BOOST_TEST(finish(*replay(request).job).progress.processed == 1u);
  BOOST_TEST(*find_thing(*store, "n", "a") == thing("n", "a", 2));
}

BOOST_AUTO_TEST_CASE(a_replay_must_make_one_job) {
  replay_request request;
  auto empty = replay_letters(*store, *client, request);
  BOOST_REQUIRE(!empty);
  BOOST_TEST(empty.error().code == ec::invalid_request);
  run(job_type::export_things, references(1));
  run(job_type::generate_embeddings, references(1));
  request.filter.ns = "n";
  auto mixed = replay_letters(*store, *client, request);
  BOOST_REQUIRE(!mixed);
  BOOST_TEST(mixed.error().code == ec::conflict);
  run(job_type::export_things, references(1), R"({"maxRetries":1})");
  request.filter.type = job_type::export_things;
  auto differing = replay_letters(*store, *client, request);
  BOOST_REQUIRE(!differing);
  BOOST_TEST(differing.error().code == ec::conflict);
  request.options = R"({"maxRetries":0})";
  BOOST_TEST(finish(*replay(request).job).progress.failed == 2u);
}

BOOST_AUTO_TEST_CASE(purged_letters_stay_the_errors_of_their_job) {
  auto id = run(job_type::export_things, references(2500)).spec.id;
  BOOST_TEST(!purge_letters(*store, *client, {}, false));
  BOOST_TEST(*purge_letters(*store, *client, of_job(id), true) == 2500u);
  BOOST_TEST(open_letters() == 2500u);
  BOOST_TEST(*purge_letters(*store, *client, of_job(id), false) == 2500u);
  BOOST_TEST(open_letters() == 0u);
  auto letter = find_letter(*store, {id, 2499});
  BOOST_REQUIRE(letter);
  BOOST_TEST(letter->letter.purged);
  BOOST_TEST(letter->letter.payload == "");
  BOOST_TEST(find_job(*store, id)->errors.size() == inline_errors_max);
}

BOOST_AUTO_TEST_CASE(letters_are_grouped_by_what_went_wrong) {
  run(job_type::export_things, references(5));
  run(job_type::import_things, {"1", "2", R"({"ns":""})"});
  auto by_code = group_letters(*store, {}, letter_grouping::code);
  BOOST_REQUIRE(by_code);
  BOOST_REQUIRE_EQUAL(by_code->size(), 2u);
  BOOST_TEST((*by_code)[0].code == ec::no_such_thing);
  BOOST_TEST((*by_code)[0].count == 5u);
  BOOST_TEST((*by_code)[0].samples.size() == 3u);
  BOOST_TEST((*by_code)[1].count == 3u);
  auto by_cause = group_letters(*store, {}, letter_grouping::fingerprint);
  BOOST_REQUIRE(by_cause);
  BOOST_TEST(by_cause->size() == 3u);
}

BOOST_AUTO_TEST_CASE(letters_are_listed_in_pages_by_filter) {
  run(job_type::export_things, references(250));
  run(job_type::import_things, {R"({"ns":"m"})"});
  letter_filter filter;
  filter.ns = "n";
  BOOST_TEST(open_letters(filter) == 250u);
  filter.ns = "m";
  BOOST_TEST(open_letters(filter) == 1u);
  filter = {};
  filter.type = job_type::generate_embeddings;
  BOOST_TEST(open_letters(filter) == 0u);
  filter = {};
  filter.before = 1;
  BOOST_TEST(open_letters(filter) == 0u);
  filter = {};
  filter.after = now_ms() - 60'000;
  BOOST_TEST(open_letters(filter) == 251u);
}

BOOST_AUTO_TEST_CASE(a_removed_job_leaves_nothing_but_a_tombstone) {
  run(job_type::import_things, things(1));
  auto before = *read_counters(*store);
  auto job = run(job_type::export_things, references(300));
  BOOST_TEST(remove_job(*store, *client, job.spec.id, now_ms()).has_value());
  auto gone = find_job(*store, job.spec.id);
  BOOST_REQUIRE(!gone);
  BOOST_TEST(gone.error().code == ec::job_gone);
  BOOST_TEST((*find_last_status(*store, job.spec.id) == job_status::failed));
  auto again = remove_job(*store, *client, job.spec.id, now_ms());
  BOOST_REQUIRE(!again);
  BOOST_TEST(again.error().code == ec::job_gone);
  auto after = *read_counters(*store);
  BOOST_TEST(after.jobs == before.jobs, boost::test_tools::per_element());
  BOOST_TEST(after.items == before.items);
  BOOST_TEST(after.dead_letters == 0u);
  BOOST_TEST(after.kept_items == before.kept_items);
  auto [from, to] = keys::of_job(job.spec.number);
  for (auto f : {family::results, family::dead, family::marks, family::chunks})
    BOOST_TEST(store->scan(nullptr, f, from, to, {}, 1)->empty());
}

BOOST_AUTO_TEST_CASE(a_job_that_runs_is_not_removed) {
  auto id = submit(job_type::export_things, references(1),
                   R"({"delaySeconds":1000})");
  auto removed = remove_job(*store, *client, id, now_ms());
  BOOST_REQUIRE(!removed);
  BOOST_TEST(removed.error().code == ec::conflict);
  job_order cancel;
  cancel.what = job_order::kind::cancel;
  BOOST_TEST(client->order(id, cancel).has_value());
  BOOST_TEST(remove_job(*store, *client, id, now_ms()).has_value());
}

BOOST_AUTO_TEST_CASE(old_jobs_and_their_tombstones_go_in_time) {
  auto old = run(job_type::import_things, things(10)).spec.id;
  retention_options limits;
  limits.age = std::chrono::hours{24};
  constexpr time_ms day = 24 * 3600 * 1000;
  BOOST_TEST(*sweep(*store, *client, limits, now_ms()) == 0u);
  BOOST_TEST(*sweep(*store, *client, limits, now_ms() + day + 1000) == 1u);
  BOOST_TEST(find_job(*store, old).error().code == ec::job_gone);
  BOOST_TEST(*sweep(*store, *client, limits, now_ms() + 7 * day) == 0u);
  BOOST_TEST(find_job(*store, old).error().code == ec::job_gone);
  BOOST_TEST(*sweep(*store, *client, limits, now_ms() + 9 * day) == 0u);
  BOOST_TEST(find_job(*store, old).error().code == ec::no_such_job);
}

BOOST_AUTO_TEST_CASE(of_too_many_items_the_oldest_jobs_go) {
  std::vector<job_id> ids;
  for (int i = 0; i < 5; ++i)
    ids.push_back(run(job_type::import_things, things(10)).spec.id);
  retention_options limits;
  limits.items = 25;
  BOOST_TEST(*sweep(*store, *client, limits, now_ms()) == 3u);
  BOOST_TEST(!find_job(*store, ids[2]));
  BOOST_TEST(find_job(*store, ids[3]).has_value());
  BOOST_TEST(read_counters(*store)->kept_items == 20u);
}

BOOST_AUTO_TEST_CASE(letters_come_back_when_a_replay_breaks_off) {
  auto id = run(job_type::export_things, references(250)).spec.id;
  {
    submission upload{*client};
    BOOST_REQUIRE(
      upload.open({job_type::export_things, {}, {}, upload_kind::letters},
                  item_source::dead_letters));
    letter_cursor letters{*store, nullptr,
                          keys::of_job(find_job(*store, id)->spec.number)};
    for (auto x = letters.next(); x && *x; x = letters.next())
      BOOST_REQUIRE(upload.add_letter((*x)->letter.payload, (*x)->at));
    // Meanwhile nobody else may touch them.
    auto busy = purge_letters(*store, *client, of_job(id), false);
    BOOST_REQUIRE(!busy);
    BOOST_TEST(busy.error().code == ec::conflict);
  }
  for (int i = 0; i < 10'000; ++i) {
    auto purged = purge_letters(*store, *client, of_job(id), true);
    if (purged) {
      BOOST_TEST(*purged == 250u);
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  BOOST_TEST(open_letters() == 250u);
}

BOOST_AUTO_TEST_SUITE_END()
