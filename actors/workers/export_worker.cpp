#include "actors/workers/export_worker.hpp"

namespace batch {

namespace {

class export_worker : public worker {
public:
  void run(const loaded_work& work, outcome_builder& out) override {
    for_each_item(work, out, [&](const work_item& item) {
      if (item.thing)
        out.succeed(item, *item.thing);
      else
        out.fail(item, {ec::no_such_thing, "no thing has this ns and id"});
    });
  }
};

} // namespace

std::unique_ptr<worker> make_export_worker() {
  return std::make_unique<export_worker>();
}

} // namespace batch
