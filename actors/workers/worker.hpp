// What a worker is: a function from a chunk to its outcome.
#pragma once

#include "actors/crash_notes.hpp"
#include "actors/embedders/embedder_set.hpp"
#include "actors/work.hpp"
#include "codecs/results.hpp"

#include <functional>
#include <map>
#include <memory>

namespace batch {

/// Collects what becomes of the items of one chunk.
///
/// Each item of the chunk is reported once: as success, failure, or (once
/// `is_full`) left over.
class outcome_builder {
public:
  explicit outcome_builder(const loaded_work& work);

  /// Where the effects of items go. Written only with the item's success.
  write_batch& effects() { return out_.effects; }

  /// @param result JSON text of the item's result; "null" if there is none.
  void succeed(const work_item& item, std::string_view result);
  void fail(const work_item& item, error why);
  /// The provider of the item's effect asks for patience: the item is tried
  /// again, at no attempt's cost.
  /// @param retry_after what it asked for; nothing if it did not say.
  void throttle(const work_item& item, std::string why,
                std::optional<std::chrono::milliseconds> retry_after = {});

  /// True if the outcome is as large as one commit may be; what is left of the
  /// chunk is to be left over.
  bool is_full() const;
  void leave_over(const work_item& item) {
    out_.left_over.push_back(item.offset);
  }

  chunk_outcome finish(std::string worker_name);

private:
  const job_options& options_;
  chunk_outcome out_;
  results_builder results_;
  size_t results_bytes_ = 0;
};

/// Works on chunks of one job type. A worker never touches the store: what it
/// needs was loaded for it, what it wants to change it reports. A chunk may be
/// done again, by another worker; what either reports has to do.
///
/// Thread-safety: none; each worker slot has a worker of its own.
class worker {
public:
  virtual ~worker() = default;
  /// May throw: nothing of what was reported then counts, and the piece is
  /// tried again, at last item by item.
  virtual void run(const loaded_work& work, outcome_builder& out) = 0;
};

using worker_factory = std::function<std::unique_ptr<worker>()>;
/// The workers that a service has, by job type.
using worker_registry = std::map<job_type, worker_factory>;

/// The built-in workers of all five types.
/// @param models those that jobs may name; null if nothing will be embedded.
/// @param functions what `options.transform.function` may name.
worker_registry builtin_workers(embedder_set_ptr models,
                                transform_functions functions = {});

/// Calls `run` for each item in turn, leaving over what does not fit.
/// @param run answers nothing if it reported the item itself.
template <class Run>
void for_each_item(const loaded_work& work, outcome_builder& out, Run&& run) {
  for (const auto& item : work.items) {
    work_note::at_item(item.offset);
    if (out.is_full() || item.unloaded)
      out.leave_over(item);
    else if (item.fault)
      out.fail(item, *item.fault);
    else
      run(item);
  }
}

/// Runs a worker on a chunk and keeps its exceptions in.
chunk_outcome run_worker(worker& w, const loaded_work& work,
                         std::string worker_name, std::string node);

} // namespace batch
