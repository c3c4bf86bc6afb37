#include "actors/queries/search.hpp"

#include "actors/embedders/unit_vector.hpp"
#include "actors/queries/data_queries.hpp"
#include "actors/vector_claims.hpp"
#include "codecs/items.hpp"

#include <algorithm>

namespace batch {

namespace {

tl::unexpected<error> other_model(const search_request& request,
                                  const namespace_model& model,
                                  const std::string& what) {
  return fail(ec::conflict, "the vectors of namespace '" + request.ns
                              + "' are of model " + model.model + " ("
                              + std::to_string(model.dimensions)
                              + " dimensions); " + what);
}

expected<std::vector<float>> vector_of_text(const embedder_set& models,
                                            const search_request& request,
                                            const namespace_model& model) {
  auto embedder = models.find(model.model);
  if (!embedder || embedder->dimensions() != model.dimensions)
    return other_model(request, model,
                       "this service has only " + models.names()
                         + "; search by a vector, or start it with that model");
  auto text = std::string_view{request.text};
  auto answers = embedder->embed({&text, 1});
  if (!answers.front()) {
    auto why = std::move(answers.front().error().why);
    if (why.code == ec::timed_out) // of the provider, not of the request
      why.code = ec::unavailable;
    return tl::unexpected{std::move(why)};
  }
  return std::move(*answers.front());
}

expected<std::vector<float>> vector_of(const embedder_set& models,
                                       const search_request& request,
                                       const namespace_model& model) {
  if (!request.model.empty() && request.model != model.model)
    return other_model(request, model, "asked for is " + request.model);
  if (request.vector.empty())
    return vector_of_text(models, request, model);
  if (request.vector.size() != model.dimensions)
    return other_model(request, model,
                       "the vector has "
                         + std::to_string(request.vector.size()));
  auto unit = unit_vector(request.vector);
  if (!unit)
    return fail(ec::invalid_request, "vector: has no direction: all of it is 0",
                "/vector");
  return std::move(*unit);
}

/// How near each vector of a namespace is, with the ids.
struct scored_vectors {
  vector_table_ptr table;
  std::vector<float> scores;
};

/// Reads vectors that are too many to be kept, and keeps scores and ids.
expected<scored_vectors> score_stream(const store_reader& store,
                                      const vector_cache& cache,
                                      const std::string& ns,
                                      const namespace_model& model,
                                      std::span<const float> query) {
  auto table = std::make_shared<vector_table>();
  std::vector<float> scores;
  vector_walk walk{store, store.take_snapshot(), ns, model};
  for (auto is_last = false; !is_last;) {
    if (auto ok = cache.go_on(); !ok)
      return fail(ok);
    auto begin = scores.size();
    table->blocks.clear();
    auto more = walk.read(*table);
    if (!more)
      return fail(more);
    is_last = !*more;
    scores.resize(table->size());
    table->score(query, std::span{scores}.subspan(begin));
  }
  table->blocks.clear();
  return scored_vectors{std::move(table), std::move(scores)};
}

expected<scored_vectors> score_all(const store_reader& store,
                                   vector_cache& cache, const std::string& ns,
                                   const namespace_model& model,
                                   std::span<const float> query) {
  auto table = cache.find(ns, model);
  if (!table)
    return fail(table);
  if (!*table)
    return score_stream(store, cache, ns, model, query);
  std::vector<float> scores((*table)->size());
  (*table)->score(query, scores);
  return scored_vectors{std::move(*table), std::move(scores)};
}

/// Hands out rows, the nearest first, sorting only as many as are asked for.
class nearest_rows {
public:
  explicit nearest_rows(const std::vector<float>& scores, double score_min)
    : scores_(scores) {
    for (uint32_t i = 0; i < scores.size(); ++i)
      if (double{scores[i]} >= score_min)
        rows_.push_back(i);
  }

  std::optional<uint32_t> next() {
    if (at_ == rows_.size())
      return std::nullopt;
    if (at_ == sorted_)
      sort_more();
    return rows_[at_++];
  }

private:
  void sort_more() {
    sorted_ = std::min(rows_.size(), std::max<size_t>(64, 4 * sorted_));
    auto begin = rows_.begin() + static_cast<std::ptrdiff_t>(at_);
    auto end = rows_.begin() + static_cast<std::ptrdiff_t>(sorted_);
    std::ranges::partial_sort(
      begin, end, rows_.end(), [this](uint32_t a, uint32_t b) {
        return scores_[a] != scores_[b] ? scores_[a] > scores_[b] : a < b;
      });
  }

  const std::vector<float>& scores_;
  std::vector<uint32_t> rows_;
  size_t at_ = 0;
  size_t sorted_ = 0;
};

/// The thing of a vector if it is wanted; empty if not, or if it is gone.
expected<std::string> wanted_thing(const store_reader& store,
                                   item_reader& reader,
                                   const search_request& request,
                                   std::string_view id) {
  auto thing = find_thing(store, request.ns, id);
  if (!thing) {
    if (thing.error().code == ec::no_such_thing)
      return std::string{};
    return thing;
  }
  if (request.type.empty())
    return thing;
  auto view = reader.thing(*thing);
  return view && view->type == request.type ? *thing : std::string{};
}

} // namespace

expected<search_answer> search(const store_reader& store, vector_cache& cache,
                               const embedder_set& models,
                               const search_request& request) {
  search_answer answer;
  auto model = find_namespace_model(store, request.ns);
  if (!model)
    return fail(model);
  if (!*model)
    return answer;
  answer.model = **model;
  auto query = vector_of(models, request, **model);
  if (!query)
    return fail(query);
  auto scored = score_all(store, cache, request.ns, **model, *query);
  if (!scored)
    return fail(scored);
  answer.compared = scored->scores.size();
  answer.others = scored->table->others;
  nearest_rows rows{scored->scores, request.score_min.value_or(-2)};
  item_reader reader;
  while (answer.results.size() < request.results_max) {
    auto row = rows.next();
    if (!row)
      break;
    auto id = scored->table->id(*row);
    auto thing = wanted_thing(store, reader, request, id);
    if (!thing)
      return fail(thing);
    if (!thing->empty())
      answer.results.push_back(
        {std::string{id}, scored->scores[*row], std::move(*thing)});
  }
  return answer;
}

} // namespace batch
