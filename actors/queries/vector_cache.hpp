// The vectors of namespaces in memory, for searches.
#pragma once

#include "actors/vector_changes.hpp"
#include "codecs/job.hpp"
#include "storage/store.hpp"

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// The vectors of one namespace that are of its model, by id. Immutable.
struct vector_table {
  namespace_model model;
  /// Row by row.
  std::vector<float> numbers;
  /// All ids one behind the other, and where each ends.
  std::string ids;
  std::vector<size_t> ends;
  /// Vectors of other models, left out.
  uint64_t others = 0;

  size_t size() const { return ends.size(); }
  std::string_view id(size_t row) const;
  size_t bytes() const;
};
using vector_table_ptr = std::shared_ptr<const vector_table>;

/// Bytes of vectors that are read in one go. Source: a piece that stays in a
/// processor's second cache.
inline constexpr size_t vector_piece_bytes = 1 << 20;

/// Reads the vectors of a namespace piece by piece.
/// Thread-safety: none.
class vector_walk {
public:
  /// @param view null for the present state.
  vector_walk(const store_reader& store, snapshot_ptr view, std::string ns,
              namespace_model model);
  ~vector_walk();

  /// Appends the next vectors of the model, about as many bytes as that.
  /// @returns false if nothing comes behind them.
  /// Errors: those of the store.
  expected<bool> read(vector_table& to, size_t bytes);

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
  /// Errors: those of the store.
  expected<vector_table_ptr> find(const std::string& ns,
                                  const namespace_model& model);

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
  std::mutex mutex_;
  /// One table is read at a time: they are large.
  std::mutex loading_;
  /// Most lately used first.
  std::list<entry> entries_;
};

} // namespace batch
