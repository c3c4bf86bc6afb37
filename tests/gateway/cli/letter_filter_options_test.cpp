#include "gateway/cli/letter_filter_options.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch::cli;

BOOST_AUTO_TEST_CASE(a_filter_is_written_as_the_api_reads_it) {
  letter_filter_options x{"j", "t", "n/s", "c", "a", "b", {"1.2", "3.4"}};
  request_path path{"/dead-letters"};
  add_filter(path, x);
  BOOST_TEST(path.text()
             == "/dead-letters?jobId=j&type=t&ns=n%2Fs&code=c&after=a&"
                "before=b");
  std::string out;
  batch::json_writer w{out};
  write_filter(w, x);
  BOOST_TEST(out
             == R"({"jobId":"j","type":"t","ns":"n/s","code":"c","after":"a",)"
                R"("before":"b","ids":["1.2","3.4"]})");
}

BOOST_AUTO_TEST_CASE(what_is_not_asked_for_is_left_out) {
  letter_filter_options x;
  BOOST_TEST(x.is_empty());
  std::string out;
  batch::json_writer w{out};
  write_filter(w, x);
  BOOST_TEST(out == "{}");
  x.code = "c";
  BOOST_TEST(!x.is_empty());
  x = {};
  x.ids = {"1.2"};
  BOOST_TEST(!x.is_empty());
}
