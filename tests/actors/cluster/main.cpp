#define BOOST_TEST_MODULE cluster
#include <boost/test/unit_test.hpp>

#include <spdlog/spdlog.h>

namespace {

/// What the service logs of the harm that tests do to it is no news.
struct quiet_log {
  quiet_log() { spdlog::set_level(spdlog::level::off); }
};

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(quiet_log);
