#include "actors/foreign_answer.hpp"

#include "actors/messages.hpp"
#include "actors/service.hpp"
#include "codecs/limits.hpp"
#include "codecs/results.hpp"
#include "storage/keys.hpp"
#include "storage/memory_store.hpp"
#include "tests/actors/quiet_system.hpp"
#include "tests/printing.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

using namespace batch;
namespace data = boost::unit_test::data;

namespace {

/// A chunk with one refused item between two good ones.
struct answer_fixture {
  answer_fixture() {
    chunk_builder builder{10, item_source::submitted};
    builder.add(R"({"file":"cat.png"})");
    builder.add_refused({ec::invalid_json, "line 2 is not JSON"}, "{oops");
    builder.add("7");
    write_batch batch;
    batch.put(family::chunks, keys::chunk(1, 0), builder.take());
    store->commit(batch, durability::durable, *store->take_over());
  }

  loaded_work load(std::vector<uint32_t> offsets = {}) {
    job_spec spec;
    spec.number = 1;
    spec.type = {job_type::custom, "resize"};
    spec.options = R"({"width":100})";
    spec.total = 3;
    spec.chunks = 1;
    auto round = static_cast<uint16_t>(offsets.empty() ? 1 : 2);
    auto work = load_items(*store, *make_job_context(spec),
                           {0, round, std::move(offsets)});
    BOOST_REQUIRE(work);
    return std::move(*work);
  }

  chunk_outcome read(const std::vector<foreign_result>& answer) {
    auto outcome = read_foreign_answer(load(), answer);
    BOOST_REQUIRE_MESSAGE(outcome, (outcome ? "" : outcome.error().message));
    return std::move(*outcome);
  }

  /// The result that is kept of the first item.
  std::string kept(std::string result) {
    auto outcome = read(
      {foreign_result::done(0, std::move(result)), foreign_result::done(2)});
    BOOST_REQUIRE_EQUAL(outcome.results.size(), 1u);
    auto results = read_results(outcome.results[0]);
    BOOST_REQUIRE(results);
    return std::string{results->at(0).json};
  }

