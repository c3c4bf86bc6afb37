#include "storage/rocksdb_status.hpp"

#include <string>

namespace batch {

namespace {

ec code_of(const rocksdb::Status& s) {
  if (s.IsCorruption())
    return ec::storage_corrupt;
  if (s.IsNoSpace())
    return ec::storage_full;
  return ec::storage_failure;
}

} // namespace

tl::unexpected<error> fail(const rocksdb::Status& failed,
                           std::string_view doing) {
  return fail(code_of(failed),
              std::string{doing} + " failed: " + failed.ToString());
}

commit_status to_commit_status(const rocksdb::Status& s, bool was_writable) {
  if (s.ok())
    return commit_status::ok;
  // A log record that did not fit is cut off, so it is never replayed.
  if (s.IsNoSpace())
    return commit_status::no_space;
  if (s.IsBusy() || s.IsTimedOut() || s.IsTryAgain() || s.IsIncomplete())
    return commit_status::retry;
  if (!was_writable)
    return s.severity() < rocksdb::Status::kFatalError ? commit_status::retry
                                                       : commit_status::fatal;
  // The bytes may have reached the disk although the call failed: a start
  // after a crash would then apply them.
  if (s.IsIOError())
    return commit_status::unknown;
  return commit_status::fatal;
}

} // namespace batch
