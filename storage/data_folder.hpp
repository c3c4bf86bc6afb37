// Whose a folder is, told from the names in it before anything is opened.
#pragma once

#include "codecs/error.hpp"

#include <filesystem>

namespace batch {

/// The file in a data folder that RocksDB's own log goes to.
inline constexpr std::string_view info_log_name = "rocksdb.log";

enum class folder_content {
  /// Nothing, or what is left of a creation that was cut off.
  nothing,
  /// A RocksDB, ours or not.
  rocksdb,
};

/// Creates the folder and its parents so that they survive a power cut.
/// Errors: `ec::storage_failure`.
expected<void> create_data_folder(const std::filesystem::path& folder);

/// Makes a file's bytes, or a folder's names, durable.
/// Errors: `ec::storage_failure`.
expected<void> sync_path(const std::filesystem::path& path);

/// Looks at the names in a folder. Errors: `ec::storage_foreign` if it holds
/// files that are not of a RocksDB; `ec::storage_corrupt` if it holds tables or
/// logs, but not the file that names them; `ec::storage_failure`.
expected<folder_content>
inspect_data_folder(const std::filesystem::path& folder);

} // namespace batch
