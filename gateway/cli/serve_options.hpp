// What `batchd serve` can be told.
#pragma once

#include "gateway/cli/cluster_settings.hpp"
#include "gateway/cli/gateway_options.hpp"

#include <filesystem>
#include <string>

namespace batch::cli {

struct serve_options : gateway_options {
  serve_options();

  std::string data = "./batch-data";
  /// Empty: beside the data folder.
  std::string backup_dir;
  /// Where worker nodes join; empty: none do.
  std::string cluster;
  tls_settings tls;
  size_t cache_mib = 128;
  /// As `open_embedder`; empty: the built-in model.
  std::string embedder;
  size_t search_cache_mib;
  size_t slots;
  /// 0: what the store finds right.
  size_t disk_reserve_mib = 0;
  size_t retention_days;
  size_t retention_items;

  /// The folder that backups go to: `backup_dir`, or the data folder's path
  /// with ".backups" behind it.
  std::filesystem::path backup_folder() const;
};

/// Adds a setting for each member, which outlive the settings.
void add_settings(settings& to, serve_options& o);

} // namespace batch::cli
