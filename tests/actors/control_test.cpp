// What can be ordered of jobs, and when they begin, through a whole service.

#include "codecs/record.hpp"
#include "storage/hostile_store.hpp"
#include "tests/actors/service_fixture.hpp"

#include <atomic>

using namespace batch;
using namespace batch::test;

namespace {

/// Works on nothing until it is told to.
class closed_gate : public worker {
public:
  explicit closed_gate(std::shared_ptr<bool> is_open)
    : is_open_(std::move(is_open)) {}

  void run(const loaded_work& work, outcome_builder& out) override {
    for_each_item(work, out, [&](const work_item& item) {
      if (*is_open_)
        out.succeed(item, item.text);
      else
        out.throttle(item, "closed", std::chrono::seconds{1});
    });
  }

private:
  std::shared_ptr<bool> is_open_;
};

struct gated_service {
  std::shared_ptr<bool> is_open = std::make_shared<bool>(false);
  virtual_service service;

  explicit gated_service(store_ptr store = make_memory_store())
    : service(std::move(store), options(is_open)) {}

  static service_options options(std::shared_ptr<bool> is_open) {
    auto o = small_service();
    o.workers = builtin_workers(nullptr);
    o.workers[job_type::transform_data]
      = [is_open] { return std::make_unique<closed_gate>(is_open); };
    return o;
  }

