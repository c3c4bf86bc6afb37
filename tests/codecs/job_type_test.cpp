#include "codecs/job_type.hpp"

#include "tests/codecs/checks.hpp"

#include <set>

using namespace batch;
using namespace batch::test;

BOOST_AUTO_TEST_SUITE(job_type_test)

BOOST_AUTO_TEST_CASE(the_types_are_those_of_the_contract) {
  std::vector<std::string_view> names;
  for (auto type : job_types)
    names.push_back(to_string(type));
  std::vector<std::string_view> wanted{"import-things", "import-relationships",
                                       "generate-embeddings", "export-things",
                                       "transform-data"};
  BOOST_TEST(names == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(types_and_statuses_are_numbered_from_one_in_their_order) {
  uint8_t number = 0;
  for (auto type : job_types)
    BOOST_TEST(static_cast<uint8_t>(type) == ++number);
  number = 0;
  for (auto type : counted_types)
    BOOST_TEST(static_cast<uint8_t>(type) == ++number);
  number = 0;
  for (auto status : job_statuses)
    BOOST_TEST(static_cast<uint8_t>(status) == ++number);
}

BOOST_AUTO_TEST_CASE(a_name_leads_back_to_its_value) {
  for (auto type : job_types)
    BOOST_TEST((job_type_of(to_string(type)) == type));
  for (auto status : job_statuses)
    BOOST_TEST((job_status_of(to_string(status)) == status));
}

BOOST_AUTO_TEST_CASE(other_names_lead_nowhere) {
  for (auto name : {"", "unknown", "import", "Import-things", "import-things "})
    BOOST_TEST(!job_type_of(name).has_value());
  for (auto name : {"", "unknown", "queued", "Pending"})
    BOOST_TEST(!job_status_of(name).has_value());
}

BOOST_AUTO_TEST_CASE(the_list_of_names_for_messages_has_them_all) {
  std::string names;
  for (auto type : job_types)
    names += (names.empty() ? "" : ", ") + std::string{to_string(type)};
  BOOST_TEST(job_type_names() == names);
}

BOOST_AUTO_TEST_CASE(the_statuses_and_states_are_those_of_the_contract) {
  std::string names;
  for (auto status : job_statuses)
    names += std::string{to_string(status)} + ' ';
  BOOST_TEST(names == "pending processing completed failed ");
  names.clear();
  for (uint8_t number = 1; number <= 8; ++number)
    names += std::string{to_string(static_cast<job_state>(number))} + ' ';
  BOOST_TEST(names
             == "queued scheduled running paused retrying succeeded "
                "failed cancelled ");
}

BOOST_AUTO_TEST_CASE(a_job_has_ended_when_it_completed_or_failed) {
  BOOST_TEST(!has_ended(job_status::pending));
  BOOST_TEST(!has_ended(job_status::processing));
  BOOST_TEST(has_ended(job_status::completed));
  BOOST_TEST(has_ended(job_status::failed));
}

BOOST_AUTO_TEST_SUITE_END()
