#include "actors/cluster/protocol.hpp"

#include "codecs/record.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(protocol_test)

BOOST_AUTO_TEST_CASE(slots_are_read_as_users_write_them) {
  auto slots = parse_slots("import=2, embed=4,transform=0");
  BOOST_REQUIRE(slots);
  BOOST_TEST(slots->size() == 3u);
  BOOST_TEST(slots->at(job_type::import_things) == 2u);
  BOOST_TEST(slots->at(job_type::generate_embeddings) == 4u);
  BOOST_TEST(slots->at(job_type::transform_data) == 0u);
  BOOST_TEST(to_string(*slots) == "import=2,embed=4,transform=0");
}

BOOST_DATA_TEST_CASE(slots_that_cannot_be_are_named,
                     data::make({"", "import", "import=", "import=x",
                                 "import=-1", "import=2000", "import=2,",
                                 "imports=2", "import=1,import=2",
                                 "import=99999999999999999999"}),
                     text) {
  auto slots = parse_slots(text);
  BOOST_REQUIRE(!slots);
  BOOST_TEST((slots.error().code == ec::invalid_request));
  BOOST_TEST(!slots.error().message.empty());
}

BOOST_AUTO_TEST_CASE(a_hello_comes_back_as_it_was) {
  node_hello hello;
  hello.version = "1.2.3";
  hello.name = "n1";
  hello.incarnation = "abc";
  hello.slots = {{job_type::export_things, 3}};
  auto read = decode_record<node_hello>(encode_record(hello));
  BOOST_REQUIRE(read);
  BOOST_TEST(read->protocol == protocol_number);
  BOOST_TEST(read->version == "1.2.3");
  BOOST_TEST(read->name == "n1");
  BOOST_TEST(read->incarnation == "abc");
  BOOST_TEST((read->slots == hello.slots));
}

BOOST_AUTO_TEST_SUITE_END()
