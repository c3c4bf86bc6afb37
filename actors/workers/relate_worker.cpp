#include "actors/workers/relate_worker.hpp"

#include "actors/workers/effects.hpp"
#include "codecs/items.hpp"

namespace batch {

namespace {

class relate_worker : public worker {
public:
  void run(const loaded_work& work, outcome_builder& out) override {
    for_each_item(work, out, [&](const work_item& item) {
      auto x = reader_.relationship(item.text);
      if (!x)
        return out.fail(item, std::move(x).error());
      if (!item.missing_endpoint.empty())
        return out.fail(item, {ec::no_such_endpoint,
                               "there is no thing " + item.missing_endpoint});
      put_stamped(out.effects(), family::relationships, item, x->ns, x->id,
                  item.text);
      put_links(out.effects(), *x);
      out.succeed(item, result_of(*x));
    });
  }

private:
  static void put_links(write_batch& effects, const relationship_view& x) {
    auto key = keys::named(x.ns, x.id);
    effects.put(family::links,
                keys::link('o', x.from_ns, x.from_id, x.type, key), key);
    effects.put(family::links, keys::link('i', x.to_ns, x.to_id, x.type, key),
                key);
  }

  const std::string& result_of(const relationship_view& x) {
    result_.clear();
    write_name(result_, x);
    auto field = [this](std::string_view name, std::string_view value) {
      result_ += name;
      append_json_string(result_, value);
    };
    field(",\"fromNs\":", x.from_ns);
    field(",\"fromId\":", x.from_id);
    field(",\"toNs\":", x.to_ns);
    field(",\"toId\":", x.to_id);
    result_.push_back('}');
    return result_;
  }

  item_reader reader_;
  std::string result_;
};

} // namespace

std::unique_ptr<worker> make_relate_worker() {
  return std::make_unique<relate_worker>();
}

} // namespace batch
