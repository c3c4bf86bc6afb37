#include "actors/workers/import_worker.hpp"

#include "actors/workers/effects.hpp"
#include "codecs/items.hpp"

namespace batch {

namespace {

class import_worker : public worker {
public:
  void run(const loaded_work& work, outcome_builder& out) override {
    for_each_item(work, out, [&](const work_item& item) {
      auto thing = reader_.thing(item.text);
      if (!thing)
        return out.fail(item, std::move(thing).error());
      put_stamped(out.effects(), family::things, item, thing->ns, thing->id,
                  item.text);
      result_.clear();
      write_name(result_, *thing);
      result_.push_back('}');
      out.succeed(item, result_);
    });
  }

private:
  item_reader reader_;
  std::string result_;
};

} // namespace

std::unique_ptr<worker> make_import_worker() {
  return std::make_unique<import_worker>();
}

} // namespace batch
