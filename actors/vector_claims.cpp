#include "actors/vector_claims.hpp"

#include "codecs/record.hpp"
#include "storage/keys.hpp"

#include <algorithm>

namespace batch {

std::vector<vector_claim> claims_of(const chunk_outcome& outcome, bool force) {
  std::vector<vector_claim> claims;
  outcome.effects.for_each([&](const write_batch::entry& e) {
    if (e.family != family::embeddings || e.op != write_batch::op::put)
      return;
    auto ns = e.key.substr(0, e.key.find('\0'));
    // Items of one namespace mostly stand together, and are of one model.
    if (!claims.empty() && claims.back().ns == ns)
      return;
    if (std::ranges::find(claims, ns, &vector_claim::ns) != claims.end())
      return;
    if (auto x = decode_record<embedding>(e.value))
      claims.push_back(
        {std::string{ns},
         {std::move(x->model), static_cast<uint32_t>(x->vector.size()),
          x->created_at},
         force});
  });
  return claims;
}

expected<std::optional<namespace_model>>
find_namespace_model(const store_reader& store, std::string_view ns) {
  auto row = store.get(family::meta, keys::namespace_model(ns));
  if (!row)
    return fail(row);
  if (!*row)
    return std::nullopt;
  auto model = decode_record<namespace_model>(**row);
  if (!model)
    return fail(model);
  return std::move(*model);
}

expected<void> check_namespace_model(std::string_view ns,
                                     const namespace_model& stored,
                                     std::string_view model,
                                     uint64_t dimensions) {
  if (stored.model == model && stored.dimensions == dimensions)
    return {};
  return fail(ec::conflict,
              "the vectors of namespace '" + std::string{ns} + "' are of model "
                + stored.model + " (" + std::to_string(stored.dimensions)
                + " dimensions), not of " + std::string{model} + " ("
                + std::to_string(dimensions)
                + "); ask for that model with options.embedding.model, or make "
                  "all of them anew with options.embedding.force");
}

} // namespace batch
