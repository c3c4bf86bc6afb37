#include "actors/workers/transform_worker.hpp"

#include "actors/workers/effects.hpp"
#include "codecs/items.hpp"
#include "codecs/json_reader.hpp"
#include "codecs/limits.hpp"

#include <chrono>

namespace batch {

namespace {

class transform_worker : public worker {
public:
  explicit transform_worker(std::shared_ptr<const transform_functions> known)
    : known_(std::move(known)) {}

  void run(const loaded_work& work, outcome_builder& out) override {
    // Scripts may take their time, but not so much that the chunk is lost.
    auto until = clock::now() + work.job->options.timeout / 2;
    auto& transformer = transformer_of(work.job);
    for_each_item(work, out, [&](const work_item& item) {
      if (work.job->transform.script && clock::now() > until)
        return out.leave_over(item);
      auto value = transformer.apply(item.text);
      if (value && value->size() > item_bytes_max)
        value = too_large();
      if (value && !value->empty() && !work.job->options.into.empty())
        value = upsert(work, item, std::move(*value), out.effects());
      if (!value)
        out.fail(item, std::move(value).error());
      else if (work.job->options.dry_run)
        out.succeed(item, shown(work, item, *value));
      else
        out.succeed(item, value->empty() ? std::string_view{"null"} : *value);
    });
  }

private:
  using clock = std::chrono::steady_clock;

  static tl::unexpected<error> too_large() {
    return fail(ec::item_too_large, "the transformed value is longer than "
                                      + std::to_string(item_bytes_max)
                                      + " bytes");
  }

  /// What does the transform of a job. That of the last job is kept: chunks of
  /// one job mostly follow one another.
  item_transformer& transformer_of(const job_context_ptr& job) {
    if (job_ != job) {
      transformer_ = make_transformer(job->transform, *known_);
      job_ = job;
    }
    return *transformer_;
  }

  /// Puts the value as a thing of the namespace `into`; answers its text.
  expected<std::string> upsert(const loaded_work& work, const work_item& item,
                               std::string value, write_batch& effects) {
    auto text = in_namespace(value, work.job->options.into);
    if (!text)
      return text;
    if (text->size() > item_bytes_max)
      return too_large();
    auto thing = reader_.thing(*text);
    if (!thing)
      return fail(thing);
    if (!work.job->options.dry_run)
      put_stamped(effects, family::things, item, thing->ns, thing->id, *text);
    return text;
  }

  /// The object with its `ns` set, the other members as they are.
  expected<std::string> in_namespace(std::string_view object,
                                     std::string_view ns) {
    std::string out;
    json_writer w{out};
    w.begin_object().key("ns").string(ns);
    auto walked = members_.check_object(object, [&](const json_member& m) {
      if (m.key != "ns")
        w.key(m.key).raw(m.value);
      return true;
    });
    if (!walked)
      return fail(walked);
    w.end_object();
    return out;
  }

  /// The result of an item in a dry run.
  /// @param value empty if the item was dropped.
  static std::string shown(const loaded_work& work, const work_item& item,
                           std::string_view value) {
    if (work.first_item + item.offset >= dry_run_items_shown)
      return "null";
    std::string out;
    json_writer w{out};
    w.begin_object();
    if (item.text.size() + value.size() > item_bytes_max / 2) {
      w.key("beforeBytes").number(uint64_t{item.text.size()});
      w.key("afterBytes").number(uint64_t{value.size()});
    } else {
      w.key("before").raw(item.text);
      w.key("after").raw(value.empty() ? "null" : value);
    }
    if (value.empty())
      w.key("dropped").boolean(true);
    w.end_object();
    return out;
  }

  std::shared_ptr<const transform_functions> known_;
  item_reader reader_;
  json_reader members_;
  job_context_ptr job_;
  std::unique_ptr<item_transformer> transformer_;
};

} // namespace

std::unique_ptr<worker>
make_transform_worker(std::shared_ptr<const transform_functions> known) {
  return std::make_unique<transform_worker>(std::move(known));
}

} // namespace batch
