#include "actors/cluster/remote_search.hpp"

#include "actors/queries/data_queries.hpp"

#include <algorithm>

namespace batch {

namespace {

/// Bytes that an answer counts for each result, and in all at least: most
/// things are smaller than that.
constexpr size_t result_bytes = 4 << 10;
constexpr size_t answer_bytes_min = 64 << 10;

/// Reads the things that found no room in the answer.
expected<void> read_missing(const store_reader& store, const std::string& ns,
                            search_answer& answer) {
  for (auto& x : answer.results)
    if (x.thing.empty()) {
      auto thing = find_thing(store, ns, x.id);
      if (thing)
        x.thing = std::move(*thing);
      else if (thing.error().code != ec::no_such_thing)
        return fail(thing);
    }
  std::erase_if(answer.results,
                [](const search_result& x) { return x.thing.empty(); });
  return {};
}

expected<search_answer> search_there(const coordinator_link& link,
                                     const store_reader& store,
                                     const search_request& request) {
  auto bytes = std::clamp(request.results_max * result_bytes, answer_bytes_min,
                          remote_page_bytes_max);
  auto& bridge = *link.bridge();
  auto found = bridge.wait(bridge.ask<gate_actor, search_answer_ptr>(
    bytes, atom::search_atom_v,
    std::make_shared<const search_request>(request)));
  if (!found)
    return fail(found);
  auto answer = **found;
  if (auto complete = read_missing(store, request.ns, answer); !complete)
    return fail(complete);
  return answer;
}

} // namespace

search_function make_remote_search(coordinator_link_ptr link,
                                   store_reader_ptr store) {
  return [link = std::move(link),
          store = std::move(store)](const search_request& request) {
    return search_there(*link, *store, request);
  };
}

} // namespace batch
