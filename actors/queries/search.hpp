// The things of a namespace whose vectors are nearest to one.
#pragma once

#include "actors/embedders/embedder_set.hpp"
#include "actors/queries/vector_cache.hpp"
#include "codecs/limits.hpp"

#include <optional>
#include <string>
#include <vector>

namespace batch {

struct search_request {
  std::string ns;
  /// Embedded with the model of the namespace; not together with a vector.
  std::string text;
  std::vector<float> vector;
  /// The model that is expected; empty: that of the namespace.
  std::string model;
  size_t results_max = search_results_default;
  /// Only results with at least this cosine.
  std::optional<double> score_min;
  /// Only things of this type; empty: of all types.
  std::string type;
};

struct search_result {
  std::string id;
  float score = 0;
  /// The JSON text of the thing as it is now.
  std::string thing;
};

struct search_answer {
  /// Nearest first; equally near ones by id.
  std::vector<search_result> results;
  /// Nothing if the namespace never had a vector.
  std::optional<namespace_model> model;
  /// Vectors that were compared, and those of other models, which were not.
  uint64_t compared = 0;
  uint64_t others = 0;
};

/// Compares a text or vector with every vector of a namespace: exact, no
/// index. Takes time in proportion to them, and with a type to the things that
/// are looked at until there are enough. Any thread.
///
/// Errors: those of the store and of the embedder; `ec::conflict` if the model
/// or the dimensions are not those of the namespace, or this service does not
/// have its model; `ec::invalid_request` for a vector without a direction.
expected<search_answer> search(const store_reader& store, vector_cache& cache,
                               const embedder_set& models,
                               const search_request& request);

} // namespace batch
