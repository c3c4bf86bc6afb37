#include "actors/committer.hpp"

#include "codecs/record.hpp"
#include "codecs/stamped.hpp"
#include "storage/hostile_store.hpp"
#include "storage/keys.hpp"
#include "tests/storage/printing.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

struct writer_fixture {
  std::shared_ptr<hostile_store> store = make_hostile_store({});
  uint64_t term = *store->take_over();
  group_writer writer{store, term, {}};

  /// A unit that puts one thing, stamped.
  commit_unit_ptr thing(uint64_t job, uint32_t item, std::string id,
                        bool late = false, std::string text = "{}") {
    auto unit = std::make_shared<commit_unit>();
    auto stamp = make_stamp(job, item, text);
    unit->changes.put(family::things, keys::named("n", id),
                      {{stamp.data(), stamp.size()}, text});
    unit->late = late;
    unit->counters.items_processed = 1;
    return unit;
  }

  size_t write(const std::vector<commit_unit_ptr>& units) {
    auto taken = writer.gather(units);
    BOOST_REQUIRE(taken);
    BOOST_TEST(writer.write(durability::buffered) == commit_status::ok);
    return *taken;
  }

  uint32_t item_of(std::string id) {
    auto record = *store->get(family::things, keys::named("n", id));
    BOOST_REQUIRE(record);
    return read_stamped(*record)->item;
  }

  service_counters stored_counters() {
    return *decode_record<service_counters>(
      **store->get(family::meta, keys::counters));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(group_writer_test, writer_fixture)

BOOST_AUTO_TEST_CASE(units_are_joined_and_their_statistics_written_with_them) {
  BOOST_TEST(write({thing(1, 0, "a"), thing(1, 1, "b")}) == 2u);
  BOOST_TEST(stored_counters().items == 2u);
  BOOST_TEST(write({thing(1, 2, "c")}) == 1u);
  BOOST_TEST(stored_counters().items == 3u);
}

BOOST_AUTO_TEST_CASE(
  a_failed_write_can_be_written_again_without_counting_twice) {
  BOOST_REQUIRE(writer.gather({thing(1, 0, "a")}));
  auto other = *store->take_over();
  BOOST_TEST(writer.write(durability::buffered) == commit_status::stale_term);
  writer = group_writer{store, other, writer.counters()};
  write({thing(1, 0, "a")});
  BOOST_TEST(stored_counters().items == 1u);
}

BOOST_AUTO_TEST_CASE(a_late_unit_leaves_what_later_items_have_written) {
  write(
    {thing(5, 10, "a"), thing(5, 1, "b"), thing(4, 99, "c"), thing(6, 0, "d")});
  write({thing(5, 9, "a", true)});
  write({thing(5, 9, "b", true)});
  write({thing(5, 9, "c", true)});
  write({thing(5, 9, "d", true)});
  write({thing(5, 9, "e", true)});
  BOOST_TEST(item_of("a") == 10u); // a later item of the same job
  BOOST_TEST(item_of("b") == 9u);  // an earlier one
  BOOST_TEST(item_of("c") == 9u);  // an earlier job
  BOOST_TEST(item_of("d") == 0u);  // a later job
  BOOST_TEST(item_of("e") == 9u);  // nobody
}

BOOST_AUTO_TEST_CASE(a_late_unit_sees_what_stands_before_it_in_its_group) {
  std::vector<commit_unit_ptr> units{thing(5, 10, "a"), thing(5, 9, "a", true)};
  BOOST_TEST(write(units) == 1u);
  units.erase(units.begin());
  BOOST_TEST(write(units) == 1u);
  BOOST_TEST(item_of("a") == 10u);
}

BOOST_AUTO_TEST_CASE(a_group_ends_before_the_limits_of_a_batch) {
  std::string text(value_bytes_max - 100, 'x');
  std::vector<commit_unit_ptr> units;
  for (uint32_t i = 0; i < 20; ++i)
    units.push_back(thing(1, i, std::to_string(i), false, text));
  size_t groups = 0;
  while (!units.empty()) {
    auto taken = write(units);
    BOOST_REQUIRE_GT(taken, 0u);
    units.erase(units.begin(), units.begin() + static_cast<long>(taken));
    ++groups;
  }
  BOOST_TEST(groups == 3u); // 8 MiB hold seven values of 1 MiB and the rest
  BOOST_TEST(stored_counters().items == 20u);
}

BOOST_AUTO_TEST_CASE(one_durable_unit_makes_its_group_durable) {
  auto unit = std::make_shared<commit_unit>(*thing(1, 0, "a"));
  unit->durable = true;
  BOOST_REQUIRE(writer.gather({thing(1, 1, "b"), unit}));
  BOOST_TEST(writer.must_be_durable());
}

BOOST_AUTO_TEST_SUITE_END()
