// The things of a namespace whose vectors are nearest to one.
#pragma once

#include "actors/embedders/embedder_set.hpp"
#include "actors/queries/search_request.hpp"
#include "actors/queries/vector_cache.hpp"

namespace batch {

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
