#include "actors/workers/transform_worker.hpp"

#include "actors/workers/effects.hpp"
#include "codecs/items.hpp"
#include "codecs/json_reader.hpp"
#include "codecs/limits.hpp"

namespace batch {

namespace {

class transform_worker : public worker {
public:
  void run(const loaded_work& work, outcome_builder& out) override {
    for_each_item(work, out, [&](const work_item& item) {
      auto value = work.job->transform.apply(item.text);
      if (value && !work.job->options.into.empty())
        value = upsert(work, item, std::move(*value), out.effects());
      if (value && value->size() > item_bytes_max)
        value = too_large();
      if (value)
        out.succeed(item, *value);
      else
        out.fail(item, std::move(value).error());
    });
  }

private:
  static tl::unexpected<error> too_large() {
    return fail(ec::item_too_large, "the transformed value is longer than "
                                      + std::to_string(item_bytes_max)
                                      + " bytes");
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

  item_reader reader_;
  json_reader members_;
};

} // namespace

std::unique_ptr<worker> make_transform_worker() {
  return std::make_unique<transform_worker>();
}

} // namespace batch
