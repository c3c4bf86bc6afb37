#include "actors/cluster/remote_search.hpp"

#include "codecs/stamped.hpp"
#include "storage/keys.hpp"

#include <algorithm>
#include <semaphore>

namespace batch {

namespace {

/// What a search counts in the window of the link, where nothing has to wait
/// for it to be found: how much is on the way is bounded by the turns.
constexpr size_t search_bytes = 1 << 10;

class remote_search {
public:
  remote_search(coordinator_link_ptr link, store_reader_ptr store)
    : link_(std::move(link)), store_(std::move(store)) {}

  expected<search_answer> run(const search_request& request) {
    auto found = find(request);
    if (!found)
      return fail(found);
    auto answer = **found;
    if (auto read = read_things(request.ns, answer); !read)
      return fail(read);
    return answer;
  }

private:
  /// Waits for a turn, and asks the coordinator.
  expected<search_answer_ptr> find(const search_request& request) {
    if (!turns_.try_acquire_for(link_->options().deadline))
      return fail(ec::overloaded, "too many searches are waiting at this node");
    auto& bridge = *link_->bridge();
    auto found = bridge.wait(bridge.ask<gate_actor, search_answer_ptr>(
      search_bytes, atom::search_atom_v,
      std::make_shared<const search_request>(request)));
    turns_.release();
    return found;
  }

  /// Results that were deleted meanwhile are none.
  expected<void> read_things(const std::string& ns,
                             search_answer& answer) const {
    std::vector<std::string> keys;
    for (const auto& x : answer.results)
      keys.push_back(keys::named(ns, x.id));
    auto records = store_->get_many(family::things, keys);
    if (!records)
      return fail(records);
    for (size_t i = 0; i < keys.size(); ++i)
      if (const auto& record = (*records)[i]) {
        auto thing = read_stamped(*record);
        if (!thing)
          return fail(thing);
        answer.results[i].thing = thing->text;
      }
    std::erase_if(answer.results,
                  [](const search_result& x) { return x.thing.empty(); });
    return {};
  }

  coordinator_link_ptr link_;
  store_reader_ptr store_;
  std::counting_semaphore<> turns_{link_searches_max};
};

} // namespace

search_function make_remote_search(coordinator_link_ptr link,
                                   store_reader_ptr store) {
  return [search
          = std::make_shared<remote_search>(std::move(link), std::move(store))](
           const search_request& request) { return search->run(request); };
}

} // namespace batch
