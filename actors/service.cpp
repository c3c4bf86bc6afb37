#include "actors/service.hpp"

#include "actors/api/errors.hpp"
#include "actors/cluster/cluster.hpp"
#include "actors/committer.hpp"
#include "actors/dead_letters.hpp"
#include "actors/dispatcher.hpp"
#include "actors/maintenance/retention.hpp"
#include "actors/queries/search.hpp"
#include "actors/supervisor.hpp"

#include <spdlog/spdlog.h>

namespace batch {

namespace {

committer_actor spawn_committer(caf::actor_system& system,
                                const service_options& options,
                                const store_ptr& in,
                                const recovered_state& found) {
  if (options.detached)
    return system.spawn<caf::detached>(committer, options.committer, in,
                                       found.term, found.counters);
  return system.spawn(committer, options.committer, in, found.term,
                      found.counters);
}

std::shared_ptr<vector_cache> make_cache(const service_options& options,
                                         store_reader_ptr in) {
  if (options.vectors_changed)
    return std::make_shared<vector_cache>(
      std::move(in), options.vectors_changed, options.search_cache_bytes);
  // Nobody tells of changes, so nothing is kept.
  return std::make_shared<vector_cache>(std::move(in),
                                        std::make_shared<vector_changes>(), 0);
}

search_function make_search(store_reader_ptr in,
                            std::shared_ptr<vector_cache> vectors,
                            embedder_set_ptr models) {
  return [in = std::move(in), vectors = std::move(vectors),
          models = std::move(models)](const search_request& request) {
    return search(*in, *vectors, *models, request);
  };
}

/// Without one of its actors the service cannot go on: its next start can.
template <class Handle>
void report_end(const Handle& actor,
                const std::function<void(const error&)>& on_fatal) {
  actor->attach_functor([on_fatal](const caf::error& reason) {
    if (reason && reason != caf::exit_reason::user_shutdown
        && reason != caf::exit_reason::kill)
      on_fatal(from_caf(reason));
  });
}

} // namespace

void configure(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::batch>();
  config.add_message_types<caf::id_block::batch_api>();
  config.add_message_types<caf::id_block::batch_cluster>();
  config.add_error_category(error_category, api::render_error);
}

expected<service> spawn_service(caf::actor_system& system,
                                service_options options, store_ptr in) {
  auto found = recover(in);
  if (!found)
    return fail(found);
  if (!found->jobs.empty())
    spdlog::info("going on with {} open jobs", found->jobs.size());
  if (!options.embedders)
    options.embedders = make_embedder_set();
  if (options.workers.empty())
    options.workers
      = builtin_workers(options.embedders, options.transform_functions);
  options.committer.vectors_changed = options.vectors_changed;
  for (auto type : job_types)
    options.slots.try_emplace(type, 1);

  service s;
  // Made last, but known to all: it is told by a message.
  auto strays = std::make_shared<caf::actor_addr>();
  if (!options.on_stray)
    options.on_stray
      = [strays](const std::string& role, const std::string& message) {
          if (auto to = caf::actor_cast<dead_letters_actor>(*strays))
            caf::anon_send(to, atom::stray_atom_v, role, message);
        };
  options.committer.on_stray = options.on_stray;
  s.committer = spawn_committer(system, options, in, *found);
  s.dead_letters
    = system.spawn(dead_letters, options, store_reader_ptr{in}, s.committer);
  *strays = s.dead_letters.address();
  // Leases of this run are above those of every run before.
  s.dispatcher = system.spawn(dispatcher, options, store_reader_ptr{in},
                              found->term << 32);
  s.supervisor = system.spawn(supervisor, options, store_reader_ptr{in},
                              std::move(*found), s.committer, s.dispatcher);
  s.vectors = make_cache(options, in);
  s.search = make_search(in, s.vectors, options.embedders);
  s.cluster = system.spawn(cluster, options, store_reader_ptr{in}, s.dispatcher,
                           command_actor{s.supervisor}, s.search);
  if (options.detached)
    s.retention = system.spawn<caf::detached>(
      retention, options, store_reader_ptr{in}, s.supervisor);
  if (options.on_fatal) {
    report_end(s.committer, options.on_fatal);
    report_end(s.dispatcher, options.on_fatal);
    report_end(s.supervisor, options.on_fatal);
  }
  return s;
}

void stop_service(caf::actor_system& system, service& which,
                  std::chrono::milliseconds limit) {
  caf::scoped_actor self{system};
  self->request(which.supervisor, caf::duration{limit}, atom::stop_atom_v)
    .receive([] {},
             [](const caf::error& why) {
               spdlog::warn("stopped before all was written: {}",
                            from_caf(why).message);
             });
  if (which.retention) {
    self->send_exit(which.retention, caf::exit_reason::user_shutdown);
    self->wait_for(which.retention);
  }
  // A search for a node, which nobody waits for here.
  which.vectors->stop();
  self->send_exit(which.cluster, caf::exit_reason::user_shutdown);
  self->wait_for(which.cluster);
  self->send_exit(which.supervisor, caf::exit_reason::user_shutdown);
  self->send_exit(which.dispatcher, caf::exit_reason::user_shutdown);
  self->send_exit(which.dead_letters, caf::exit_reason::user_shutdown);
  self->send_exit(which.committer, caf::exit_reason::user_shutdown);
  self->wait_for(which.supervisor, which.dispatcher, which.dead_letters,
                 which.committer);
  which = {};
}

} // namespace batch
