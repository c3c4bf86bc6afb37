#include "actors/job_machine.hpp"

#include "codecs/record.hpp"
#include "storage/keys.hpp"
#include "tests/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <numeric>

using namespace batch;

namespace {

constexpr uint64_t number = 7;

job_context_ptr context(job_type type, uint32_t chunks, uint32_t total,
                        std::string options = {}) {
  job_spec spec;
  spec.number = number;
  spec.type = type;
  spec.chunks = chunks;
  spec.total = total;
  spec.options = std::move(options);
  auto job = make_job_context(std::move(spec));
  BOOST_REQUIRE(job);
  return *job;
}

/// Both clocks show the same in these tests.
moment at(time_ms t) {
  return {t, t};
}

job_machine machine_of(job_context_ptr job) {
  open_job start{job, first_control(*job), {}, {}};
  return {std::move(start), [] { return 0.5; }};
}

/// An outcome in which the named items of the piece fail.
outcome_ptr outcome_of(const chunk_ref& ref, uint32_t chunk_items,
                       std::vector<uint32_t> failing = {},
                       ec code = ec::internal) {
  auto out = std::make_shared<chunk_outcome>();
  out->ref = ref;
  out->first_item = ref.chunk * chunk_items;
  out->worker = "test-1";
  auto offsets = ref.offsets;
  if (offsets.empty()) {
    offsets.resize(chunk_items);
    std::iota(offsets.begin(), offsets.end(), 0U);
  }
  for (auto i : offsets)
    if (std::ranges::find(failing, i) == failing.end())
      out->done.push_back(i);
    else
      out->failures.push_back({i, {code, "no luck"}, "{}", {}, {}, {}});
  return out;
}

bool puts(const commit_unit& unit, family f, const std::string& key) {
  bool found = false;
  unit.changes.for_each([&](const write_batch::entry& e) {
    found |= e.op == write_batch::op::put && e.family == f && e.key == key;
  });
  return found;
}

std::optional<dead_letter> letter_of(const commit_unit& unit, uint32_t item) {
  std::optional<dead_letter> letter;
  unit.changes.for_each([&](const write_batch::entry& e) {
    if (e.family == family::dead && e.key == keys::dead_item(number, item))
      letter = *decode_record<dead_letter>(e.value);
  });
  return letter;
}

/// Does whatever is given out, until nothing is; answers the units.
std::vector<commit_unit> run_all(job_machine& m, uint32_t chunk_items,
                                 std::vector<uint32_t> failing, ec code,
                                 time_ms& now) {
  std::vector<commit_unit> units;
  while (!m.has_ended()) {
    auto pieces = m.take(10, at(now));
    if (pieces.empty()) {
      auto wait = m.time_to_next(at(now));
      BOOST_REQUIRE(wait.has_value());
      BOOST_REQUIRE_GT(*wait, 0);
      now += *wait;
    }
    for (const auto& ref : pieces)
      for (auto& unit :
           m.complete(outcome_of(ref, chunk_items, failing, code), at(now))) {
        m.committed(ref.chunk);
        units.push_back(std::move(unit));
      }
  }
  return units;
}

} // namespace

BOOST_AUTO_TEST_CASE(chunks_are_given_out_in_order_up_to_the_count) {
  auto m = machine_of(context(job_type::import_things, 5, 50));
  auto first = m.take(3, at(0));
  BOOST_REQUIRE_EQUAL(first.size(), 3u);
  BOOST_TEST(first[0].chunk == 0u);
  BOOST_TEST(first[2].chunk == 2u);
  BOOST_TEST(m.outstanding() == 3u);
  BOOST_TEST(m.take(3, at(0)).size() == 2u);
  BOOST_TEST(m.take(3, at(0)).empty());
}

