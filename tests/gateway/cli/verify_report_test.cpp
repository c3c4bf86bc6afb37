#include "gateway/cli/verify_report.hpp"

#include "codecs/json_reader.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

using namespace batch;
using namespace batch::cli;

namespace {

verify_report report_of(uint64_t findings) {
  verify_report report;
  report.summary.jobs = 12;
  report.summary.findings = findings;
  for (uint64_t i = 0; i < findings; ++i)
    report.add({"jobs P " + std::to_string(i), "is not there", "it"});
  return report;
}

} // namespace

BOOST_AUTO_TEST_SUITE(verify_report_test)

BOOST_AUTO_TEST_CASE(a_clean_folder_is_a_table_and_a_verdict) {
  auto text = verify_text(report_of(0));
  BOOST_TEST(text.find("jobs") != std::string::npos);
  BOOST_TEST(text.find("12\n") != std::string::npos);
  BOOST_TEST(text.ends_with("\nnothing is wrong; took 0.0 s\n"));
  // What is rare is shown only if it is there.
  BOOST_TEST(text.find("stale") == std::string::npos);
  BOOST_TEST(findings_text(report_of(0)).empty());
}

BOOST_AUTO_TEST_CASE(findings_are_lines_up_to_a_hundred) {
  BOOST_TEST(findings_text(report_of(1))
             == "jobs P 0: is not there; expected it\n");
  auto many = findings_text(report_of(102));
  BOOST_TEST(std::ranges::count(many, '\n') == 101);
  BOOST_TEST(many.ends_with("\nand 2 more\n"));
  BOOST_TEST(verify_text(report_of(102)).find("102 findings;")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_damaged_record_says_steers_no_terminal) {
  auto report = report_of(0);
  report.add({"things a\x1b[2J/b", "one\nline", "\xFF"});
  BOOST_TEST(findings_text(report)
             == "things a[2J/b: one line; expected \xEF\xBF\xBD\n");
  BOOST_TEST(json_reader{}.check(verify_json(report)).has_value());
}

BOOST_AUTO_TEST_CASE(scripts_get_the_same_as_JSON) {
  auto json = verify_json(report_of(1));
  BOOST_TEST(json.starts_with(R"({"success":true,"verify":{"clean":false,)"
                              R"("findingCount":1,"seconds":0,"jobs":12,)"));
  BOOST_TEST(json.ends_with(R"("findings":[{"key":"jobs P 0","fault":)"
                            R"("is not there","expected":"it"}]}})"));
}

BOOST_AUTO_TEST_SUITE_END()
