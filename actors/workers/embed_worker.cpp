#include "actors/workers/embed_worker.hpp"

#include "codecs/hash.hpp"
#include "codecs/items.hpp"
#include "codecs/json_writer.hpp"
#include "codecs/record.hpp"
#include "storage/keys.hpp"

namespace batch {

namespace {

/// A thing whose text is to be embedded, and its item.
struct embedding_task {
  const work_item* item;
  std::string ns;
  std::string id;
  std::string text;
  std::string text_hash;
};

class embed_worker : public worker {
public:
  explicit embed_worker(embedder_ptr embedder)
    : embedder_(std::move(embedder)) {}

  void run(const loaded_work& work, outcome_builder& out) override {
    std::vector<embedding_task> tasks;
    std::vector<std::string_view> texts;
    for_each_item(work, out, [&](const work_item& item) {
      if (auto task = prepare(item)) {
        if (is_unchanged(*task))
          out.succeed(item, result_of(*task, true));
        else
          tasks.push_back(std::move(*task));
      } else
        out.fail(item, std::move(task).error());
    });
    for (const auto& task : tasks)
      texts.emplace_back(task.text);
    auto vectors = embedder_->embed(texts);
    for (size_t i = 0; i < tasks.size(); ++i) {
      if (out.is_full())
        out.leave_over(*tasks[i].item);
      else if (vectors[i])
        store_vector(tasks[i], std::move(*vectors[i]), out);
      else
        out.fail(*tasks[i].item, std::move(vectors[i]).error());
    }
  }

private:
  expected<embedding_task> prepare(const work_item& item) {
    if (!item.thing)
      return fail(ec::no_such_thing, "no thing has this ns and id");
    auto thing = reader_.thing(*item.thing);
    if (!thing)
      return fail(thing);
    if (!thing->content || thing->content->empty())
      return fail(ec::no_text, "the thing has no content to embed");
    return embedding_task{&item, std::string{thing->ns}, std::string{thing->id},
                          std::string{*thing->content},
                          "sha256:" + sha256_hex(*thing->content)};
  }

  bool is_unchanged(const embedding_task& task) const {
    const auto& current = task.item->current;
    return current && current->model == embedder_->model()
           && current->text_hash == task.text_hash;
  }

  void store_vector(const embedding_task& task, std::vector<float> vector,
                    outcome_builder& out) {
    embedding x;
    x.model = embedder_->model();
    x.text_hash = task.text_hash;
    x.created_at = now_ms();
    x.vector = std::move(vector);
    out.effects().put(family::embeddings, keys::named(task.ns, task.id),
                      encode_record(x));
    out.succeed(*task.item, result_of(task, false));
  }

  std::string result_of(const embedding_task& task, bool skipped) const {
    std::string json;
    json_writer w{json};
    w.begin_object().key("ns").string(task.ns).key("id").string(task.id);
    w.key("model").string(embedder_->model());
    w.key("dimensions").number(uint64_t{embedder_->dimensions()});
    if (skipped)
      w.key("skipped").boolean(true);
    w.end_object();
    return json;
  }

  embedder_ptr embedder_;
  item_reader reader_;
};

} // namespace

std::unique_ptr<worker> make_embed_worker(embedder_ptr embedder) {
  return std::make_unique<embed_worker>(std::move(embedder));
}

} // namespace batch