  store_ptr store = make_memory_store();
};

struct bad_answer {
  std::vector<foreign_result> results;
  const char* says;
};

std::ostream& operator<<(std::ostream& out, const bad_answer& x) {
  return out << x.says;
}

const bad_answer bad_answers[] = {
  {{}, "the item with the offset 0 is not in it"},
  {{foreign_result::done(2)}, "the item with the offset 0 is not in it"},
  {{foreign_result::done(0), foreign_result::done(2), foreign_result::done(0)},
   "it has the item with the offset 0 twice"},
  {{foreign_result::done(0), foreign_result::done(1), foreign_result::done(2)},
   "nobody asked for the item with the offset 1"},
  {{foreign_result::done(0), foreign_result::done(UINT32_MAX)},
   "nobody asked for the item with the offset 4294967295"},
  {{foreign_result::done(0, "{"), foreign_result::done(2)},
   "the result of the item with the offset 0: "},
  {{foreign_result::done(0), foreign_result::done(2, "1 2")},
   "the result of the item with the offset 2: "},
  {{foreign_result::done(0, "\"\xFF\""), foreign_result::done(2)},
   "the result of the item with the offset 0: "},
  {{foreign_result::done(0, std::string(outcome_bytes_max, '1')),
    foreign_result::done(2, "1")},
   "its results have 4194305 bytes, of which 4194304 are taken"},
};

template <class T>
T through_bytes(caf::actor_system& system, const T& x) {
  std::vector<char> bytes;
  caf::binary_serializer sink{system, bytes};
  BOOST_REQUIRE(!sink(caf::make_message(x)));
  caf::binary_deserializer source{system, bytes};
  caf::message read;
  BOOST_REQUIRE(!source(read));
  BOOST_REQUIRE(read.match_elements<T>());
  return read.get_as<T>(0);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(foreign_answer_test, answer_fixture)

BOOST_AUTO_TEST_CASE(a_worker_is_asked_for_what_can_be_done) {
  auto asked = to_foreign(load());
  BOOST_TEST(asked.type == "resize");
  BOOST_TEST(asked.options == R"({"width":100})");
  BOOST_TEST(asked.job_id == to_string(job_id{}));
  BOOST_TEST(asked.round == 1u);
  BOOST_REQUIRE_EQUAL(asked.items.size(), 2u);
  BOOST_TEST(asked.items[0].offset == 0u);
  BOOST_TEST(asked.items[0].text == R"({"file":"cat.png"})");
  BOOST_TEST(asked.items[1].offset == 2u);
  BOOST_TEST(asked.items[1].text == "7");
}

BOOST_AUTO_TEST_CASE(a_retry_asks_for_its_items_alone) {
  auto asked = to_foreign(load({2}));
  BOOST_TEST(asked.round == 2u);
  BOOST_REQUIRE_EQUAL(asked.items.size(), 1u);
  BOOST_TEST(asked.items[0].offset == 2u);
}

BOOST_AUTO_TEST_CASE(the_answers_may_come_in_any_order) {
  auto outcome
    = read({foreign_result::done(2, "2"), foreign_result::done(0, "0")});
  BOOST_TEST(outcome.done == (std::vector<uint32_t>{0, 2}),
             boost::test_tools::per_element());
  BOOST_REQUIRE_EQUAL(outcome.failures.size(), 1u);
  BOOST_TEST(outcome.failures[0].offset == 1u);
  BOOST_TEST(outcome.failures[0].why.code == ec::invalid_json);
  BOOST_TEST(!outcome.lost);
}

BOOST_AUTO_TEST_CASE(each_kind_of_failure_has_its_code) {
  auto outcome = read({foreign_result::rejected(0, "no image"),
                       foreign_result::failed(2, "disk is busy")});
  BOOST_REQUIRE_EQUAL(outcome.failures.size(), 3u);
  BOOST_TEST(outcome.failures[0].why.code == ec::rejected);
  BOOST_TEST(outcome.failures[0].why.message == "no image");
  BOOST_TEST(outcome.failures[0].payload == R"({"file":"cat.png"})");
  BOOST_TEST(outcome.failures[2].why.code == ec::unavailable);
  outcome = read({foreign_result::throttled(0, "", 1500),
                  foreign_result::throttled(2, "", UINT64_MAX)});
  BOOST_TEST(outcome.failures[0].why.code == ec::throttled);
  BOOST_TEST(!outcome.failures[0].why.message.empty());
  BOOST_TEST(
    (outcome.failures[0].retry_after == std::chrono::milliseconds{1500}));
  BOOST_TEST((*outcome.failures[2].retry_after > std::chrono::hours{1}));
}

BOOST_AUTO_TEST_CASE(what_is_said_is_cut_and_made_utf8) {
  auto outcome
    = read({foreign_result::rejected(0, std::string(100'000, 'x') + "\xFF"),
            foreign_result::rejected(2, "\xFF")});
  BOOST_TEST(outcome.failures[0].why.message.size() <= message_bytes_max);
  BOOST_TEST(outcome.failures[2].why.message == "\uFFFD");
}

BOOST_AUTO_TEST_CASE(a_result_is_any_json_value_on_one_line) {
  BOOST_TEST(kept(R"({"a":[1.50,"x\n"]})") == R"({"a":[1.50,"x\n"]})");
  BOOST_TEST(kept("\"text\"") == "\"text\"");
  BOOST_TEST(kept("") == "null");
  BOOST_TEST(kept("{\n  \"a\": 1\n}") == R"({"a":1})");
}

BOOST_AUTO_TEST_CASE(a_result_too_large_to_be_kept_fails_its_item_alone) {
  auto text
    = [](size_t bytes) { return '"' + std::string(bytes - 2, 'x') + '"'; };
  auto outcome = read({foreign_result::done(0, text(item_bytes_max + 1)),
                       foreign_result::done(2, text(item_bytes_max))});
  BOOST_TEST(outcome.done == (std::vector<uint32_t>{2}),
             boost::test_tools::per_element());
  BOOST_REQUIRE_EQUAL(outcome.failures.size(), 2u);
  BOOST_TEST(outcome.failures[0].why.code == ec::item_too_large);
}

BOOST_DATA_TEST_CASE(an_answer_that_is_not_whole_cannot_be_used,
                     data::make(bad_answers), x) {
  auto outcome = read_foreign_answer(load(), x.results);
  BOOST_REQUIRE(!outcome);
  BOOST_TEST(outcome.error().code == ec::internal);
  BOOST_TEST(outcome.error().message.find(x.says) != std::string::npos,
             outcome.error().message);
}

BOOST_AUTO_TEST_CASE(the_messages_reach_other_nodes_as_they_are) {
  caf::actor_system_config config;
  configure(config);
  test::quiet_system system{config};
  auto asked = to_foreign(load());
  auto read = through_bytes(system, asked);
  BOOST_TEST(read.job_id == asked.job_id);
  BOOST_TEST(read.type == asked.type);
  BOOST_TEST(read.options == asked.options);
  BOOST_TEST(read.first_item == asked.first_item);
  BOOST_TEST(read.round == asked.round);
  BOOST_REQUIRE_EQUAL(read.items.size(), 2u);
  BOOST_TEST(read.items[1].offset == 2u);
  BOOST_TEST(read.items[1].text == "7");
  auto answer = through_bytes(
    system, std::vector<foreign_result>{
              foreign_result::done(1, "{}"), foreign_result::rejected(2, "no"),
              foreign_result::throttled(3, "later", 99)});
  BOOST_REQUIRE_EQUAL(answer.size(), 3u);
  BOOST_TEST(answer[0].success);
  BOOST_TEST(answer[0].result == "{}");
  BOOST_TEST(answer[1].permanent);
  BOOST_TEST(answer[1].message == "no");
  BOOST_TEST(answer[2].offset == 3u);
  BOOST_TEST(answer[2].retry_after_ms == 99u);
}

BOOST_AUTO_TEST_SUITE_END()
