// Reads RocksDB's log files past damage.
//
// A log is blocks of 32 KiB. A block is records, and less than 7 bytes of
// padding. A record: checksum u32 | size u16 | kind u8 | bytes, numbers
// little-endian, the checksum a masked CRC-32C of kind and bytes. Kinds: 1 is
// whole; 2, 3 and 4 are the begin, the middle and the end of a longer one.
#pragma once

#include "codecs/error.hpp"

#include <rocksdb/env.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace batch {

/// The logs in a folder from a number on, oldest first. Errors:
/// `ec::storage_failure`.
expected<std::vector<std::filesystem::path>>
list_log_files(const std::filesystem::path& folder, uint64_t oldest,
               rocksdb::Env& env);

/// One log file, read from its begin to its end. RocksDB's own reader drops
/// the rest of a block behind damage; this one looks for the next record.
class log_file {
public:
  static expected<log_file> open(const std::filesystem::path& path,
                                 rocksdb::Env& env);

  /// The first bytes of the next record that is whole, at most `bytes_max`;
  /// nothing at the end. Errors: `ec::storage_failure`.
  expected<std::optional<std::string>> next(size_t bytes_max);

  /// Whether bytes that are no record came so far.
  bool has_skipped() const { return has_skipped_; }

private:
  struct fragment {
    uint8_t kind;
    std::string_view bytes;
  };

  log_file(std::string name, std::unique_ptr<rocksdb::SequentialFile> file);

  expected<bool> read_block();
  std::optional<fragment> take_fragment();

  std::string name_;
  std::unique_ptr<rocksdb::SequentialFile> file_;
  std::string block_;
  size_t at_ = 0;
  bool has_skipped_ = false;
};

} // namespace batch
