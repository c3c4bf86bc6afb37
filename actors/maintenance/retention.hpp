// What is kept of finished jobs, and for how long.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/options.hpp"
#include "actors/service_client.hpp"
#include "storage/store.hpp"

namespace batch {

/// Removes finished jobs that are too old or too many, the ones that ended
/// first before the others, and rows whose time has come.
/// Any thread; blocks. @returns how many jobs it removed.
/// Errors: those of `remove_job`; what was removed until then stays removed.
expected<uint64_t> sweep(const store_reader& store, service_client& client,
                         const retention_options& limits, time_ms now);

struct retention_state {
  static inline const char* name = "retention";
  service_options options;
  store_reader_ptr store;
  std::unique_ptr<service_client> client;
};

/// Sweeps in the background as often as the options say. Blocks its thread.
retention_actor::behavior_type
retention(retention_actor::stateful_pointer<retention_state> self,
          service_options options, store_reader_ptr store,
          supervisor_actor supervisor);

} // namespace batch
