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
/// by SIGKILL; "overfill" commits one entry more than a batch may have.
int run_part(const std::string& part, const std::filesystem::path& folder);

/// The other side of `run_part`, called by main.
int main_of_part(const std::string& part, const std::filesystem::path& folder);

inline constexpr int fill_rows = 1000;

} // namespace batch::test
