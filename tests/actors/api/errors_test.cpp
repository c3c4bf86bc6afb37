#include "actors/api/errors.hpp"

#include "tests/actors/api/api_fixture.hpp"
#include "tests/actors/quiet_system.hpp"

using namespace batch;
using namespace batch::test;

BOOST_AUTO_TEST_SUITE(api_errors_test)

BOOST_AUTO_TEST_CASE(errors_are_compared_by_code_and_read_as_sentences) {
  auto why = make_error(ec::invalid_option, "priority: too large",
                        "/options/priority");
  BOOST_TEST((why == ec::invalid_option));
  BOOST_TEST((why != ec::conflict));
  BOOST_TEST((code_of(why) == ec::invalid_option));
  BOOST_TEST(message_of(why) == "priority: too large");
  api_config config;
  test::quiet_system system{config};
  BOOST_TEST(system.render(why)
             == "batch error invalid_option: priority: too large (at "
                "/options/priority)");
  BOOST_TEST(system.render(make_error(ec::conflict)) == "batch error conflict");
}

BOOST_AUTO_TEST_CASE(errors_of_others_are_told_as_ours) {
  BOOST_TEST((code_of(caf::sec::request_timeout) == ec::overloaded));
  BOOST_TEST((code_of(caf::sec::request_receiver_down) == ec::shutting_down));
  BOOST_TEST((code_of(caf::sec::unexpected_message) == ec::internal));
  BOOST_TEST(!message_of(caf::sec::unexpected_message).empty());
  // Of our category, but not made by us.
  caf::error odd{200, error_category, caf::make_message(5)};
  BOOST_TEST((code_of(odd) == ec::internal));
  BOOST_TEST(api::render_error(200, error_category, odd.context())
             == "batch error internal");
}

BOOST_AUTO_TEST_SUITE_END()
