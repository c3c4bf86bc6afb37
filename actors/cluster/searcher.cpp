#include "actors/cluster/searcher.hpp"

#include "actors/dead_letters.hpp"

namespace batch {

namespace {

struct searcher_state {
  static inline const char* name = "searcher";

  search_function search;
};

using searcher_pointer = searcher_actor::stateful_pointer<searcher_state>;

/// What the search throws (no memory) is the fault of one request.
expected<search_answer> try_search(const search_function& search,
                                   const search_request& request) {
  try {
    return search(request);
  } catch (const std::exception& e) {
    return fail(ec::internal, e.what());
  }
}

searcher_actor::behavior_type searcher(searcher_pointer self,
                                       search_function search,
                                       const stray_handler& on_stray) {
  self->state.search = std::move(search);
  follow_house_rules(self, on_stray);
  return {
    [self](atom::search_atom, const search_request_ptr& request,
           time_ms latest) -> caf::result<search_answer_ptr> {
      // Nobody waits for it any more.
      if (this_moment().ticks > latest)
        return to_caf({ec::overloaded, "the search came to no turn in time"});
      auto answer = try_search(self->state.search, *request);
      if (!answer)
        return to_caf(answer.error());
      for (auto& x : answer->results)
        x.thing.clear();
      return std::make_shared<const search_answer>(std::move(*answer));
    },
  };
}

} // namespace

searcher_actor spawn_searcher(caf::actor_system& system, search_function search,
                              stray_handler on_stray) {
  return system.spawn<caf::detached>(searcher, std::move(search),
                                     std::move(on_stray));
}

} // namespace batch
