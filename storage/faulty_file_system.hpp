// A file system that does the harm a real one may do, from a seed. It is
// linked into test programs only (target `batch_storage_faults`).
#pragma once

#include "codecs/error.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace rocksdb {
class FileSystem;
}

namespace batch {

enum class file_call { append, sync, read, open, rename };

enum class file_error {
  /// An IOError that goes on.
  lasting,
  /// An IOError that RocksDB is told to recover from.
  retryable,
  /// As on a full disk.
  no_space,
};

/// Calls that fail. A failed append has written a part of its bytes; a failed
/// sync may have.
struct file_fault {
  file_call call = file_call::append;
  file_error error = file_error::lasting;
  /// The first call that fails, counted from 1, if it is not left to chance.
  uint64_t from = 1;
  /// If not 0, each call fails with a chance of one in this many.
  uint64_t one_in = 0;
  /// How many calls fail; 0 for no end.
  uint64_t times = 1;
  /// Only calls on files whose names (without folder) hold this text count.
  std::string name_part = {};

  bool operator==(const file_fault&) const = default;
};

struct faulty_file_options {
  uint64_t seed = 1;
  /// Bytes reach the disk when they are synced, and now and then some of them
  /// before: so the end of the process by a signal is a power cut. A process
  /// that ends in order loses nothing. What was to be synced by a sync that
  /// failed never reaches the disk, whatever later syncs of the file answer.
  ///
  /// Creating, renaming and deleting files takes effect at once, which is
  /// milder than a disk: a folder that is never synced goes unnoticed.
  bool power_cut = false;
  std::vector<file_fault> faults;
};

/// Reads options as a test program takes them from its environment, e.g.
/// `seed=7,power_cut=1,fail=sync:120:1,no_space=append:500:40`.
///
///     options = option { "," option }
///     option  = "seed=" number | "power_cut=" ( "0" | "1" )
///             | ( "fail" | "retryable" | "no_space" ) "=" fault
///     fault   = call ":" when ":" times [ ":" name part ]
///     call    = "append" | "sync" | "read" | "open" | "rename"
///     when    = number of the first call | "1/" number
///
/// Errors: `ec::invalid_option` naming the option and what would be right.
expected<faulty_file_options> parse_faulty_file_options(std::string_view text);

/// Decides which calls fail. Thread-safety: all.
class fault_plan {
public:
  explicit fault_plan(const faulty_file_options& o);

  /// Adds a fault whose calls are counted from now on.
  void add(file_fault x);
  /// Ends all faults.
  void clear();
  /// Calls that failed so far.
  uint64_t struck() const;

  /// Counts a call; whether it fails, and how.
  /// @param path of the file the call is on.
  bool strikes(file_call call, std::string_view path, file_error& how);
  /// A random number below `end`; 0 if that is 0.
  uint64_t random_below(uint64_t end);

private:
  struct counted {
    file_fault fault;
    uint64_t calls = 0;
    uint64_t struck = 0;
  };

  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  std::vector<counted> faults_;
  uint64_t struck_ = 0;
};

struct faulty_file_system {
  /// For `rocksdb_options::file_system`. Thread-safety: all.
  std::shared_ptr<rocksdb::FileSystem> files;
  /// To change what fails while it is in use.
  std::shared_ptr<fault_plan> plan;
};

/// Makes one around the file system of the machine.
faulty_file_system make_faulty_file_system(const faulty_file_options& o);

} // namespace batch
