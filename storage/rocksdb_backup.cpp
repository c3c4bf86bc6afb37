#include "storage/rocksdb_backup.hpp"

#include "storage/data_folder.hpp"
#include "storage/folder_lock.hpp"
#include "storage/rocksdb_info_log.hpp"
#include "storage/rocksdb_lock.hpp"
#include "storage/rocksdb_status.hpp"

#include <rocksdb/utilities/backup_engine.h>

#include <algorithm>
#include <memory>
#include <system_error>

namespace batch {

namespace {

namespace fs = std::filesystem;

/// Refuses a folder that is neither empty nor of backups.
expected<void> check_backup_folder(const fs::path& folder) {
  std::error_code why;
  if (fs::is_directory(folder / "meta", why))
    return {};
  fs::directory_iterator at{folder, why};
  for (; !why && at != end(at); at.increment(why))
    // RocksDB makes these in this order, and may be cut off in between.
    if (auto name = at->path().filename();
        name != "lost+found" && name != "shared_checksum" && name != "shared"
        && name != "private")
      return fail(ec::storage_foreign,
                  folder.string() + " holds \"" + name.string()
                    + "\", which is not of a backup; choose an empty folder, "
                      "or one of backups");
  if (why)
    return fail(ec::storage_failure,
                "Reading " + folder.string() + " failed: " + why.message());
  return {};
}

backup_info to_backup_info(const rocksdb::BackupInfo& x) {
  backup_info result;
  result.number = x.backup_id;
  result.bytes = x.size;
  result.created = std::chrono::system_clock::from_time_t(x.timestamp);
  result.files = x.number_files;
  return result;
}

/// A folder of backups, open for reading.
struct opened_backups {
  rocksdb_info_log silent;
  std::unique_ptr<rocksdb::BackupEngineReadOnly> engine;
};

expected<std::unique_ptr<opened_backups>>
open_backups(const fs::path& backup_folder) {
  std::error_code why;
  if (!fs::is_directory(backup_folder / "meta", why))
    return fail(ec::storage_foreign,
                backup_folder.string()
                  + " holds no backups; name the folder that a backup was "
                    "written to");
  auto result = std::make_unique<opened_backups>();
  rocksdb::BackupEngineOptions options{backup_folder.string()};
  options.info_log = &result->silent;
  rocksdb::BackupEngineReadOnly* raw = nullptr;
  auto opened = rocksdb::BackupEngineReadOnly::Open(
    options, rocksdb::Env::Default(), &raw);
  if (!opened.ok())
    return fail(opened, "Reading the backups in " + backup_folder.string());
  result->engine.reset(raw);
  return result;
}

std::vector<backup_info> list(const opened_backups& backups) {
  std::vector<rocksdb::BackupInfo> whole;
  backups.engine->GetBackupInfo(&whole);
  std::vector<backup_info> result;
  for (auto& x : whole)
    result.push_back(to_backup_info(x));
  std::vector<rocksdb::BackupID> damaged;
  backups.engine->GetCorruptedBackups(&damaged);
  for (auto number : damaged) {
    backup_info x;
    x.number = number;
    x.damaged = true;
    result.push_back(x);
  }
  std::sort(result.begin(), result.end(),
            [](auto& x, auto& y) { return x.number < y.number; });
  return result;
}

tl::unexpected<error> damaged(const fs::path& folder, uint32_t number,
                              const std::string& why) {
  return fail(ec::storage_corrupt,
              "Backup " + std::to_string(number) + " in " + folder.string()
                + " is damaged (" + why
                + "); nothing was restored, choose another one by its number");
}

/// The backup that is asked for, with every byte checked.
expected<backup_info> choose(const opened_backups& backups,
                             const fs::path& folder,
                             std::optional<uint32_t> number) {
  auto all = list(backups);
  if (all.empty())
    return fail(ec::storage_foreign,
                folder.string() + " holds no backup that was finished");
  auto chosen = number
                  ? std::find_if(all.begin(), all.end(),
                                 [&](auto& x) { return x.number == *number; })
                  : all.end() - 1;
  if (chosen == all.end())
    return fail(ec::storage_failure,
                folder.string() + " holds no backup " + std::to_string(*number)
                  + "; the newest is " + std::to_string(all.back().number));
  if (chosen->damaged)
    return damaged(folder, chosen->number, "files are missing or cut");
  auto verified = backups.engine->VerifyBackup(chosen->number,
                                               /*verify_with_checksum=*/true);
  if (verified.IsCorruption() || verified.IsNotFound()
      || verified.IsPathNotFound())
    return damaged(folder, chosen->number, verified.ToString());
  if (!verified.ok())
    return fail(verified, "Reading the backups in " + folder.string());
  return *chosen;
}

expected<void> check_target(const fs::path& data_folder) {
  std::error_code why;
  auto is_there = fs::exists(data_folder, why);
  auto is_empty = !is_there || (!why && fs::is_empty(data_folder, why));
  if (!why && is_there && !fs::is_directory(data_folder, why) && !why)
    why = std::make_error_code(std::errc::not_a_directory);
  if (why)
    return fail(ec::storage_failure, "Restoring into " + data_folder.string()
                                       + " failed: " + why.message());
  if (is_empty)
    return {};
  if (auto lock = rocksdb_lock::take(data_folder); !lock)
    return fail(lock);
  return fail(ec::conflict, data_folder.string()
                              + " is not empty; restore into an empty folder, "
                                "or move this one away");
}

expected<void> clear(const fs::path& folder) {
  std::error_code why;
  for (fs::directory_iterator at{folder, why}; !why && at != end(at);
       at.increment(why))
    if (fs::remove_all(*at, why); why)
      break;
  if (why)
    return fail(ec::storage_failure,
                "Clearing " + folder.string() + " failed: " + why.message());
  return {};
}

expected<void> sync_with_files(const fs::path& folder) {
  std::error_code why;
  for (fs::directory_iterator at{folder, why}; !why && at != end(at);
       at.increment(why))
    if (auto synced = sync_path(*at); !synced)
      return synced;
  if (why)
    return fail(ec::storage_failure,
                "Reading " + folder.string() + " failed: " + why.message());
  return sync_path(folder);
}

expected<void> put_in_place(const fs::path& restored,
                            const fs::path& data_folder) {
  if (auto synced = sync_with_files(restored); !synced)
    return synced;
  std::error_code why;
  // The name of an empty folder may be taken over by another folder.
  fs::rename(restored, data_folder, why);
  if (why == std::errc::directory_not_empty || why == std::errc::file_exists)
    return fail(ec::conflict, data_folder.string() + " is not empty any more");
  if (why)
    return fail(ec::storage_failure,
                "Renaming " + restored.string() + " to " + data_folder.string()
                  + " failed: " + why.message()
                  + " (where a disk is mounted, restore into a folder below)");
  return sync_path(data_folder.parent_path());
}

/// Restores into a folder of its own that is renamed when it is whole.
expected<void> restore(const opened_backups& backups, uint32_t number,
                       const fs::path& data_folder) {
  auto unfinished = data_folder;
  unfinished += ".restoring";
  if (auto created = create_data_folder(unfinished); !created)
    return created;
  auto lock = folder_lock::take(unfinished, folder_lock::kind::exclusive);
  if (!lock)
    return fail(lock);
  if (!lock->is_at(unfinished))
    return fail(ec::conflict, data_folder.string()
                                + " has just been restored by another process");
  auto result = clear(unfinished);
  if (result) {
    auto restored = backups.engine->RestoreDBFromBackup(
      number, unfinished.string(), unfinished.string());
    if (!restored.ok())
      result = fail(restored, "Restoring backup " + std::to_string(number)
                                + " into " + data_folder.string());
  }
  if (result)
    result = put_in_place(unfinished, data_folder);
  std::error_code ignored; // the first error counts
  if (!result)
    fs::remove_all(unfinished, ignored);
  return result;
}

} // namespace

expected<backup_info> create_backup(rocksdb::DB& db, const fs::path& folder) {
  if (auto created = create_data_folder(folder); !created)
    return fail(created);
  if (auto checked = check_backup_folder(folder); !checked)
    return fail(checked);
  auto lock = folder_lock::take(folder, folder_lock::kind::exclusive);
  if (!lock)
    return fail(lock);
  auto doing = "Writing a backup to " + folder.string();
  rocksdb_info_log silent;
  rocksdb::BackupEngineOptions options{folder.string()};
  options.info_log = &silent;
  rocksdb::BackupEngine* raw = nullptr;
  auto opened = rocksdb::BackupEngine::Open(options, db.GetEnv(), &raw);
  if (!opened.ok())
    return fail(opened, doing);
  std::unique_ptr<rocksdb::BackupEngine> engine{raw};
  rocksdb::CreateBackupOptions how;
  // Tables are shared with the next backup; the log would be copied anew.
  how.flush_before_backup = true;
  rocksdb::BackupID number = 0;
  auto written = engine->CreateNewBackup(how, &db, &number);
  if (!written.ok())
    return fail(written, doing);
  rocksdb::BackupInfo info;
  auto found = engine->GetBackupInfo(number, &info);
  if (!found.ok())
    return fail(found, doing);
  return to_backup_info(info);
}

expected<std::vector<backup_info>> list_backups(const fs::path& backup_folder) {
  auto backups = open_backups(backup_folder);
  if (!backups)
    return fail(backups);
  return list(**backups);
}

expected<backup_info> restore_backup(const fs::path& backup_folder,
                                     std::optional<uint32_t> number,
                                     const fs::path& data_folder) {
  std::error_code why;
  auto target = fs::absolute(data_folder, why).lexically_normal();
  if (why)
    return fail(ec::storage_failure, "Finding " + data_folder.string()
                                       + " failed: " + why.message());
  if (!target.has_filename()) // "/data/"
    target = target.parent_path();
  auto backups = open_backups(backup_folder);
  if (!backups)
    return fail(backups);
  if (auto checked = check_target(target); !checked)
    return fail(checked);
  auto chosen = choose(**backups, backup_folder, number);
  if (!chosen)
    return chosen;
  if (auto restored = restore(**backups, chosen->number, target); !restored)
    return fail(restored);
  return chosen;
}

} // namespace batch
