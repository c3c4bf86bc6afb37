#include "actors/cluster/node_slots.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

node_task_ptr task(uint64_t lease) {
  auto x = std::make_shared<node_task>();
  x->lease = lease;
  return x;
}

struct slots_fixture {
  slots_fixture() { slots.begin_session({11, 12}); }
  node_slots slots{2};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(node_slots_test, slots_fixture)

BOOST_AUTO_TEST_CASE(a_slot_begins_one_task_and_keeps_the_others_in_order) {
  BOOST_TEST(slots.add(0, task(1))->lease == 1u);
  BOOST_TEST(!slots.add(0, task(2)));
  BOOST_TEST(!slots.add(0, task(3)));
  BOOST_TEST(slots.add(1, task(4))->lease == 4u);
  BOOST_TEST(slots.running_count() == 2u);
  BOOST_TEST(slots.waiting_count() == 2u);
  BOOST_TEST(slots.next(0)->lease == 2u);
  BOOST_TEST(slots.next(0)->lease == 3u);
  BOOST_TEST(!slots.next(0));
  BOOST_TEST(slots.running_count() == 1u);
}

BOOST_AUTO_TEST_CASE(slots_are_found_by_the_numbers_of_the_session) {
  BOOST_TEST(*slots.find(12) == 1u);
  BOOST_TEST(!slots.find(13));
  BOOST_TEST(!slots.find(0));
  slots.end_session();
  BOOST_TEST(!slots.find(12));
  slots.begin_session({21, 22});
  BOOST_TEST(*slots.find(22) == 1u);
}

BOOST_AUTO_TEST_CASE(a_new_session_drops_what_waits_and_not_what_runs) {
  slots.add(0, task(1));
  slots.add(0, task(2));
  slots.begin_session({21, 22});
  BOOST_TEST(slots.running(0)->lease == 1u);
  BOOST_TEST(slots.waiting_count() == 0u);
  // The new session's task waits for the end of the old one.
  BOOST_TEST(!slots.add(0, task(5)));
  BOOST_TEST(slots.next(0)->lease == 5u);
}

BOOST_AUTO_TEST_CASE(a_slot_whose_thread_is_replaced_is_free_under_its_number) {
  slots.add(0, task(1));
  slots.add(0, task(2));
  slots.renew(0, 31);
  BOOST_TEST(!slots.find(11));
  BOOST_TEST(*slots.find(31) == 0u);
  BOOST_TEST(!slots.running(0));
  BOOST_TEST(slots.add(0, task(3))->lease == 3u);
}

BOOST_AUTO_TEST_CASE(what_waits_can_be_taken_back) {
  slots.add(0, task(1));
  slots.add(0, task(2));
  slots.add(1, task(3));
  slots.add(1, task(4));
  auto dropped = slots.drop_waiting();
  BOOST_TEST(dropped == (std::vector<uint64_t>{2, 4}),
             boost::test_tools::per_element());
  BOOST_TEST(slots.running_count() == 2u);
  BOOST_TEST(!slots.next(0));
}

BOOST_AUTO_TEST_SUITE_END()
