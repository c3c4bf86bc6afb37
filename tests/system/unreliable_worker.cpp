#include "tests/system/unreliable_worker.hpp"

#include "tests/system/fail_point.hpp"

#include <charconv>
#include <csignal>
#include <thread>

namespace batch {

namespace {

using namespace std::chrono_literals;

/// The marker of an item: what it does, and until which round.
struct mischief {
  std::string_view what;
  unsigned rounds = 0;
};

mischief mischief_of(std::string_view text) {
  constexpr std::string_view marker = "crash-test:";
  auto at = text.find(marker);
  if (at == std::string_view::npos)
    return {};
  text.remove_prefix(at + marker.size());
  auto colon = text.find(':');
  if (colon == std::string_view::npos)
    return {};
  mischief found{text.substr(0, colon), 0};
  text.remove_prefix(colon + 1);
  std::from_chars(text.data(), text.data() + text.size(), found.rounds);
  return found;
}

class unreliable_worker : public worker {
public:
  explicit unreliable_worker(std::unique_ptr<worker> inner)
    : inner_(std::move(inner)) {}

  void run(const loaded_work& work, outcome_builder& out) override {
    auto rest = work;
    auto is_replay = work.source->source() == item_source::dead_letters;
    std::vector<const work_item*> throttled;
    std::erase_if(rest.items, [&](work_item& item) {
      work_note::at_item(item.offset);
      auto found = mischief_of(item.text);
      if (work.ref.round > found.rounds && found.what != "broken")
        return false;
      if (found.what == "fail")
        item.fault = error{ec::internal, "failed because it was told to"};
      else if (found.what == "broken" && !is_replay)
        item.fault = error{ec::invalid_item, "broken because it was told to"};
      else if (found.what == "hang")
        std::this_thread::sleep_for(work.job->options.timeout + 200ms);
      else if (found.what == "crash")
        std::raise(SIGSEGV);
      else if (found.what == "exit")
        throw_at_next_fail_point();
      else if (found.what == "throttle")
        throttled.push_back(&work.items[&item - rest.items.data()]);
      return found.what == "throttle";
    });
    for (auto item : throttled)
      out.throttle(*item, "throttled because it was told to", 5ms);
    inner_->run(rest, out);
  }

private:
  std::unique_ptr<worker> inner_;
};

} // namespace

worker_registry make_unreliable(worker_registry registry) {
  for (auto& [type, make] : registry)
    make = [inner = std::move(make)] {
      return std::make_unique<unreliable_worker>(inner());
    };
  return registry;
}

} // namespace batch
