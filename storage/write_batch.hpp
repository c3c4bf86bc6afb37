// A set of changes that becomes visible together or not at all.
#pragma once

#include "codecs/error.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace batch {

/// The closed list of key spaces. Values are part of the byte form of a
/// batch: append, never renumber.
enum class family : uint8_t {
  meta = 0,          // schema, term, counters
  jobs = 1,          // specifications, progress, indexes of jobs
  marks = 2,         // which chunks of open jobs are done
  chunks = 3,        // items of open jobs
  things = 4,        // namespace data
  relationships = 5, // namespace data
  links = 6,         // both ends of relationships
  embeddings = 7,    // namespace data
  results = 8,       // results of items that succeeded
  dead = 9,          // items that failed for good
};
inline constexpr size_t family_count = 10;

/// The name of a family, e.g. "things"; also its column family in RocksDB.
std::string_view to_string(family f);

/// An ordered list of changes, kept as one run of bytes so that batches are
/// joined, moved and sent without touching their entries.
///
/// Ranges apply before puts and erasures of the same batch; of several puts
/// and erasures of one key the last one counts. Keys must be 1 to
/// `key_bytes_max` and values at most `value_bytes_max` bytes.
///
/// Byte form, repeated:  op u8 | family u8 | key bytes u32 | value bytes u32 |
/// key | value, numbers little-endian.
class write_batch {
public:
  enum class op : uint8_t {
    put = 1,
    erase = 2,
    /// Removes from key (inclusive) to value (exclusive).
    erase_range = 3,
    /// The batch fails unless the key has exactly this value.
    expect_value = 4,
    /// The batch fails unless the key is absent.
    expect_absent = 5,
  };

  struct entry {
    write_batch::op op;
    batch::family family;
    std::string_view key;
    std::string_view value;
  };

  void put(family f, std::string_view key, std::string_view value);
  /// Like `put`, with a value that comes in parts.
  void put(family f, std::string_view key,
           std::initializer_list<std::string_view> value_parts);
  void erase(family f, std::string_view key);
  void erase_range(family f, std::string_view from, std::string_view to);
  void expect(family f, std::string_view key,
              std::optional<std::string_view> value);

  /// Appends all entries of another batch behind those of this one.
  void append(const write_batch& other);

  size_t entries() const { return entries_; }
  size_t bytes() const { return bytes_.size(); }
  bool empty() const { return entries_ == 0; }
  void clear();

  /// The byte form, valid until the next change.
  const std::string& data() const { return bytes_; }
  /// Reads a byte form that came from elsewhere, checking every length.
  /// Errors: `ec::storage_corrupt`.
  static expected<write_batch> from_data(std::string bytes);

  /// Calls `visit(const entry&)` for each entry in order. The views live as
  /// long as the batch is not changed.
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for (size_t at = 0; at < bytes_.size();)
      visit(read_entry(bytes_, at));
  }

private:
  static entry read_entry(std::string_view bytes, size_t& at);
  void add_header(op o, family f, std::string_view key, size_t value_bytes);

  std::string bytes_;
  size_t entries_ = 0;
};

} // namespace batch
