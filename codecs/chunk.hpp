// Up to 1,000 consecutive items of a job as one record.
//
//   chunk  :=  record header | first item varint | source u8 | count varint
//              | item*
//   item   :=  fault u8 | [message string, if fault is not 0]
//              | [job varint, item varint, if the source is dead letters]
//              | text string
//
// A fault is the `ec` of an item that was refused when it came in: it fails
// when the chunk is worked on, so that it counts like any other.
#pragma once

#include "codecs/dead_letter.hpp"
#include "codecs/error.hpp"
#include "codecs/limits.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// What the items of a job are.
enum class item_source : uint8_t {
  /// As they were submitted.
  submitted = 0,
  /// Whole things, as `input: {"ns": …}` found them.
  stored_things = 1,
  /// Payloads of dead letters that are tried again.
  dead_letters = 2,
};

struct item_view {
  /// The JSON text of the item.
  std::string_view text;
  /// What was wrong with it when it came in.
  std::optional<ec> fault;
  std::string_view fault_message;
  /// The dead letter it was; only if the source is dead letters.
  item_position letter;
};

/// Gathers items into chunk records. Thread-safety: none.
class chunk_builder {
public:
  chunk_builder(uint32_t items_max, item_source source)
    : items_max_(items_max), source_(source) {}

  /// True if the chunk must be taken before `text_bytes` more can be added.
  bool is_full_for(size_t text_bytes) const;
  void add(std::string_view text);
  /// Adds an item that was a dead letter.
  void add(std::string_view text, const item_position& letter);
  /// @param text the item, or as much of it as should be kept.
  void add_refused(const error& why, std::string_view text);

  bool empty() const { return count_ == 0; }
  /// Bytes of the open chunk.
  size_t bytes() const { return items_.size(); }
  /// Items taken so far, those in the open chunk included.
  uint64_t total() const { return total_; }
  /// The record of the items added since the last call.
  std::string take();

private:
  uint32_t items_max_;
  item_source source_;
  uint32_t count_ = 0;
  uint64_t total_ = 0;
  std::string items_;
};

/// A chunk read back. Views point into the record that it holds.
class chunk {
public:
  /// Errors: `ec::storage_corrupt`.
  static expected<chunk> read(std::string record);

  uint32_t first_item() const { return first_item_; }
  item_source source() const { return source_; }
  const std::vector<item_view>& items() const { return items_; }
  /// The bytes that it was read from.
  const std::string& record() const { return *record_; }

  chunk(chunk&&) noexcept = default;
  chunk& operator=(chunk&&) noexcept = default;

private:
  chunk() = default;

  /// On the heap, so that views survive a move of the chunk.
  std::unique_ptr<std::string> record_;
  uint32_t first_item_ = 0;
  item_source source_ = item_source::submitted;
  std::vector<item_view> items_;
};

} // namespace batch
