#include "actors/embedders/embedder_set.hpp"

#include "actors/embedders/built_in_embedder.hpp"
#include "actors/embedders/lexical_hash_embedder.hpp"
#include "actors/embedders/providers/provider_embedder.hpp"
#include "actors/embedders/static_embedder.hpp"
#include "actors/embedders/vectors_embedder.hpp"

#include <algorithm>
#include <cassert>

namespace batch {

expected<embedder_ptr> open_embedder(const std::string& spec) {
  auto colon = spec.find(':');
  auto kind = spec.substr(0, colon);
  auto rest = colon == spec.npos ? std::string{} : spec.substr(colon + 1);
  if (kind == "static" && !rest.empty())
    return make_static_embedder(rest);
  if (kind == "vectors" && !rest.empty())
    return make_vectors_embedder(rest);
  if (names_provider(spec))
    return make_provider_embedder(spec);
  auto built_in = make_embedder_set();
  if (auto found = spec.empty() ? nullptr : built_in->find(spec))
    return found;
  return fail(ec::invalid_request, "'" + spec + "' is no embedder; expected "
                                     + built_in->names()
                                     + ", static:FOLDER, vectors:FILE, "
                                       "openai:URL#MODEL, ollama:URL#MODEL, "
                                       "tei:URL or llamacpp:URL");
}

embedder_set::embedder_set(std::vector<embedder_ptr> models) {
  for (auto& x : models)
    if (models_.empty() || !find(x->model()))
      models_.push_back(std::move(x));
  assert(!models_.empty());
}

embedder_ptr embedder_set::find(std::string_view model) const {
  if (model.empty())
    return models_.front();
  auto found = std::ranges::find(models_, model,
                                 [](const auto& x) { return x->model(); });
  return found == models_.end() ? nullptr : *found;
}

std::string embedder_set::names() const {
  std::string names;
  for (const auto& x : models_)
    names += (names.empty() ? "" : ", ") + std::string{x->model()};
  return names;
}

embedder_set_ptr make_embedder_set(embedder_ptr standard) {
  std::vector<embedder_ptr> models;
  if (standard)
    models.push_back(std::move(standard));
  models.push_back(built_in_embedder());
  models.push_back(make_lexical_hash_embedder());
  return std::make_shared<embedder_set>(std::move(models));
}

expected<embedder_set_ptr> open_embedder_set(const std::string& spec) {
  if (spec.empty())
    return make_embedder_set();
  auto standard = open_embedder(spec);
  if (!standard)
    return fail(standard);
  return make_embedder_set(std::move(*standard));
}

} // namespace batch
