// Backups of a store: a folder that holds any number of them, each whole, with
// files shared among them. A store writes one (`store_reader::backup`); what
// needs no open store is here.
//
// Thread-safety: all. A folder of backups takes one writer at a time, from
// whichever process.
#pragma once

#include "codecs/error.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace batch {

/// One backup in a folder of backups.
struct backup_info {
  /// Grows by one with each backup of the folder.
  uint32_t number = 0;
  /// What restoring it writes. Files shared with other backups count in each.
  uint64_t bytes = 0;
  std::chrono::system_clock::time_point created; // in whole seconds
  uint32_t files = 0;
  /// Files of it are missing or of a wrong size, or their list cannot be read;
  /// then only the number is known. A backup without this mark may still hold
  /// spoilt bytes: restoring looks at all of them.
  bool damaged = false;
};

/// All backups of a folder, oldest first.
///
/// Errors: `ec::storage_foreign` if it is no folder of backups;
/// `ec::storage_failure`.
expected<std::vector<backup_info>>
list_backups(const std::filesystem::path& backup_folder);

/// Restores a backup, the newest unless `number` is given, into a folder that
/// is absent or empty; its parent must be on the same file system. Checks
/// every byte first. The data folder appears whole and durable, or not at all:
/// "<data folder>.restoring" beside it holds what is not whole yet, and may be
/// removed after a crash.
///
/// Answers what was restored. Errors, each naming the folder and what to do:
/// `ec::storage_foreign` (no folder of backups), `ec::storage_corrupt` (the
/// backup is damaged), `ec::conflict` (the data folder is not empty, or a
/// restore into it is under way), `ec::storage_locked` (it is in use),
/// `ec::storage_full`, `ec::storage_failure` (also: no backup of this number).
expected<backup_info> restore_backup(const std::filesystem::path& backup_folder,
                                     std::optional<uint32_t> number,
                                     const std::filesystem::path& data_folder);

} // namespace batch
