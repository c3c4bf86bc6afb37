#include "gateway/cli/serve_options.hpp"

#include "codecs/limits.hpp"
#include "gateway/http/body_pace.hpp"

#include <algorithm>
#include <thread>

#include <CLI/CLI.hpp>

namespace batch::cli {

serve_options::serve_options()
  : body_mib(json_body_bytes_max >> 20),
    body_seconds(static_cast<size_t>(
      std::chrono::duration_cast<std::chrono::seconds>(body_pace_limits{}.time)
        .count())),
    exports_max(exports_max_default), uploads_max(streamed_uploads_max),
    search_cache_mib(search_cache_bytes_default >> 20),
    slots(std::max<size_t>(std::thread::hardware_concurrency(), 1)),
    retention_days(static_cast<size_t>(retention_age_default.count() / 24)),
    retention_items(retention_items_default) {}

std::filesystem::path serve_options::backup_folder() const {
  namespace fs = std::filesystem;
  if (!backup_dir.empty())
    return fs::absolute(backup_dir).lexically_normal();
  auto folder = fs::absolute(data).lexically_normal();
  if (!folder.has_filename()) // "/data/"
    folder = folder.parent_path();
  folder += ".backups";
  return folder;
}

void add_settings(settings& to, serve_options& o) {
  to.add("data", &o.data, "Folder of the store; made if absent");
  to.add("backup-dir", &o.backup_dir,
         "Folder that backups go to; by default that of the data with "
         "'.backups' behind its name");
  to.add("http", &o.http, "HOST:PORT to listen on; port 0 picks a free one");
  to.add("token", &o.token,
         "Requests must carry it: 'Authorization: Bearer TOKEN'");
  to.hide("token");
  to.add("insecure", &o.insecure, "Listen beyond this machine without a token");
  to.add("body-max", &o.body_mib, "MiB of a JSON body at most")
    ->check(CLI::Range(1, 256));
  to.add("body-timeout", &o.body_seconds,
         "Seconds in which 64 KiB of a body, or its rest, must come, and of "
         "an export be taken")
    ->check(CLI::Range(1, 3600));
  to.add("exports-max", &o.exports_max,
         "Exports, results and errors that are sent at one time")
    ->check(CLI::Range(1, 10'000));
  to.add("uploads-max", &o.uploads_max, "Uploads of NDJSON and CSV at one time")
    ->check(CLI::Range(1, 10'000));
  to.add("cache", &o.cache_mib, "MiB of block cache")
    ->check(CLI::Range(8, 1 << 20));
  to.add("embedder", &o.embedder,
         "The model of jobs that name none: glove-en-256, lexical-hash-384, "
         "static:FOLDER (model2vec) or vectors:FILE (word2vec, GloVe, "
         "fastText .vec as text); by default glove-en-256, built in: English "
         "words by meaning, other words by spelling, no word order");
  to.add("search-cache", &o.search_cache_mib,
         "MiB of vectors that are held for searches")
    ->check(CLI::Range(0, 1 << 20));
  to.add("slots", &o.slots,
         "Worker threads of each job type; by default one a core")
    ->check(CLI::Range(1, 256));
  to.add("disk-reserve", &o.disk_reserve_mib,
         "MiB of free disk below which new work is refused; 0: as much as "
         "the store may need to recover")
    ->check(CLI::Range(0, 1 << 20));
  to.add("retention-days", &o.retention_days,
         "Days for which finished jobs are kept")
    ->check(CLI::Range(1, 36500));
  to.add("retention-items", &o.retention_items,
         "Items of all finished jobs that are kept");
}

} // namespace batch::cli