BOOST_AUTO_TEST_CASE(a_job_ends_completed_with_its_last_chunk_and_durably) {
  auto m = machine_of(context(job_type::import_things, 2, 20));
  auto pieces = m.take(2, at(0));
  auto first = m.complete(outcome_of(pieces[0], 10), at(1000));
  BOOST_REQUIRE_EQUAL(first.size(), 1u);
  BOOST_TEST(!first[0].durable);
  BOOST_TEST(puts(first[0], family::marks, keys::chunk(number, 0)));
  BOOST_TEST(!m.has_ended());
  auto last = m.complete(outcome_of(pieces[1], 10), at(2000));
  BOOST_REQUIRE_EQUAL(last.size(), 1u);
  BOOST_TEST(last[0].durable);
  BOOST_TEST(m.has_ended());
  BOOST_TEST(m.progress().status == job_status::completed);
  BOOST_TEST(m.progress().processed == 20u);
  BOOST_TEST(m.progress().finished_at == 2000);
  BOOST_TEST(last[0].counters.of(job_status::completed) == 1);
  // The marks and chunks of an ended job are dropped with its end.
  BOOST_TEST(!puts(last[0], family::marks, keys::chunk(number, 1)));
}

BOOST_AUTO_TEST_CASE(outcomes_of_named_records_are_committed_in_input_order) {
  auto m = machine_of(context(job_type::import_things, 4, 40));
  auto pieces = m.take(4, at(0));
  BOOST_TEST(m.complete(outcome_of(pieces[2], 10), at(1)).empty());
  BOOST_TEST(m.complete(outcome_of(pieces[1], 10), at(2)).empty());
  auto released = m.complete(outcome_of(pieces[0], 10), at(3));
  BOOST_REQUIRE_EQUAL(released.size(), 3u);
  for (uint32_t i = 0; i < 3; ++i) {
    BOOST_TEST(released[i].chunk.value() == i);
    BOOST_TEST(!released[i].late);
  }
}