  /// A job whose items wait at the gate.
  job_id blocked(std::string options = R"({"chunkSize":10})") {
    auto id
      = service.submit(job_type::transform_data,
                       std::vector<std::string>(100, "1"), std::move(options));
    BOOST_REQUIRE_MESSAGE(id, (id ? "" : id.error().message));
    return *id;
  }
};

job_order order(job_order::kind what) {
  job_order x;
  x.what = what;
  return x;
}

ec code_of_order(expected<void> x) {
  BOOST_REQUIRE(!x);
  return x.error().code;
}

std::string after(const job_id& id) {
  return R"({"after":[")" + to_string(id) + R"("]})";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(control, gated_service)

BOOST_AUTO_TEST_CASE(a_paused_job_stands_still_also_over_a_restart) {
  auto id = blocked();
  BOOST_TEST(service.order(id, order(job_order::kind::pause)).has_value());
  auto paused = service.report(id);
  BOOST_TEST(paused.progress.state == job_state::paused);
  BOOST_TEST(paused.progress.status == job_status::processing);
  gated_service next{service.store};
  *next.is_open = true;
  for (int i = 0; i < 20; ++i) {
    next.service.scheduler.run();
    next.service.scheduler.advance_time(std::chrono::seconds{10});
  }
  BOOST_TEST(next.service.report(id).progress.state == job_state::paused);
  BOOST_TEST(
    next.service.order(id, order(job_order::kind::resume)).has_value());
  BOOST_TEST(next.service.finish(id).progress.processed == 100u);
}

BOOST_AUTO_TEST_CASE(a_cancelled_job_ends_with_what_was_done) {
  auto id = blocked();
  BOOST_TEST(service.order(id, order(job_order::kind::cancel)).has_value());
  auto ended = service.finish(id);
  BOOST_TEST(ended.progress.state == job_state::cancelled);
  BOOST_TEST(ended.progress.status == job_status::failed);
  BOOST_TEST(ended.progress.done() + ended.progress.not_started == 100u);
  BOOST_TEST(code_of_order(service.order(id, order(job_order::kind::cancel)))
             == ec::conflict);
}

BOOST_AUTO_TEST_CASE(a_job_cancelled_now_has_ended_when_the_answer_comes) {
  auto id = blocked();
  BOOST_TEST(service.order(id, order(job_order::kind::cancel_now)).has_value());
  BOOST_TEST(service.report(id).progress.state == job_state::cancelled);
  // The next job finds the workers free.
  *is_open = true;
  BOOST_TEST(service.finish(blocked()).progress.processed == 100u);
}

BOOST_AUTO_TEST_CASE(orders_for_jobs_that_are_not_there_are_refused) {
  BOOST_TEST(
    code_of_order(service.order(make_job_id(), order(job_order::kind::pause)))
    == ec::no_such_job);
  auto done = service.run(job_type::import_things, {thing("n", "a")});
  BOOST_TEST(
    code_of_order(service.order(done.spec.id, order(job_order::kind::pause)))
    == ec::conflict);
}

BOOST_AUTO_TEST_CASE(a_job_begins_only_after_its_delay) {
  auto id = service.submit(job_type::import_things, {thing("n", "a")},
                           R"({"delaySeconds":100})");
  BOOST_REQUIRE(id);
  BOOST_TEST(service.report(*id).progress.state == job_state::scheduled);
  BOOST_TEST(service.report(*id).progress.status == job_status::pending);
  service.scheduler.advance_time(std::chrono::seconds{90});
  service.scheduler.run();
  BOOST_TEST(service.export_of("n") == "");
  service.scheduler.advance_time(std::chrono::seconds{20});
  service.scheduler.run();
  BOOST_TEST(service.export_of("n") != "");
  BOOST_TEST(service.finish(*id).progress.status == job_status::completed);
}

BOOST_AUTO_TEST_CASE(a_scheduled_job_can_be_cancelled) {
  auto id = service.submit(job_type::import_things, {thing("n", "a")},
                           R"({"runAt":"9999-01-01T00:00:00Z"})");
  BOOST_REQUIRE(id);
  BOOST_TEST(service.order(*id, order(job_order::kind::cancel)).has_value());
  auto report = service.report(*id);
  BOOST_TEST(report.progress.state == job_state::cancelled);
  BOOST_TEST(report.progress.not_started == 1u);
  BOOST_TEST(service.export_of("n") == "");
}

BOOST_AUTO_TEST_CASE(a_chain_runs_in_its_order) {
  auto first = blocked();
  auto second
    = service.submit(job_type::import_things, {thing("n", "a")}, after(first));
  BOOST_REQUIRE(second);
  auto third = service.submit(job_type::import_things, {thing("n", "b")},
                              after(*second));
  BOOST_REQUIRE(third);
  service.scheduler.run();
  BOOST_TEST(service.report(*third).progress.state == job_state::scheduled);
  BOOST_TEST(service.export_of("n") == "");
  *is_open = true;
  BOOST_TEST(service.finish(*third).progress.processed == 1u);
  BOOST_TEST(service.report(first).progress.status == job_status::completed);
  BOOST_TEST(service.report(*second).progress.finished_at
             <= service.report(*third).progress.started_at);
}

BOOST_AUTO_TEST_CASE(what_comes_after_a_failed_job_is_cancelled_with_a_reason) {
  auto first = blocked();
  auto second
    = service.submit(job_type::import_things, {thing("n", "a")}, after(first));
  BOOST_REQUIRE(second);
  auto third = service.submit(job_type::import_things, {thing("n", "b")},
                              after(*second));
  BOOST_REQUIRE(third);
  BOOST_TEST(
    service.order(first, order(job_order::kind::cancel_now)).has_value());
  auto report = service.finish(*third);
  BOOST_TEST(report.progress.state == job_state::cancelled);
  BOOST_TEST(report.progress.reason.find(to_string(*second))
             != std::string::npos);
  BOOST_TEST(report.progress.not_started == 1u);
  BOOST_TEST(service.export_of("n") == "");
}

BOOST_AUTO_TEST_CASE(a_job_that_is_deleted_has_completed_all_the_same) {
  auto done = service.submit(job_type::import_things, {thing("n", "d")});
  BOOST_REQUIRE(done);
  auto open = blocked();
  auto last = service.submit(job_type::import_things, {thing("n", "a")},
                             R"({"after":[")" + to_string(*done) + R"(",")"
                               + to_string(open) + R"("]})");
  BOOST_REQUIRE(last);
  BOOST_REQUIRE(service.report(*done).progress.status == job_status::completed);
  // As its removal leaves it: forgotten but for its tombstone.
  auto unit = std::make_shared<commit_unit>();
  unit->changes.erase(family::jobs, keys::job_by_id(*done));
  unit->changes.put(
    family::jobs, keys::tombstone(*done),
    encode_record(tombstone_record{INT64_MAX, job_status::completed}));
  caf::anon_send(service.actors.committer, atom::commit_atom_v,
                 commit_unit_ptr{unit});
  service.scheduler.run();
  *is_open = true;
  BOOST_TEST(service.finish(*last).progress.processed == 1u);
}

