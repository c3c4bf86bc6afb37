#include "actors/workers/embed_worker.hpp"

#include "actors/embedders/overlong_text.hpp"
#include "actors/vector_claims.hpp"
#include "codecs/hash.hpp"
#include "codecs/items.hpp"
#include "codecs/json_writer.hpp"
#include "codecs/record.hpp"
#include "codecs/text_template.hpp"
#include "storage/keys.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>

namespace batch {

namespace {

/// A thing whose text is to be embedded, and its item.
struct embedding_task {
  const work_item* item;
  std::string ns;
  std::string id;
  std::string text;
  std::string text_hash;
  bool is_truncated = false;
  /// More than one if the text is too long and to be split.
  std::vector<std::string_view> parts;
};

/// The embeddings of one piece of a job.
class embedding_run {
public:
  embedding_run(const loaded_work& work, embedder_ptr model,
                outcome_builder& out)
    : work_(work), options_(work.job->options), model_(std::move(model)),
      out_(out) {}

  expected<void> read_template() {
    if (options_.embedding_text.empty())
      return {};
    auto parsed = text_template::parse(options_.embedding_text);
    if (!parsed)
      return fail(parsed);
    template_ = std::move(*parsed);
    return {};
  }

  void run() {
    for_each_item(work_, out_, [&](const work_item& item) {
      if (auto task = prepare(item)) {
        if (is_unchanged(*task))
          out_.succeed(item, result_of(*task, true));
        else
          tasks_.push_back(std::move(*task));
      } else
        out_.fail(item, std::move(task).error());
    });
    std::vector<std::string_view> texts;
    for (auto& task : tasks_) {
      split(task);
      texts.insert(texts.end(), task.parts.begin(), task.parts.end());
    }
    if (!texts.empty())
      store_vectors(model_->embed_until(texts, time_limit()));
  }

private:
  /// Leaves a part of the chunk's time for what comes behind: a worker that is
  /// late is lost, and with it all vectors of the piece.
  std::chrono::steady_clock::time_point time_limit() const {
    return begin_ + options_.timeout * 3 / 4;
  }

  expected<embedding_task> prepare(const work_item& item) {
    if (!item.thing)
      return fail(ec::no_such_thing, "no thing has this ns and id");
    auto thing = reader_.thing(*item.thing);
    if (!thing)
      return fail(thing);
    embedding_task task{
      &item, std::string{thing->ns}, std::string{thing->id}, {}, {}, false, {}};
    if (auto ok = check_model(task.ns); !ok)
      return fail(ok);
    if (template_)
      task.text = template_->fill(values_, *item.thing);
    else
      task.text = thing->content.value_or(std::string_view{});
    if (task.text.empty())
      return fail(ec::no_text, template_
                                 ? "the thing has none of the fields of "
                                   "options.embedding.text"
                                 : "the thing has no content to embed");
    if (auto ok = bound(task); !ok)
      return fail(ok);
    task.text_hash = "sha256:" + sha256_hex(task.text);
    return task;
  }

  /// What is known of the namespace when the piece was loaded. That it still
  /// holds is seen to by the COMMITTER.
  expected<void> check_model(const std::string& ns) {
    auto found = work_.models.find(ns);
    if (options_.embedding_force || found == work_.models.end())
      return {};
    return check_namespace_model(ns, found->second, model_->model(),
                                 model_->dimensions());
  }

  size_t bytes_max() const {
    size_t of_job = options_.embedding_bytes_max;
    return of_job == 0 ? model_->text_bytes_max()
                       : std::min(of_job, model_->text_bytes_max());
  }

  expected<void> bound(embedding_task& task) const {
    if (task.text.size() <= bytes_max())
      return {};
    switch (options_.embedding_overlong) {
    case overlong_text::fail:
      return fail(ec::item_too_large,
                  "the text has " + std::to_string(task.text.size())
                    + " bytes, more than the " + std::to_string(bytes_max())
                    + " that are embedded; see options.embedding.overlong");
    case overlong_text::truncate:
      task.text = begin_of_text(task.text, bytes_max());
      task.is_truncated = true;
      return {};
    case overlong_text::split_mean:
      return {};
    }
    return {};
  }

