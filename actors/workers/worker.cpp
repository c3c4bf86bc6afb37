#include "actors/workers/worker.hpp"

#include "actors/workers/embed_worker.hpp"
#include "actors/workers/export_worker.hpp"
#include "actors/workers/import_worker.hpp"
#include "actors/workers/relate_worker.hpp"
#include "actors/workers/transform_worker.hpp"
#include "codecs/limits.hpp"
#include "codecs/utf8.hpp"

#include <exception>

namespace batch {

outcome_builder::outcome_builder(const loaded_work& work)
  : options_(work.job->options) {
  out_.ref = work.ref;
  out_.first_item = work.first_item;
  out_.is_replay = work.source->source() == item_source::dead_letters;
  out_.done.reserve(work.items.size());
}

void outcome_builder::succeed(const work_item& item, std::string_view result) {
  out_.done.push_back(item.offset);
  if (!options_.keep_results)
    return;
  if (!results_.empty() && results_.bytes() + result.size() > chunk_bytes_max)
    out_.results.push_back(results_.take());
  results_.add(out_.first_item + item.offset, result);
  results_bytes_ += result.size();
}

void outcome_builder::fail(const work_item& item, error why) {
  why.message = to_message(why.message);
  out_.failures.push_back({item.offset,
                           std::move(why),
                           std::string{item.text},
                           item.place,
                           item.history,
                           {}});
  results_bytes_ += item.text.size();
}

void outcome_builder::throttle(
  const work_item& item, std::string why,
  std::optional<std::chrono::milliseconds> retry_after) {
  fail(item, {ec::throttled, std::move(why)});
  out_.failures.back().retry_after = retry_after;
}

bool outcome_builder::is_full() const {
  return out_.effects.bytes() + results_bytes_ >= outcome_bytes_max;
}

chunk_outcome outcome_builder::finish(std::string worker_name) {
  if (!results_.empty())
    out_.results.push_back(results_.take());
  out_.worker = std::move(worker_name);
  return std::move(out_);
}

worker_registry builtin_workers(embedder_set_ptr models,
                                transform_functions functions) {
  auto known
    = std::make_shared<const transform_functions>(std::move(functions));
  return {
    {job_type::import_things, make_import_worker},
    {job_type::import_relationships, make_relate_worker},
    {job_type::generate_embeddings,
     [models] { return make_embed_worker(models); }},
    {job_type::export_things, make_export_worker},
    {job_type::transform_data,
     [known] { return make_transform_worker(known); }},
  };
}

chunk_outcome run_worker(worker& w, const loaded_work& work,
                         std::string worker_name, std::string node) {
  std::string why = "unknown exception";
  try {
    outcome_builder out{work};
    w.run(work, out);
    auto done = out.finish(std::move(worker_name));
    done.node = std::move(node);
    return done;
  } catch (const std::exception& e) {
    why = e.what();
  } catch (...) {
  }
  auto out = all_failed(work, {ec::internal, "the worker failed: " + why});
  out.worker = std::move(worker_name);
  out.node = std::move(node);
  out.lost = true;
  return out;
}

} // namespace batch
