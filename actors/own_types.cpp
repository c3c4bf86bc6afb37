#include "actors/own_types.hpp"

#include "actors/enlisted_worker.hpp"
#include "codecs/limits.hpp"

#include <spdlog/spdlog.h>

namespace batch {

namespace {

/// E.g. "resize-images-2"; of a long name as much as there is room for.
std::string title_of(const std::string& type, uint64_t number) {
  auto suffix = "-" + std::to_string(number);
  return type.substr(0, worker_name_bytes_max - suffix.size()) + suffix;
}

/// How attempts name the place of a worker.
std::string node_of(supervisor_pointer self,
                    const foreign_worker_actor& worker) {
  if (worker.node() == self->node())
    return self->state.options.node;
  return caf::to_string(worker.node()).substr(0, worker_name_bytes_max);
}

} // namespace

caf::result<void> enlist_worker(supervisor_pointer self,
                                const std::string& type,
                                const foreign_worker_actor& worker,
                                uint32_t slots) {
  auto& st = self->state;
  if (st.stopping)
    return to_caf({ec::shutting_down, "the service is ending"});
  if (!may_name_own_type(type))
    return to_caf({ec::invalid_request, std::string{own_type_name_rule()}});
  if (!worker || slots == 0 || slots > enlisted_slots_max)
    return to_caf(
      {ec::invalid_request, "expected a worker and its slots, 1 to "
                              + std::to_string(enlisted_slots_max)});
  auto& so_far = st.own_types[type];
  std::vector<slot_offer> offers;
  for (uint32_t i = 0; i < slots; ++i)
    offers.push_back({job_type::custom, type, title_of(type, ++so_far),
                      node_of(self, worker), 1});
  spdlog::info("a worker for jobs of type {} has enlisted with {} slots", type,
               slots);
  if (st.options.detached)
    self->spawn<caf::detached>(enlisted_worker, st.dispatcher, st.store, worker,
                               std::move(offers));
  else
    self->spawn(enlisted_worker, st.dispatcher, st.store, worker,
                std::move(offers));
  return caf::unit;
}

expected<void> check_type(const supervisor_state& st, const job_kind& type) {
  if (type.base != job_type::custom || st.own_types.contains(type.custom))
    return {};
  auto known = std::string{job_type_names()};
  for (const auto& [name, slots] : st.own_types)
    known += ", " + name;
  return fail(ec::invalid_job,
              "type: '" + type.custom.substr(0, own_type_bytes_max)
                + "' is no job type that is known here; expected one of "
                + known,
              "/type");
}

} // namespace batch