  void split(embedding_task& task) const {
    task.parts = task.text.size() <= bytes_max()
                   ? std::vector<std::string_view>{task.text}
                   : parts_of_text(task.text, bytes_max());
    if (task.parts.empty()) // nothing but white space
      task.parts.emplace_back(begin_of_text(task.text, bytes_max()));
  }

  bool is_unchanged(const embedding_task& task) const {
    const auto& current = task.item->current;
    return current && current->model == model_->model()
           && current->text_hash == task.text_hash;
  }

  void store_vectors(std::vector<embed_answer> answers) {
    auto next = std::make_move_iterator(answers.begin());
    for (const auto& task : tasks_) {
      auto end = next + static_cast<std::ptrdiff_t>(task.parts.size());
      std::vector<embed_answer> of_task(next, end);
      next = end;
      if (out_.is_full())
        out_.leave_over(*task.item);
      else if (&task == &tasks_.front() && is_too_slow(of_task))
        out_.fail(*task.item,
                  {ec::timed_out, "its " + std::to_string(of_task.size())
                                    + " parts take longer than timeoutMs "
                                      "allows; raise it, or maxBytes"});
      else
        store(task, of_task.size() == 1
                      ? std::move(of_task.front())
                      : mean_of_parts(task.parts, std::move(of_task)));
    }
  }

  /// Whether there was not enough time for one text alone: it would be so each
  /// time.
  static bool is_too_slow(const std::vector<embed_answer>& parts) {
    return std::ranges::any_of(parts, [](const embed_answer& x) {
      return !x && x.error().is_out_of_time;
    });
  }

  void store(const embedding_task& task, embed_answer answer) {
    if (!answer) {
      auto& refusal = answer.error();
      if (refusal.why.code == ec::throttled)
        out_.throttle(*task.item, std::move(refusal.why.message),
                      refusal.retry_after);
      else
        out_.fail(*task.item, std::move(refusal.why));
      return;
    }
    embedding x;
    x.model = model_->model();
    x.text_hash = task.text_hash;
    x.created_at = now_ms();
    x.vector = std::move(*answer);
    if (x.vector.size() != model_->dimensions()) {
      out_.fail(*task.item, {ec::internal, "model " + x.model
                                             + " made a vector of another "
                                               "length"});
      return;
    }
    out_.effects().put(family::embeddings, keys::named(task.ns, task.id),
                       encode_record(x));
    out_.succeed(*task.item, result_of(task, false));
  }

  std::string result_of(const embedding_task& task, bool skipped) const {
    std::string json;
    json_writer w{json};
    w.begin_object().key("ns").string(task.ns).key("id").string(task.id);
    w.key("model").string(model_->model());
    w.key("dimensions").number(uint64_t{model_->dimensions()});
    if (skipped)
      w.key("skipped").boolean(true);
    if (task.is_truncated)
      w.key("truncated").boolean(true);
    w.end_object();
    return json;
  }

  const loaded_work& work_;
  std::chrono::steady_clock::time_point begin_
    = std::chrono::steady_clock::now();
  const job_options& options_;
  embedder_ptr model_;
  outcome_builder& out_;
  std::optional<text_template> template_;
  item_reader reader_;
  json_reader values_;
  std::vector<embedding_task> tasks_;
};

class embed_worker : public worker {
public:
  explicit embed_worker(embedder_set_ptr models) : models_(std::move(models)) {}

  void run(const loaded_work& work, outcome_builder& out) override {
    const auto& name = work.job->options.embedding_model;
    auto model = models_->find(name);
    if (!model)
      return fail_all(work, out,
                      {ec::invalid_option,
                       "options/embedding/model: this process does not have '"
                         + name + "'; it has " + models_->names()});
    embedding_run run{work, std::move(model), out};
    if (auto read = run.read_template(); !read)
      return fail_all(work, out, read.error());
    run.run();
  }

private:
  static void fail_all(const loaded_work& work, outcome_builder& out,
                       const error& why) {
    for_each_item(work, out,
                  [&](const work_item& item) { out.fail(item, why); });
  }

  embedder_set_ptr models_;
};

} // namespace

std::unique_ptr<worker> make_embed_worker(embedder_set_ptr models) {
  return std::make_unique<embed_worker>(std::move(models));
}

} // namespace batch
