// Parts of tests that run in a process of their own: RocksDB's threads do not
// survive a fork, so the test program starts itself anew.
#pragma once

#include <filesystem>
#include <string>

namespace batch::test {

/// Runs a part and answers how the process ended, as `waitpid` tells it.
/// Parts: "open" ends with the number of the error of opening the store in the
/// folder, 0 for none, and "open_for_reading" likewise; both may end in
/// "_as_nobody"; "fill" commits `fill_rows` rows, buffered, and is ended
/// by SIGKILL; "overfill" commits one entry more than a batch may have;
/// "commit_until_killed" is described at `faults_variable`.
int run_part(const std::string& part, const std::filesystem::path& folder);

/// The other side of `run_part`, called by main.
int main_of_part(const std::string& part, const std::filesystem::path& folder);

inline constexpr int fill_rows = 1000;

/// The variable of the environment from which "commit_until_killed" takes the
/// options of its file system (storage/faulty_file_system.hpp). It commits
/// batch after batch, some durable, each again until it is done, and is ended
/// by SIGKILL after a number that the seed decides. Batch `i` puts
/// `numbered(i)` into things and marks, and `i` as "last" into meta.
inline constexpr const char* faults_variable = "BATCH_TEST_FAULTS";

/// The file beside the folder to which it writes a line with `i` after each
/// batch that was answered durable.
std::filesystem::path answered_file(const std::filesystem::path& folder);

/// Keys in the order of their numbers.
std::string numbered(int i);

} // namespace batch::test
