#include "storage/rocksdb_info_log.hpp"

#include "tests/storage/full_disk.hpp"
#include "tests/storage/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;
using namespace batch::test;

BOOST_AUTO_TEST_SUITE(rocksdb_info_log_test)

BOOST_AUTO_TEST_CASE(a_line_goes_into_the_file_with_its_time) {
  temporary_folder folder;
  auto path = folder.path() / "rocksdb.log";
  rocksdb_info_log log{path};
  rocksdb::Info(&log, "flushed %d rows", 7);
  rocksdb::Warn(&log, "slow");
  auto text = read_file(path);
  BOOST_TEST(text.find("Z flushed 7 rows\n") != std::string::npos);
  BOOST_TEST(text.find("[WARN] slow\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_long_line_is_cut) {
  temporary_folder folder;
  auto path = folder.path() / "rocksdb.log";
  rocksdb_info_log log{path};
  rocksdb::Info(&log, "%s", std::string(100'000, 'x').c_str());
  auto text = read_file(path);
  BOOST_TEST(text.size() < 10'000u);
  BOOST_TEST(text.back() == '\n');
}

BOOST_AUTO_TEST_CASE(the_files_are_bounded_over_many_starts) {
  temporary_folder folder;
  auto path = folder.path() / "rocksdb.log";
  const std::string line(1000, 'x');
  for (int start = 0; start < 3; ++start) {
    rocksdb_info_log log{path};
    for (size_t i = 0; i < info_log_bytes_max / line.size(); ++i)
      rocksdb::Info(&log, "%s", line.c_str());
  }
  BOOST_TEST(std::filesystem::file_size(path) <= info_log_bytes_max);
  BOOST_TEST(std::filesystem::file_size(path.string() + ".old")
             <= info_log_bytes_max);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_lost_and_nothing_else_happens) {
  temporary_folder folder;
  auto path = folder.path() / "rocksdb.log";
  rocksdb_info_log nowhere{folder.path() / "absent" / "rocksdb.log"};
  rocksdb::Info(&nowhere, "lost");
  rocksdb_info_log log{path};
  {
    full_disk full{folder.path()};
    rocksdb::Info(&log, "lost");
    BOOST_TEST(full_disk::refused() == 1u);
  }
  rocksdb::Info(&log, "kept");
  auto text = read_file(path);
  BOOST_TEST(text.find("lost") == std::string::npos);
  BOOST_TEST(text.find("kept") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
