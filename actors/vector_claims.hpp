// Which model the vectors of a namespace are of, and who may change that.
//
// Vectors of two models cannot be compared, so a namespace has one model: the
// one of its first vector. Before a JOB lets vectors be written, it claims
// their namespaces for their model; the COMMITTER, which is the only writer,
// grants the claim if the model is the one that stands in the store, or none
// does, or the job was told to force it, and has written it by then.
#pragma once

#include "actors/work.hpp"
#include "codecs/job.hpp"
#include "storage/store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// What a job asks for before it stores vectors in a namespace.
struct vector_claim {
  std::string ns;
  namespace_model wanted;
  /// Whatever the model was before.
  bool force = false;
};

/// The claims of an outcome that stores vectors, one for each namespace.
std::vector<vector_claim> claims_of(const chunk_outcome& outcome, bool force);

/// The model of a namespace; nothing if it never had a vector.
/// Errors: those of the store.
expected<std::optional<namespace_model>>
find_namespace_model(const store_reader& store, std::string_view ns);

/// Whether vectors of a model may go into a namespace that has one.
/// Errors: `ec::conflict`, naming both and the way out.
expected<void> check_namespace_model(std::string_view ns,
                                     const namespace_model& stored,
                                     std::string_view model,
                                     uint64_t dimensions);

} // namespace batch
