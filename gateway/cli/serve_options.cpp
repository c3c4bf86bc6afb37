#include "gateway/cli/serve_options.hpp"

#include "codecs/limits.hpp"

#include <algorithm>
#include <thread>

#include <CLI/CLI.hpp>

namespace batch::cli {

serve_options::serve_options()
  : search_cache_mib(search_cache_bytes_default >> 20),
    slots(std::max<size_t>(std::thread::hardware_concurrency(), 1)),
    retention_days(static_cast<size_t>(retention_age_default.count() / 24)),
    retention_items(retention_items_default) {
  http = "127.0.0.1:8080";
}

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
  add_gateway_settings(to, o);
  to.add("cluster", &o.cluster,
         "HOST:PORT on which worker nodes join ('batchd join'); by default "
         "none do");
  add_settings(to, o.tls);
  to.add("cache", &o.cache_mib, "MiB of block cache")
    ->check(CLI::Range(8, 1 << 20));
  to.add(
    "embedder", &o.embedder,
    "The model of jobs that name none: static-glove-en-256, lexical-hash-384, "
    "static:FOLDER (model2vec), vectors:FILE (word2vec, GloVe, "
    "fastText .vec as text), or a server: openai:URL#MODEL, "
    "ollama:URL#MODEL, tei:URL, llamacpp:URL, with its key in "
    "BATCHD_EMBEDDER_KEY or ?key-file=PATH before the '#' "
    "(docs/embeddings.md); by default static-glove-en-256, built in: English "
    "words by meaning, other words by spelling, no word order");
  to.add("search-cache", &o.search_cache_mib,
         "MiB of vectors that are held for searches")
    ->check(CLI::Range(0, 1 << 20));
  to.add("slots", &o.slots,
         "Worker threads of each job type; by default one a core; 0 leaves "
         "all work to the nodes of the cluster")
    ->check(CLI::Range(0, 256));
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