BOOST_AUTO_TEST_CASE(a_chain_goes_on_after_a_restart) {
  auto first = blocked();
  auto second
    = service.submit(job_type::import_things, {thing("n", "a")}, after(first));
  BOOST_REQUIRE(second);
  gated_service next{service.store};
  *next.is_open = true;
  BOOST_TEST(next.service.finish(*second).progress.processed == 1u);
}

BOOST_AUTO_TEST_CASE(a_job_can_come_only_after_jobs_that_are_there) {
  auto id = service.submit(job_type::import_things, {thing("n", "a")},
                           after(make_job_id()));
  BOOST_REQUIRE(!id);
  BOOST_TEST(id.error().code == ec::invalid_option);
  BOOST_TEST(id.error().pointer == "/options/after/0");
}

BOOST_AUTO_TEST_CASE(priority_and_concurrency_change_while_a_job_runs) {
  auto id = blocked();
  job_order change;
  change.priority = 7;
  change.concurrency = 3;
  BOOST_TEST(service.order(id, change).has_value());
  auto record = service.store->get(
    family::jobs, keys::job_control(service.report(id).spec.number));
  BOOST_REQUIRE(record);
  BOOST_REQUIRE(record->has_value());
  auto control = decode_record<job_control>(**record);
  BOOST_REQUIRE(control);
  BOOST_TEST(control->priority == 7);
  BOOST_TEST(control->concurrency == 3u);
  *is_open = true;
  BOOST_TEST(service.finish(id).progress.processed == 100u);
}

BOOST_AUTO_TEST_CASE(a_job_that_is_throttled_for_long_loses_no_attempt) {
  auto id = blocked();
  for (int i = 0; i < 60; ++i) {
    service.scheduler.advance_time(std::chrono::seconds{10});
    service.scheduler.run();
  }
  BOOST_TEST(service.report(id).progress.failed == 0u);
  *is_open = true;
  BOOST_TEST(service.finish(id).progress.processed == 100u);
}

BOOST_AUTO_TEST_CASE(a_damaged_chunk_pauses_its_job_with_the_reason) {
  auto id = service.submit(job_type::import_things,
                           {thing("n", "a"), thing("n", "b")},
                           R"({"chunkSize":1,"delaySeconds":10})");
  BOOST_REQUIRE(id);
  auto number = service.report(*id).spec.number;
  auto good = **service.store->get(family::chunks, keys::chunk(number, 1));
  auto write = [&](std::string bytes) {
    auto unit = std::make_shared<commit_unit>();
    unit->changes.put(family::chunks, keys::chunk(number, 1), bytes);
    caf::anon_send(service.actors.committer, atom::commit_atom_v,
                   commit_unit_ptr{unit});
    service.scheduler.run();
  };
  write("damaged");
  service.scheduler.advance_time(std::chrono::seconds{20});
  service.scheduler.run();
  auto report = service.report(*id);
  BOOST_TEST(report.progress.state == job_state::paused);
  BOOST_TEST(report.progress.reason.find("chunk 1 cannot be read")
             != std::string::npos);
  write(good);
  BOOST_TEST(service.order(*id, order(job_order::kind::resume)).has_value());
  BOOST_TEST(service.finish(*id).progress.processed == 2u);
  BOOST_TEST(service.report(*id).progress.reason == "");
}

BOOST_AUTO_TEST_CASE(a_message_that_nobody_takes_is_a_dead_letter) {
  caf::anon_send(caf::actor_cast<caf::actor>(service.actors.supervisor),
                 std::string{"what is this"});
  service.scheduler.run();
  auto counters = read_counters(*service.store);
  BOOST_REQUIRE(counters);
  BOOST_TEST(counters->dead_letters == 1u);
  auto record = service.store->get(family::dead, keys::dead_item(0, 0));
  BOOST_REQUIRE(record);
  BOOST_REQUIRE(record->has_value());
  auto letter = decode_record<dead_letter>(**record);
  BOOST_REQUIRE(letter);
  BOOST_TEST(letter->code == ec::undeliverable);
  BOOST_TEST(letter->payload.find("what is this") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
