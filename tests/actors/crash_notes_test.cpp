#include "actors/crash_notes.hpp"
#include "tests/storage/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

BOOST_AUTO_TEST_SUITE(crash_notes)

using namespace batch;
using batch::test::temporary_folder;

namespace {

/// Runs a process of its own, since the notes take over its signals.
/// @returns what `waitpid` says of its end.
int status_of(const std::function<int()>& run) {
  auto child = ::fork();
  if (child == 0) {
    rlimit none{};
    ::setrlimit(RLIMIT_CORE, &none);
    ::_exit(run());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

struct fixture {
  /// Takes the notes, and then crashes at an item.
  bool crash(uint64_t job, uint32_t chunk, uint32_t item) {
    auto status = status_of([&] {
      if (!take_crash_notes(file))
        return 1;
      work_note note{job, chunk};
      work_note::at_item(item);
      std::raise(SIGSEGV);
      return 2;
    });
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
  }

  /// Does something with the notes in a process that ends well.
  bool start(const std::function<bool(std::vector<crash_note>)>& look) {
    auto status = status_of([&] {
      auto notes = take_crash_notes(file);
      return notes && look(*notes) ? 0 : 1;
    });
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

  /// How many notes the next start would find.
  size_t left() {
    size_t n = 0;
    while (n < 10
           && !start([n](const auto& notes) { return notes.size() == n; }))
      ++n;
    return n;
  }

  temporary_folder folder;
  std::filesystem::path file = folder.path() / "crashes";
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_crash_leaves_what_was_worked_on, fixture) {
  BOOST_TEST(start([](const auto& notes) { return notes.empty(); }));
  BOOST_TEST(crash(7, 3, 41));
  BOOST_TEST(start([](const auto& notes) {
    return notes.size() == 1 && notes[0].job == 7 && notes[0].chunk == 3
           && notes[0].offset == 41 && notes[0].at > 0;
  }));
}

BOOST_FIXTURE_TEST_CASE(notes_stay_until_they_are_counted, fixture) {
  BOOST_TEST(crash(7, 3, 41));
  // Nothing was counted when it crashed again.
  BOOST_TEST(crash(8, 0, 1));
  BOOST_TEST(left() == 2u);
  BOOST_TEST(start([](const auto& notes) {
    crash_counted(notes[0]);
    return notes[0].job == 7;
  }));
  BOOST_TEST(start(
    [](const auto& notes) { return notes.size() == 1 && notes[0].job == 8; }));
  BOOST_TEST(start([](const auto& notes) {
    crash_counted(notes[0]);
    return true;
  }));
  BOOST_TEST(left() == 0u);
}

BOOST_FIXTURE_TEST_CASE(crashes_at_one_time_leave_at_least_one_note, fixture) {
  size_t before = 0;
  for (int i = 0; i < 50; ++i) {
    auto status = status_of([&] {
      if (!take_crash_notes(file))
        return 1;
      std::vector<std::jthread> threads;
      for (uint64_t job = 1; job <= 4; ++job)
        threads.emplace_back([job] {
          work_note note{job, 0};
          std::raise(SIGSEGV);
        });
      return 2;
    });
    BOOST_TEST(WIFSIGNALED(status));
    auto size = std::filesystem::file_size(file);
    BOOST_TEST(size > before);
    before = size;
  }
}

BOOST_FIXTURE_TEST_CASE(a_crash_between_pieces_blames_nobody, fixture) {
  auto status = status_of([&] {
    if (!take_crash_notes(file))
      return 1;
    { work_note note{7, 3}; }
    std::raise(SIGABRT);
    return 2;
  });
  BOOST_TEST(WTERMSIG(status) == SIGABRT);
  BOOST_TEST(left() == 0u);
}

BOOST_FIXTURE_TEST_CASE(half_an_entry_costs_only_itself, fixture) {
  BOOST_TEST(crash(7, 3, 41));
  auto bytes = std::filesystem::file_size(file);
  BOOST_TEST(crash(8, 0, 1));
  std::filesystem::resize_file(file, bytes + 5);
  BOOST_TEST(left() == 1u);
  // What is written behind it is read again.
  BOOST_TEST(crash(9, 0, 1));
  BOOST_TEST(left() == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_cannot_be_written_is_told, fixture) {
  std::filesystem::create_directory(file);
  std::ofstream{file / "in the way"} << "x";
  auto notes = take_crash_notes(file);
  BOOST_REQUIRE(!notes);
  BOOST_TEST(notes.error().code == ec::storage_failure);
  BOOST_TEST(notes.error().message.find(file.string()) != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
