#include "storage/rocksdb_health.hpp"

#include "tests/storage/stores.hpp"

using namespace batch;

namespace {

struct health_fixture {
  rocksdb_health health;

  void break_down() {
    auto full = rocksdb::Status::NoSpace("no room in /data");
    health.OnBackgroundError(rocksdb::BackgroundErrorReason::kWriteCallback,
                             &full);
  }

  void recover(rocksdb::Status result = rocksdb::Status::OK()) {
    rocksdb::BackgroundErrorRecoveryInfo info;
    info.new_bg_error = result;
    health.OnErrorRecoveryEnd(info);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(rocksdb_health_test, health_fixture)

BOOST_AUTO_TEST_CASE(it_is_writable_until_an_error) {
  BOOST_TEST(health.writable());
  BOOST_TEST(!health.take_probe());
  break_down();
  BOOST_TEST(!health.writable());
  BOOST_TEST(!health.take_probe());
  BOOST_TEST(health.current().message.find("no room in /data")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(it_tells_a_lack_of_space_from_other_errors) {
  break_down();
  BOOST_TEST(health.current().lacks_space);
  recover(rocksdb::Status::NoSpace("still"));
  BOOST_TEST(health.current().lacks_space);
  recover(rocksdb::Status::Corruption("broken"));
  BOOST_TEST(!health.current().lacks_space);
  break_down();
  recover();
  BOOST_TEST(health.current().lacks_space);
  BOOST_TEST(health.take_probe());
  health.probed(rocksdb::Status::OK());
  BOOST_TEST(!health.current().lacks_space);
}

BOOST_AUTO_TEST_CASE(one_successful_probe_after_a_recovery_makes_it_writable) {
  break_down();
  recover();
  BOOST_TEST(!health.current().writable);
  BOOST_TEST(health.take_probe());
  BOOST_TEST(!health.take_probe());
  health.probed(rocksdb::Status::OK());
  BOOST_TEST(health.current().writable);
  BOOST_TEST(health.current().message == "");
}

BOOST_AUTO_TEST_CASE(a_failed_probe_asks_for_a_restart) {
  break_down();
  recover();
  BOOST_TEST(health.take_probe());
  health.probed(rocksdb::Status::NoSpace("still"));
  BOOST_TEST(!health.current().writable);
  BOOST_TEST(health.current().message.find("restart") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_error_during_the_probe_counts_more_than_the_probe) {
  break_down();
  recover();
  BOOST_TEST(health.take_probe());
  break_down();
  health.probed(rocksdb::Status::OK());
  BOOST_TEST(!health.current().writable);
}

BOOST_AUTO_TEST_CASE(a_recovery_that_failed_is_none) {
  break_down();
  recover(rocksdb::Status::IOError("broken"));
  BOOST_TEST(!health.take_probe());
  BOOST_TEST(health.current().message.find("broken") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