BOOST_AUTO_TEST_CASE(outcomes_without_named_records_are_committed_at_once) {
  auto m = machine_of(context(job_type::export_things, 4, 40));
  auto pieces = m.take(4, at(0));
  BOOST_TEST(m.complete(outcome_of(pieces[2], 10), at(1)).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_transform_into_a_namespace_keeps_input_order) {
  auto m
    = machine_of(context(job_type::transform_data, 2, 20, R"({"into":"x"})"));
  auto pieces = m.take(2, at(0));
  BOOST_TEST(m.complete(outcome_of(pieces[1], 10), at(1)).empty());
}

BOOST_AUTO_TEST_CASE(a_double_or_unknown_outcome_changes_nothing) {
  auto m = machine_of(context(job_type::export_things, 3, 30));
  auto pieces = m.take(1, at(0));
  BOOST_TEST(m.complete(outcome_of({2, 1, {}}, 10), at(1)).empty());
  BOOST_TEST(m.complete(outcome_of({0, 2, {1}}, 10), at(1)).empty());
  BOOST_TEST(m.complete(outcome_of(pieces[0], 10), at(1)).size() == 1u);
  BOOST_TEST(m.complete(outcome_of(pieces[0], 10), at(1)).empty());
  m.committed(0);
  BOOST_TEST(m.complete(outcome_of(pieces[0], 10), at(1)).empty());
  BOOST_TEST(m.progress().processed == 10u);
}

BOOST_AUTO_TEST_CASE(a_permanent_failure_is_a_dead_letter_after_one_attempt) {
  auto m = machine_of(context(job_type::import_things, 1, 3));
  time_ms now = 100;
  auto units = run_all(m, 3, {1}, ec::invalid_item, now);
  BOOST_REQUIRE_EQUAL(units.size(), 1u);
  auto letter = letter_of(units[0], 1);
  BOOST_REQUIRE(letter);
  BOOST_TEST(letter->code == ec::invalid_item);
  BOOST_REQUIRE_EQUAL(letter->attempts.count, 1u);
  BOOST_TEST(letter->attempts.kept[0].worker == "test-1");
  BOOST_TEST(m.progress().status == job_status::failed);
  BOOST_TEST(m.progress().processed == 2u);
  BOOST_TEST(m.progress().failed == 1u);
  BOOST_TEST(units[0].counters.dead_letters == 1);
}

BOOST_AUTO_TEST_CASE(a_passing_failure_is_tried_four_times_with_growing_delay) {
  auto m = machine_of(context(job_type::export_things, 1, 3));
  time_ms now = 0;
  auto units = run_all(m, 3, {2}, ec::timed_out, now);
  BOOST_REQUIRE_EQUAL(units.size(), 4u);
  auto letter = letter_of(units[3], 2);
  BOOST_REQUIRE(letter);
  BOOST_REQUIRE_EQUAL(letter->attempts.count, 4u);
  // Base 1 s, doubled each time; the jitter of the test is the middle.
  BOOST_TEST(letter->attempts.kept[1].at - letter->attempts.kept[0].at == 1000);
  BOOST_TEST(letter->attempts.kept[2].at - letter->attempts.kept[1].at == 2000);
  BOOST_TEST(letter->attempts.kept[3].at - letter->attempts.kept[2].at == 4000);
  BOOST_TEST(m.progress().processed == 2u);
  BOOST_TEST(m.progress().failed == 1u);
  BOOST_TEST(m.progress().retrying == 0u);
}

BOOST_AUTO_TEST_CASE(only_the_failed_items_are_tried_again) {
  auto m = machine_of(context(job_type::export_things, 1, 5));
  m.begin(at(0));
  auto piece = m.take(1, at(0))[0];
  auto units = m.complete(outcome_of(piece, 5, {1, 3}), at(0));
  BOOST_REQUIRE_EQUAL(units.size(), 1u);
  BOOST_TEST(puts(units[0], family::marks, keys::pending(number, 0, 1)));
  BOOST_TEST(m.progress().retrying == 2u);
  BOOST_TEST(m.progress().state == job_state::retrying);
  BOOST_TEST(m.take(1, at(10'000)).empty()); // not before it is committed
  m.committed(0);
  BOOST_TEST(m.take(1, at(0)).empty()); // not before it is due
  auto again = m.take(1, at(10'000));
  BOOST_REQUIRE_EQUAL(again.size(), 1u);
  BOOST_TEST((again[0] == chunk_ref{0, 2, {1, 3}}));
  auto last = m.complete(outcome_of(again[0], 5), at(10'000));
  BOOST_REQUIRE_EQUAL(last.size(), 1u);
  BOOST_TEST(last[0].late);
  BOOST_TEST(m.progress().processed == 5u);
  BOOST_TEST(m.progress().status == job_status::completed);
}

BOOST_AUTO_TEST_CASE(items_that_are_left_over_cost_no_attempt) {
  auto m = machine_of(context(job_type::export_things, 1, 4));
  auto piece = m.take(1, at(0))[0];
  auto out = std::make_shared<chunk_outcome>();
  out->ref = piece;
  out->done = {0, 1};
  out->left_over = {2, 3};
  BOOST_TEST(m.complete(out, at(5)).size() == 1u);
  m.committed(0);
  auto again = m.take(1, at(5));
  BOOST_REQUIRE_EQUAL(again.size(), 1u);
  BOOST_TEST((again[0] == chunk_ref{0, 2, {2, 3}}));
  auto units
    = m.complete(outcome_of(again[0], 4, {3}, ec::no_such_thing), at(6));
  BOOST_REQUIRE_EQUAL(units.size(), 1u);
  BOOST_TEST(letter_of(units[0], 3)->attempts.count == 1u);
  BOOST_TEST(m.progress().processed == 3u);
}

BOOST_AUTO_TEST_CASE(no_retries_means_one_attempt) {
  auto m
    = machine_of(context(job_type::export_things, 1, 1, R"({"maxRetries":0})"));
  time_ms now = 0;
  auto units = run_all(m, 1, {0}, ec::timed_out, now);
  BOOST_REQUIRE_EQUAL(units.size(), 1u);
  BOOST_TEST(letter_of(units[0], 0)->attempts.count == 1u);
}

BOOST_AUTO_TEST_CASE(tolerated_failures_let_a_job_complete) {
  auto m = machine_of(context(job_type::import_things, 1, 10,
                              R"({"toleratedFailures":{"percent":10}})"));
  time_ms now = 0;
  run_all(m, 10, {4}, ec::invalid_item, now);
  BOOST_TEST(m.progress().status == job_status::completed);
  BOOST_TEST(m.progress().failed == 1u);
}

BOOST_AUTO_TEST_CASE(a_piece_given_back_is_given_out_again_as_it_was) {
  auto m = machine_of(context(job_type::import_things, 2, 20));
  auto piece = m.take(1, at(0))[0];
  m.give_back(piece);
  BOOST_TEST(m.outstanding() == 0u);
  BOOST_TEST((m.take(1, at(0))[0] == piece));
}

BOOST_AUTO_TEST_CASE(a_piece_given_back_is_urgent_while_others_are_held) {
  auto m = machine_of(context(job_type::import_things, 10, 100));
  auto pieces = m.take(10, at(0));
  for (size_t i = 1; i < pieces.size(); ++i)
    BOOST_TEST(m.complete(outcome_of(pieces[i], 10), at(1)).empty());
  BOOST_TEST(!m.has_urgent(at(1)));
  m.give_back(pieces[0]);
  BOOST_TEST(m.has_urgent(at(1)));
  BOOST_TEST(m.outstanding() == 9u);
  auto again = m.take(1, at(1));
  BOOST_REQUIRE_EQUAL(again.size(), 1u);
  BOOST_TEST(again[0].chunk == 0u);
  BOOST_TEST(m.complete(outcome_of(again[0], 10), at(2)).size() == 10u);
  BOOST_TEST(m.has_ended());
}

BOOST_AUTO_TEST_CASE(a_job_without_items_ends_completed) {
  auto m = machine_of(context(job_type::import_things, 0, 0));
  auto unit = m.settle(at(9));
  BOOST_REQUIRE(unit);
  BOOST_TEST(unit->durable);
  BOOST_TEST(m.progress().status == job_status::completed);
  BOOST_TEST(!m.settle(at(9)));
}

BOOST_AUTO_TEST_CASE(after_a_restart_only_the_gaps_are_done_and_count_as_late) {
  job_progress progress;
  progress.status = job_status::processing;
  progress.processed = 19;
  progress.retrying = 1;
  std::vector<restored_chunk> marked(2);
  marked[0] = {1, {10, 0, 0, 1}, {}};
  marked[1] = {3, {9, 0, 1, 1}, {}};
  marked[1].pending[4].attempts.add({1, ec::internal, "no luck", "w", "n"});
  marked[1].pending[4].tries = 1;
  auto job = context(job_type::import_things, 5, 50);
  job_machine m{{job, first_control(*job), progress, std::move(marked)},
                [] { return 0.5; }};
  BOOST_TEST(!m.begin(at(0)));
  auto pieces = m.take(10, at(0));
  BOOST_REQUIRE_EQUAL(pieces.size(), 4u);
  BOOST_TEST((pieces[0] == chunk_ref{3, 2, {4}}));
  BOOST_TEST(pieces[1].chunk == 0u);
  BOOST_TEST(pieces[2].chunk == 2u);
  BOOST_TEST(pieces[3].chunk == 4u);
  auto gap = m.complete(outcome_of(pieces[1], 10), at(1));
  BOOST_REQUIRE_EQUAL(gap.size(), 1u);
  BOOST_TEST(gap[0].late);
  BOOST_TEST(m.complete(outcome_of(pieces[3], 10), at(1)).empty());
  auto rest = m.complete(outcome_of(pieces[2], 10), at(1));
  BOOST_REQUIRE_EQUAL(rest.size(), 2u);
  BOOST_TEST(rest[0].late);
  BOOST_TEST(!rest[1].late); // nothing behind it was written
  m.complete(outcome_of(pieces[0], 10), at(1));
  BOOST_TEST(m.has_ended());
  BOOST_TEST(m.progress().processed == 50u);
  BOOST_TEST(m.progress().retrying == 0u);
}

BOOST_AUTO_TEST_CASE(beginning_moves_the_status_once) {
  auto m = machine_of(context(job_type::import_things, 1, 1));
  auto unit = m.begin(at(5));
  BOOST_REQUIRE(unit);
  BOOST_TEST(unit->counters.of(job_status::pending) == -1);
  BOOST_TEST(unit->counters.of(job_status::processing) == 1);
  BOOST_TEST(m.progress().started_at == 5);
  BOOST_TEST(!m.begin(at(6)));
}

namespace {

/// The outcome of a piece that was lost as a whole.
outcome_ptr loss_of(const chunk_ref& ref, uint32_t chunk_items) {
  std::vector<uint32_t> all(chunk_items);
  std::iota(all.begin(), all.end(), 0U);
  auto out = std::make_shared<chunk_outcome>(
    *outcome_of(ref, chunk_items, all, ec::timed_out));
  out->lost = true;
  return out;
}

job_order order_of(job_order::kind what) {
  job_order order;
  order.what = what;
  return order;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_poison_item_is_found_and_its_neighbours_succeed) {
  constexpr uint32_t items = 100;
  for (uint32_t poison : {0U, 1U, 49U, 50U, 63U, 99U}) {
    auto m = machine_of(context(job_type::import_things, 1, items));
    time_ms now = 0;
    size_t losses = 0;
    std::optional<dead_letter> letter;
    while (!m.has_ended()) {
      now += m.time_to_next(at(now)).value_or(0);
      auto pieces = m.take(10, at(now));
      BOOST_REQUIRE_EQUAL(pieces.size(), 1u);
      const auto& ref = pieces[0];
      auto is_in
        = ref.offsets.empty()
          || std::ranges::find(ref.offsets, poison) != ref.offsets.end();
      losses += is_in ? 1 : 0;
      auto units = m.complete(
        is_in ? loss_of(ref, items) : outcome_of(ref, items), at(now));
      m.committed(0);
      for (const auto& unit : units)
        if (auto found = letter_of(unit, poison))
          letter = found;
    }
    BOOST_TEST(m.progress().processed == items - 1);
    BOOST_TEST(m.progress().failed == 1u);
    BOOST_REQUIRE(letter);
    BOOST_TEST(letter->code == ec::poison);
    // Three losses of the chunk, then one for each halving.
    BOOST_TEST(losses <= 3u + 7u);
    BOOST_TEST(letter->attempts.count == losses);
  }
}

BOOST_AUTO_TEST_CASE(two_poison_items_are_both_found) {
  auto m = machine_of(context(job_type::export_things, 1, 16));
  time_ms now = 0;
  while (!m.has_ended()) {
    now += m.time_to_next(at(now)).value_or(0);
    auto ref = m.take(1, at(now)).at(0);
    auto has = [&](uint32_t x) {
      return ref.offsets.empty()
             || std::ranges::find(ref.offsets, x) != ref.offsets.end();
    };
    m.complete(has(3) || has(12) ? loss_of(ref, 16) : outcome_of(ref, 16),
               at(now));
    m.committed(0);
  }
  BOOST_TEST(m.progress().processed == 14u);
  BOOST_TEST(m.progress().failed == 2u);
}

BOOST_AUTO_TEST_CASE(a_lost_chunk_is_done_again_at_once_and_later_ever_later) {
  auto m = machine_of(context(job_type::export_things, 1, 10));
  m.complete(loss_of(m.take(1, at(0)).at(0), 10), at(100));
  m.committed(0);
  BOOST_TEST((m.time_to_next(at(100)) == 0));
  auto again = m.take(1, at(100));
  BOOST_REQUIRE_EQUAL(again.size(), 1u);
  BOOST_TEST(again[0].round == 2u);
  m.complete(loss_of(again[0], 10), at(200));
  m.committed(0);
  // The backoff of a second failure: 2 s, and up to half of it more or less.
  BOOST_TEST(m.time_to_next(at(200)).value_or(0) >= 1000);
  BOOST_TEST(m.take(1, at(200)).empty());
}

BOOST_AUTO_TEST_CASE(a_lost_chunk_does_not_hold_up_those_behind_it) {
  auto m = machine_of(context(job_type::import_things, 3, 30));
  auto pieces = m.take(3, at(0));
  BOOST_TEST(m.complete(outcome_of(pieces[1], 10), at(1)).empty());
  auto units = m.complete(loss_of(pieces[0], 10), at(2));
  BOOST_REQUIRE_EQUAL(units.size(), 2u);
  BOOST_TEST(m.progress().processed == 10u);
  BOOST_TEST(m.progress().retrying == 10u);
}

BOOST_AUTO_TEST_CASE(being_throttled_costs_no_attempt_and_is_obeyed) {
  auto m = machine_of(context(job_type::generate_embeddings, 1, 2));
  time_ms now = 0;
  for (int i = 0; i < 20; ++i) {
    auto ref = m.take(1, at(now)).at(0);
    auto out = std::make_shared<chunk_outcome>(
      *outcome_of(ref, 2, {1}, ec::throttled));
    out->failures[0].retry_after = std::chrono::seconds{7};
    m.complete(out, at(now));
    m.committed(0);
    BOOST_TEST(m.time_to_next(at(now)).value() == 7000);
    now += 7000;
  }
  BOOST_TEST(!m.has_ended());
  auto last = m.complete(outcome_of(m.take(1, at(now)).at(0), 2), at(now));
  BOOST_TEST(m.progress().processed == 2u);
  BOOST_TEST(m.has_ended());
  // Nothing had failed, so nothing is told of it.
  BOOST_TEST(
    !puts(last[0], family::results, keys::result_attempts(number, 0, 1)));
}

BOOST_AUTO_TEST_CASE(
  chunks_are_held_back_while_the_provider_asks_for_patience) {
  auto m = machine_of(context(job_type::generate_embeddings, 100, 200));
  auto refs = m.take(2, at(0));
  for (const auto& ref : refs) {
    auto out = std::make_shared<chunk_outcome>(
      *outcome_of(ref, 2, {0, 1}, ec::throttled));
    for (auto& x : out->failures)
      x.retry_after = std::chrono::seconds{7};
    m.complete(out, at(0));
    m.committed(ref.chunk);
  }
  BOOST_TEST(m.take(64, at(6999)).empty());
  BOOST_TEST(m.time_to_next(at(1000)).value() == 6000);
  BOOST_TEST(m.take(64, at(7000)).size() == 64u);
}

BOOST_AUTO_TEST_CASE(a_single_throttled_item_holds_nothing_back) {
  auto m = machine_of(context(job_type::generate_embeddings, 100, 200));
  m.complete(outcome_of(m.take(1, at(0)).at(0), 2, {1}, ec::throttled), at(0));
  BOOST_TEST(m.take(5, at(1)).size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_job_that_is_blocked_pauses_with_the_reason_and_goes_on) {
  auto m = machine_of(context(job_type::generate_embeddings, 3, 6));
  auto refs = m.take(2, at(0));
  auto units
    = m.complete(outcome_of(refs[0], 2, {1}, ec::provider_refused), at(1));
  m.committed(0);
  BOOST_REQUIRE_EQUAL(units.size(), 1u);
  // The pause is in the store with the outcome, or neither is.
  BOOST_TEST(puts(units[0], family::jobs, keys::job_control(number)));
  BOOST_TEST(m.control().paused);
  BOOST_TEST(m.progress().state == job_state::paused);
  BOOST_TEST(m.progress().reason == "no luck");
  BOOST_TEST(m.progress().processed == 1u);
  BOOST_TEST(m.progress().failed == 0u);
  BOOST_TEST(m.progress().retrying == 0u);
  BOOST_TEST(m.take(5, at(2)).empty());
  BOOST_REQUIRE(m.obey({job_order::kind::resume}, at(1000)));
  BOOST_TEST(m.progress().reason == "");
  // What was given out before that does not pause it again.
  m.complete(outcome_of(refs[1], 2, {0, 1}, ec::provider_refused), at(1000));
  m.committed(1);
  BOOST_TEST(!m.control().paused);
  for (const auto& ref : m.take(5, at(1000)))
    m.complete(outcome_of(ref, 2), at(1001));
  BOOST_TEST(m.has_ended());
  BOOST_TEST(m.progress().processed == 6u);
}

BOOST_AUTO_TEST_CASE(a_job_that_is_being_cancelled_is_not_paused) {
  auto m = machine_of(context(job_type::generate_embeddings, 2, 4));
  auto ref = m.take(1, at(0)).at(0);
  BOOST_REQUIRE(m.obey({job_order::kind::cancel}, at(1)));
  m.complete(outcome_of(ref, 2, {0, 1}, ec::provider_refused), at(2));
  m.committed(ref.chunk);
  BOOST_TEST(!m.control().paused);
  BOOST_TEST(m.settle(at(3)).has_value());
  BOOST_TEST(m.progress().state == job_state::cancelled);
}

BOOST_AUTO_TEST_CASE(the_attempts_of_an_item_that_succeeds_later_are_kept) {
  auto m = machine_of(context(job_type::export_things, 1, 2));
  m.complete(outcome_of(m.take(1, at(0)).at(0), 2, {1}), at(0));
  m.committed(0);
  auto units = m.complete(outcome_of(m.take(1, at(5000)).at(0), 2), at(5000));
  BOOST_REQUIRE_EQUAL(units.size(), 1u);
  BOOST_TEST(
    puts(units[0], family::results, keys::result_attempts(number, 0, 1)));
}

BOOST_AUTO_TEST_CASE(a_step_of_the_clock_does_not_disturb_a_retry) {
  auto m = machine_of(context(job_type::export_things, 1, 2));
  m.complete(outcome_of(m.take(1, {1'000'000, 0}).at(0), 2, {1}),
             {1'000'000, 0});
  m.committed(0);
  BOOST_TEST(m.take(1, {9'000'000, 999}).empty());
  BOOST_TEST(m.take(1, {0, 1000}).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_paused_job_gives_out_nothing_until_it_is_resumed) {
  auto m = machine_of(context(job_type::export_things, 4, 40));
  auto piece = m.take(1, at(0)).at(0);
  auto paused = m.obey(order_of(job_order::kind::pause), at(1));
  BOOST_REQUIRE(paused);
  BOOST_TEST(paused->durable);
  BOOST_TEST(m.progress().state == job_state::paused);
  BOOST_TEST(m.progress().status == job_status::pending);
  BOOST_TEST(m.take(10, at(1)).empty());
  BOOST_TEST(!m.time_to_next(at(1)));
  // What is being worked on is finished.
  BOOST_TEST(m.complete(outcome_of(piece, 10), at(2)).size() == 1u);
  BOOST_TEST(!m.settle(at(2)));
  BOOST_TEST(m.obey(order_of(job_order::kind::resume), at(3)).has_value());
  BOOST_TEST(m.take(10, at(3)).size() == 3u);
  auto twice = m.obey(order_of(job_order::kind::resume), at(3));
  BOOST_REQUIRE(!twice);
  BOOST_TEST(twice.error().code == ec::conflict);
}

BOOST_AUTO_TEST_CASE(a_cancelled_job_ends_when_what_is_worked_on_is_finished) {
  auto m = machine_of(context(job_type::import_things, 5, 50));
  auto pieces = m.take(3, at(0));
  BOOST_REQUIRE(m.obey(order_of(job_order::kind::cancel), at(1)));
  m.give_back(pieces[1]);
  BOOST_TEST(!m.settle(at(1)));
  // Held back behind a piece that is never begun: it has no effect.
  BOOST_TEST(m.complete(outcome_of(pieces[2], 10), at(2)).empty());
  BOOST_TEST(!m.settle(at(2)));
  BOOST_TEST(
    m.complete(outcome_of(pieces[0], 10, {1}, ec::invalid_item), at(3)).size()
    == 1u);
  auto end = m.settle(at(4));
  BOOST_REQUIRE(end);
  BOOST_TEST(end->durable);
  BOOST_TEST(m.progress().status == job_status::failed);
  BOOST_TEST(m.progress().state == job_state::cancelled);
  BOOST_TEST(m.progress().processed == 9u);
  BOOST_TEST(m.progress().failed == 1u);
  BOOST_TEST(m.progress().not_started == 40u);
  BOOST_TEST(!m.obey(order_of(job_order::kind::cancel), at(5)));
}

BOOST_AUTO_TEST_CASE(a_job_cancelled_now_takes_no_more_outcomes) {
  auto m = machine_of(context(job_type::export_things, 5, 50));
  auto pieces = m.take(3, at(0));
  BOOST_REQUIRE(m.obey(order_of(job_order::kind::cancel_now), at(1)));
  BOOST_TEST(m.settle(at(1)).has_value());
  BOOST_TEST(m.complete(outcome_of(pieces[0], 10), at(2)).empty());
  BOOST_TEST(m.progress().not_started == 50u);
}

BOOST_AUTO_TEST_CASE(a_job_begins_when_its_time_has_come) {
  auto m = machine_of(context(job_type::export_things, 1, 1,
                              R"({"runAt":"1970-01-01T00:01:00Z"})"));
  BOOST_TEST(m.take(1, {59'999, 0}).empty());
  BOOST_TEST(m.time_to_next({59'000, 0}).value() == 1000);
  BOOST_TEST(m.take(1, {60'000, 0}).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_job_waits_until_those_before_it_have_completed) {
  auto m = machine_of(
    context(job_type::export_things, 1, 1,
            R"({"after":["018f4e2a-7c3d-7b1e-9a55-0242ac120002"]})"));
  BOOST_TEST(m.take(1, at(0)).empty());
  auto unit = m.release(at(1));
  BOOST_TEST(puts(unit, family::jobs, keys::job_control(number)));
  BOOST_TEST(m.take(1, at(1)).size() == 1u);
}

BOOST_AUTO_TEST_CASE(priority_and_concurrency_can_be_changed) {
  auto m
    = machine_of(context(job_type::export_things, 1, 1, R"({"priority":3})"));
  auto order = order_of(job_order::kind::change);
  order.concurrency = 2;
  BOOST_REQUIRE(m.obey(order, at(0)));
  BOOST_TEST(m.control().priority == 3);
  BOOST_TEST(m.control().concurrency == 2u);
}

/// What a JOB makes of a note: only that item is lost.
commit_unit take_crash(job_machine& m, const crash_note& note) {
  auto ref = m.interrupted(note);
  BOOST_REQUIRE(ref);
  chunk_outcome out = *outcome_of(*ref, 10, {note.offset}, ec::worker_lost);
  out.left_over = std::exchange(out.done, {});
  out.lost = true;
  out.failed_at = note.at;
  return m.take_interrupted(out, at(note.at + 1000));
}

/// What a start finds of a job after this unit, the only one of its chunk.
void restart_from(open_job& start, const job_machine& m, commit_unit& unit) {
  start.progress = m.progress();
  start.marked.assign(1, {});
  start.marked[0].chunk = *unit.chunk;
  unit.changes.for_each([&](const write_batch::entry& e) {
    if (e.family != family::marks || e.op != write_batch::op::put)
      return;
    if (keys::is_pending(e.key))
      start.marked[0].pending[keys::pending_offset(e.key)]
        = *decode_record<pending_item>(e.value);
    else
      start.marked[0].mark = *decode_record<chunk_mark>(e.value);
  });
}

BOOST_AUTO_TEST_CASE(
  an_item_that_crashes_the_process_is_poison_the_third_time) {
  auto job = context(job_type::import_things, 2, 20);
  open_job start{job, first_control(*job), {}, {}};
  std::optional<dead_letter> letter;
  for (int crash = 1; crash <= 3; ++crash) {
    // Each crash is followed by a start from what the store says.
    job_machine m{start, [] { return 0.5; }};
    auto unit = take_crash(m, {number, 1, 4, crash});
    letter = letter_of(unit, 14);
    restart_from(start, m, unit);
  }
  BOOST_REQUIRE(letter);
  BOOST_TEST(letter->code == ec::poison);
  BOOST_TEST(letter->attempts.count == 3u);
  BOOST_TEST(letter->attempts.kept[0].at == 1);
  job_machine m{start, [] { return 0.5; }};
  time_ms now = 10'000;
  m.begin(at(now));
  while (!m.has_ended())
    for (const auto& ref : m.take(10, at(now))) {
      m.complete(outcome_of(ref, 10), at(now));
      m.committed(ref.chunk);
    }
  BOOST_TEST(m.progress().processed == 19u);
  BOOST_TEST(m.progress().failed == 1u);
}

BOOST_AUTO_TEST_CASE(a_crash_is_counted_once) {
  auto job = context(job_type::import_things, 2, 20);
  open_job start{job, first_control(*job), {}, {}};
  job_machine m{start, [] { return 0.5; }};
  crash_note note{number, 1, 4, 77};
  auto unit = take_crash(m, note);
  BOOST_TEST(!m.interrupted(note));
  restart_from(start, m, unit);
  job_machine next{start, [] { return 0.5; }};
  BOOST_TEST(!next.interrupted(note));
  BOOST_TEST(!!next.interrupted({number, 1, 4, 78}));
  BOOST_TEST(!!next.interrupted({number, 1, 5, 77}));
}

BOOST_AUTO_TEST_CASE(a_chunk_is_not_given_out_before_its_crashes_are_counted) {
  auto job = context(job_type::import_things, 2, 20);
  job_machine m{open_job{job, first_control(*job), {}, {}}, [] { return 0.5; }};
  take_crash(m, {number, 0, 4, 1});
  take_crash(m, {number, 0, 5, 2});
  auto is_given = [&] {
    auto refs = m.take(10, at(10'000));
    for (const auto& ref : refs)
      if (ref.chunk != 0)
        m.give_back(ref);
    return std::ranges::any_of(refs,
                               [](const auto& x) { return x.chunk == 0; });
  };
  BOOST_TEST(!is_given());
  m.committed(0);
  BOOST_TEST(!is_given());
  m.committed(0);
  BOOST_TEST(is_given());
  BOOST_TEST(!is_given());
}
