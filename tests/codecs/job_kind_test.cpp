#include "codecs/job_kind.hpp"

#include "codecs/limits.hpp"
#include "tests/codecs/checks.hpp"

using namespace batch;
using namespace batch::test;

BOOST_AUTO_TEST_SUITE(job_kind_test)

BOOST_AUTO_TEST_CASE(a_built_in_type_is_a_kind_without_a_name_of_its_own) {
  for (auto type : job_types) {
    auto kind = job_kind_of(to_string(type));
    BOOST_REQUIRE(kind);
    BOOST_TEST((*kind == type));
    BOOST_TEST(kind->custom.empty());
    BOOST_TEST(to_string(*kind) == to_string(type));
  }
}

BOOST_AUTO_TEST_CASE(a_type_of_ones_own_is_shown_under_its_name) {
  auto kind = job_kind_of("resize-images");
  BOOST_REQUIRE(kind);
  BOOST_TEST(kind->base == job_type::custom);
  BOOST_TEST(to_string(*kind) == "resize-images");
}

BOOST_AUTO_TEST_CASE(types_of_ones_own_are_told_apart_by_their_names) {
  job_kind a{job_type::custom, "a"}, b{job_type::custom, "b"};
  BOOST_TEST((a != b));
  BOOST_TEST((a < b));
  BOOST_TEST((a == job_kind{job_type::custom, "a"}));
  BOOST_TEST((a != job_type::import_things));
}

BOOST_AUTO_TEST_CASE(names_are_small_letters_digits_and_hyphens) {
  const std::string longest(own_type_bytes_max, 'x');
  const std::string good[]
    = {"a", "z9", "resize-images", "a--b", "a-", longest};
  for (const auto& name : good)
    BOOST_TEST(may_name_own_type(name), name);
  const std::string bad[] = {"",
                             "A",
                             "9a",
                             "-a",
                             "a_b",
                             "a b",
                             "a.b",
                             "ä",
                             "a\n",
                             "resize-Images",
                             "import-things",
                             "transform-data",
                             "custom",
                             "system"};
  for (const auto& name : bad)
    BOOST_TEST(!may_name_own_type(name), name);
  BOOST_TEST(!may_name_own_type(longest + 'x'));
  BOOST_TEST(!may_name_own_type(std::string_view{"a\0", 2}));
}

BOOST_AUTO_TEST_CASE(a_name_that_no_type_can_have_leads_nowhere) {
  for (auto name : {"", "custom", "system", "Import-things", "import things"})
    BOOST_TEST(!job_kind_of(name).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
