// What survives a crash: ordered maps of bytes, written atomically.
//
// The interface is narrow on purpose, so that another engine (a database
// server, replicated storage) can take RocksDB's place without a change above
// this folder: no merges, no read-modify-write inside the engine, no iterators
// that outlive a call, no counts, no last keys.
//
// Keys are ordered as unsigned bytes (memcmp). Limits are in
// codecs/limits.hpp: key_bytes_max, value_bytes_max, batch_entries_max,
// batch_bytes_max.
#pragma once

#include "codecs/error.hpp"
#include "storage/backup.hpp"
#include "storage/write_batch.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// How much a commit must survive.
enum class durability {
  /// Visible at once; survives the end of the process; may vanish in a power
  /// cut, but only together with everything committed after it.
  buffered,
  /// It and everything committed before it survive a power cut.
  durable,
};

/// What became of a commit.
enum class commit_status {
  ok,
  /// Another process took over: this one must stop writing for ever.
  stale_term,
  /// Nothing was changed; the same batch may succeed if tried again.
  retry,
  /// Nothing was changed; the disk is full.
  no_space,
  /// An `expect` did not hold; nothing was changed.
  mismatch,
  /// It may or may not have been applied: read back, never guess.
  unknown,
  /// The store cannot be written any more.
  fatal,
};

std::string_view to_string(commit_status status);

enum class capacity { ok, low, full };

/// Whether the store can be used, and why not.
struct store_health {
  bool writable = true;
  std::string message; // empty when writable
  /// True if it is space that lacks: writing goes on by itself when there is
  /// some again.
  bool lacks_space = false;
};

/// A frozen view of all families at one point of time. Released when the last
/// pointer goes; a view older than `snapshot_age_max` may be given up by the
/// store, and scans of it then answer `ec::snapshot_gone`.
class snapshot {
public:
  virtual ~snapshot() = default;
};
using snapshot_ptr = std::shared_ptr<const snapshot>;

/// A run of rows in key order, held as one buffer.
class page {
public:
  struct row {
    std::string_view key;
    std::string_view value;
  };

  /// Makes room, so that adding rows up to this many bytes copies none again.
  void reserve(size_t bytes);
  void add(std::string_view key, std::string_view value);
  size_t size() const { return ends_.size(); }
  bool empty() const { return ends_.empty(); }
  size_t bytes() const { return bytes_.size(); }
  /// Views live as long as the page and are not moved by moving it.
  row operator[](size_t index) const;

  /// True if the range may have rows behind the last one of this page. Go on
  /// with a scan after `last_key()`.
  bool more = false;
  std::string last_key() const;

  /// The byte form, to be sent:
  ///   rows varint | (key bytes varint | value bytes varint)* | more u8 |
  ///   (key | value)*
  std::string to_data() const;
  /// Reads a byte form that came from elsewhere, checking every length.
  /// Errors: `ec::storage_corrupt`.
  static expected<page> from_data(std::string_view bytes);

private:
  struct end {
    size_t key;
    size_t value;
  };
  std::string bytes_;
  std::vector<end> ends_;
};

/// The half of a store that everybody may use.
///
/// Thread-safety: every call may come from any thread at any time. Calls may
/// block on the disk for a millisecond or more.
/// Errors: `ec::storage_failure`, `ec::storage_corrupt`.
class store_reader {
public:
  virtual ~store_reader() = default;

  virtual expected<std::optional<std::string>>
  get(family f, std::string_view key) const = 0;

  /// The values of several keys, in the order of the keys.
  virtual expected<std::vector<std::optional<std::string>>>
  get_many(family f, std::span<const std::string> keys) const = 0;

  virtual snapshot_ptr take_snapshot() const = 0;

  /// Reads rows with from <= key < to, and key > after_key unless that is
  /// empty, until the range ends or the page holds `limit_bytes` (so the last
  /// row may go beyond); a page has at least one row if the range has one. An
  /// empty `to` means: to the end.
  /// @param view what to read from; the present state if null.
  /// Errors: also `ec::snapshot_gone`.
  virtual expected<page> scan(const snapshot_ptr& view, family f,
                              std::string_view from, std::string_view to,
                              std::string_view after_key,
                              size_t limit_bytes) const = 0;

  /// Adds a backup to a folder of backups, which is created if absent. What
  /// was committed before the call is in it; files that an earlier backup
  /// holds are not written again. Writing goes on meanwhile. It is durable
  /// when this returns, after seconds or minutes.
  /// Errors: also `ec::conflict` if a backup is under way, `ec::storage_full`,
  /// `ec::storage_foreign` if the folder holds something else; a store that
  /// has no backup answers `ec::storage_failure`.
  virtual expected<backup_info>
  backup(const std::filesystem::path& folder) const;

  virtual batch::capacity capacity() const = 0;
  virtual store_health health() const = 0;
};

/// A store with the right to write. The COMMITTER is the only caller of the
/// writing half, from one thread at a time.
class store : public store_reader {
public:
  /// Makes the caller the one writer: answers a term one above every term
  /// before. Commits under an older term are refused from then on.
  virtual expected<uint64_t> take_over() = 0;

  /// Applies a batch atomically over all families. Limits: batch_entries_max
  /// and batch_bytes_max; a larger batch is a defect of the caller.
  virtual commit_status commit(const write_batch& changes, durability d,
                               uint64_t term)
    = 0;
};

using store_ptr = std::shared_ptr<store>;
using store_reader_ptr = std::shared_ptr<const store_reader>;

} // namespace batch
