// The vectors of namespaces in memory, for searches.
#pragma once

#include "actors/queries/huge_pages.hpp"
#include "actors/vector_changes.hpp"
#include "codecs/job.hpp"
#include "storage/store.hpp"

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// Bytes of vectors in one block. Source: a few huge pages; how many makes no
/// difference.
inline constexpr size_t vector_block_bytes = 8 << 20;

/// The vectors of one namespace that are of its model, by id. Immutable.
struct vector_table {
  using float_block = std::vector<float, huge_page_allocator<float>>;

  namespace_model model;
  /// Row by row, about `vector_block_bytes` in each block: a table in one piece
  /// would be copied whenever it has to grow.
  std::vector<float_block> blocks;
  /// All ids one behind the other, and where each ends.
  std::string ids;
  std::vector<size_t> ends;
  /// Vectors of other models, left out.
  uint64_t others = 0;

  size_t size() const { return ends.size(); }
  std::string_view id(size_t row) const;
  size_t bytes() const;
  /// The cosine of each row of the blocks with a vector of the model; those of
  /// one block stand behind those of the one before.
  /// @param scores as many as the blocks have rows.
  void score(std::span<const float> query, std::span<float> scores) const;
};
using vector_table_ptr = std::shared_ptr<const vector_table>;

/// Reads the vectors of a namespace block by block.
/// Thread-safety: none.
class vector_walk {
public:
  /// @param view null for the present state.
  vector_walk(const store_reader& store, snapshot_ptr view, std::string ns,
              namespace_model model);
  ~vector_walk();

  /// Appends the next block of vectors of the model.
  /// @returns false if nothing comes behind it.
  /// Errors: those of the store.
  expected<bool> read(vector_table& to);

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Keeps tables of namespaces that were searched lately, up to so many bytes.
/// One that is out of date, as `vector_changes` has it, is read again.
/// Thread-safety: all; the store and the changes outlive it.
class vector_cache {
public:
  vector_cache(store_reader_ptr store, std::shared_ptr<vector_changes> changes,
               size_t bytes_max);

  /// The vectors of a namespace with everything that was written before the
  /// call; null if they are too many to be kept.
  /// Errors: those of the store and of `go_on`.
  expected<vector_table_ptr> find(const std::string& ns,
                                  const namespace_model& model);

  /// Lets searches that still read vectors end soon, with `ec::shutting_down`.
  void stop() { stopping_ = true; }
  /// Errors: `ec::shutting_down` after `stop`.
  expected<void> go_on() const;

private:
  struct entry {
    std::string ns;
    uint64_t version;
    vector_table_ptr table;
    /// Of a table that is too large: how large it was.
    size_t bytes;
  };

  std::optional<entry> known(const std::string& ns, uint64_t version,
                             const namespace_model& model);
  expected<entry> load(const std::string& ns, uint64_t version,
                       const namespace_model& model) const;
  void keep(entry x);

  store_reader_ptr store_;
  std::shared_ptr<vector_changes> changes_;
  size_t bytes_max_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  /// One table is read at a time: they are large.
  std::mutex loading_;
  /// Most lately used first.
  std::list<entry> entries_;
};

} // namespace batch
