#include "actors/cluster/node_table.hpp"

#include "codecs/limits.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;
namespace data = boost::unit_test::data;

namespace {

node_hello hello(std::string name, std::string incarnation = "a") {
  node_hello x;
  x.version = "0.1.0";
  x.name = std::move(name);
  x.incarnation = std::move(incarnation);
  x.slots = {{job_type::import_things, 2}};
  return x;
}

struct table_fixture {
  moment at(time_ms ticks) { return {ticks + 1'000'000, ticks}; }
  node_table nodes;
};

struct bad_hello {
  std::string what;
  node_hello hello;
};

std::ostream& operator<<(std::ostream& out, const bad_hello& x) {
  return out << x.what;
}

std::vector<bad_hello> bad_hellos() {
  std::vector<bad_hello> all;
  auto add = [&](std::string what, auto change) {
    auto x = hello("n1");
    change(x);
    all.push_back({std::move(what), std::move(x)});
  };
  add("another protocol", [](auto& x) { x.protocol = protocol_number + 1; });
  add("no name", [](auto& x) { x.name.clear(); });
  add("long name",
      [](auto& x) { x.name.assign(worker_name_bytes_max + 1, 'n'); });
  add("name with a slash", [](auto& x) { x.name = "a/b"; });
  add("name with a line feed", [](auto& x) { x.name = "a\nb"; });
  add("name of the coordinator", [](auto& x) { x.name = "coordinator"; });
  add("long version",
      [](auto& x) { x.version.assign(worker_name_bytes_max + 1, '1'); });
  add("version that is no text", [](auto& x) { x.version = "1\xff"; });
  add("long incarnation",
      [](auto& x) { x.incarnation.assign(worker_name_bytes_max + 1, 'a'); });
  add("no slots", [](auto& x) { x.slots.clear(); });
  add("no slots but zero", [](auto& x) {
    x.slots = {{job_type::import_things, 0}};
  });
  add("too many slots", [](auto& x) {
    x.slots = {{job_type::import_things, 1'000'000}};
  });
  add("other models", [](auto& x) {
    x.slots[job_type::generate_embeddings] = 1;
    x.models = "other";
  });
  add("slots of an unknown type",
      [](auto& x) { x.slots[static_cast<job_type>(99)] = 1; });
  return all;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(node_table_test, table_fixture)

BOOST_AUTO_TEST_CASE(a_node_that_beats_is_a_member) {
  BOOST_REQUIRE(nodes.check(hello("n1"), 0));
  auto session = nodes.add(hello("n1"), at(0));
  BOOST_TEST(nodes.find("n1")->session == session);
  for (time_ms now = 1000; now <= 60'000; now += 1000) {
    BOOST_TEST(nodes.beat(session, at(now)));
    BOOST_TEST(nodes.silent(now).empty());
  }
  auto reports = nodes.report(at(60'000));
  BOOST_REQUIRE_EQUAL(reports.size(), 1u);
  BOOST_TEST((reports[0].state == node_state::up));
  BOOST_TEST(reports[0].last_beat_at == 1'060'000);
  BOOST_TEST(reports[0].joined_at == 1'000'000);
}

BOOST_DATA_TEST_CASE(a_hello_that_cannot_be_is_refused_by_name,
                     data::make(bad_hellos()), x) {
  auto admitted = nodes.check(x.hello, 0);
  BOOST_REQUIRE(!admitted);
  BOOST_TEST((admitted.error().code == ec::invalid_request));
  BOOST_TEST(admitted.error().message.size() > 20u);
}

BOOST_AUTO_TEST_CASE(another_protocol_is_refused_with_both_versions) {
  auto other = hello("n1");
  other.protocol = 9;
  other.version = "7.7.7";
  auto message = nodes.check(other, 0).error().message;
  BOOST_TEST(message.find("protocol 9") != message.npos);
  BOOST_TEST(message.find("7.7.7") != message.npos);
}

BOOST_AUTO_TEST_CASE(a_node_does_not_transform_without_the_functions) {
  node_table with_functions{"", true};
  auto transforming = hello("n1");
  BOOST_TEST(with_functions.check(transforming, 0).has_value());
  transforming.slots[job_type::transform_data] = 1;
  BOOST_TEST(nodes.check(transforming, 0).has_value());
  auto refused = with_functions.check(transforming, 0);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ec::invalid_request));
  BOOST_TEST(refused.error().message.find("--slots") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(two_living_nodes_do_not_share_a_name) {
  auto session = nodes.add(hello("n1", "a"), at(0));
  auto second = nodes.check(hello("n1", "b"), 1000);
  BOOST_REQUIRE(!second);
  BOOST_TEST((second.error().code == ec::conflict));
  // Once the first one has been silent it makes way.
  auto later = nodes.check(hello("n1", "b"), 4000);
  BOOST_REQUIRE(later);
  BOOST_TEST(*later->replaces == session);
}

BOOST_AUTO_TEST_CASE(a_node_that_joins_again_takes_its_own_place_at_once) {
  auto session = nodes.add(hello("n1", "a"), at(0));
  auto again = nodes.check(hello("n1", "a"), 1);
  BOOST_REQUIRE(again);
  BOOST_TEST(*again->replaces == session);
}

BOOST_AUTO_TEST_CASE(who_is_silent_is_named_and_sessions_are_never_used_again) {
  auto first = nodes.add(hello("n1"), at(0));
  auto second = nodes.add(hello("n2"), at(5000));
  BOOST_TEST(nodes.silent(10'000).empty());
  BOOST_TEST(nodes.silent(10'001) == std::vector<uint64_t>{first},
             boost::test_tools::per_element());
  nodes.remove(first, "it was silent", at(10'001));
  BOOST_TEST(!nodes.beat(first, at(10'002)));
  BOOST_TEST(nodes.beat(second, at(10'002)));
  BOOST_TEST(nodes.add(hello("n1"), at(11'000)) > second);
}

BOOST_AUTO_TEST_CASE(who_is_gone_is_told_of_for_a_while) {
  auto session = nodes.add(hello("n1"), at(0));
  nodes.remove(session, "it has left", at(1000));
  auto reports = nodes.report(at(2000));
  BOOST_REQUIRE_EQUAL(reports.size(), 1u);
  BOOST_TEST((reports[0].state == node_state::gone));
  BOOST_TEST(reports[0].reason == "it has left");
  BOOST_TEST(nodes.report(at(601'000)).empty());
  for (int i = 0; i < 100; ++i)
    nodes.remove(nodes.add(hello("m" + std::to_string(i)), at(2000)), "x",
                 at(2000));
  BOOST_TEST(nodes.report(at(2000)).size() == 32u);
}

BOOST_AUTO_TEST_CASE(who_comes_back_is_not_told_of_as_gone) {
  nodes.remove(nodes.add(hello("n1"), at(0)), "it has left", at(1000));
  nodes.add(hello("n1"), at(2000));
  auto reports = nodes.report(at(2000));
  BOOST_REQUIRE_EQUAL(reports.size(), 1u);
  BOOST_TEST((reports[0].state == node_state::up));
}

BOOST_AUTO_TEST_CASE(a_drained_node_stays_a_member) {
  auto session = nodes.add(hello("n1"), at(0));
  nodes.drain(session);
  BOOST_TEST((nodes.report(at(1))[0].state == node_state::draining));
  BOOST_TEST(nodes.beat(session, at(1000)));
}

BOOST_AUTO_TEST_SUITE_END()
