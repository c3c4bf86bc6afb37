#include "codecs/dead_letter.hpp"

#include "tests/codecs/checks.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

using namespace batch;
using namespace batch::test;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(dead_letter_test)

BOOST_AUTO_TEST_CASE(an_id_reads_back) {
  auto id = "018f4e2a-7c3d-7b1e-9a55-0242ac120002.4294967294";
  BOOST_TEST(to_string(must(parse_letter_id(id))) == id);
  BOOST_TEST(must(parse_letter_id(id)).item == 4294967294U);
}

const char* const no_ids[]{
  "",
  ".",
  "1",
  "018f4e2a-7c3d-7b1e-9a55-0242ac120002",
  "018f4e2a-7c3d-7b1e-9a55-0242ac120002.",
  "018f4e2a-7c3d-7b1e-9a55-0242ac120002.x",
  "018f4e2a-7c3d-7b1e-9a55-0242ac120002.-1",
  "018f4e2a-7c3d-7b1e-9a55-0242ac120002.01",
  "018f4e2a-7c3d-7b1e-9a55-0242ac120002.1 ",
  "018f4e2a-7c3d-7b1e-9a55-0242ac120002.4294967296",
  "018f4e2a-7c3d-7b1e-9a55-0242ac12000.1",
};

BOOST_DATA_TEST_CASE(what_is_no_id_is_refused, data::make(no_ids), text) {
  BOOST_TEST(code_of(parse_letter_id(text)) == ec::invalid_request);
}

struct masked {
  std::string_view message;
  std::string_view fingerprint;
};

const masked messages[]{
  {"", ""},
  {"no thing has this ns and id", "no thing has this ns and id"},
  {"line 17 (byte 2048) is not JSON", "line # (byte #) is not JSON"},
  {"there is no thing shop/a-17", "there is no thing shop/#"},
  {"member \"a b\" of 'x y' is odd", "member # of # is odd"},
  {"job 018f4e2a-7c3d-7b1e-9a55-0242ac120002 failed", "job # failed"},
  {"it's 5 o'clock", "it's # o'clock"},
  {"an \"open quote 1", "an \"open quote #"},
  {"1.5 > 1e9", "#.# > #"},
};

std::ostream& operator<<(std::ostream& out, const masked& x) {
  return out << x.message;
}

BOOST_DATA_TEST_CASE(what_differs_from_item_to_item_is_masked,
                     data::make(messages), x) {
  BOOST_TEST(fingerprint_of(x.message) == x.fingerprint);
}

BOOST_AUTO_TEST_SUITE_END()
