#include "actors/cluster/coordinator_link.hpp"

namespace batch {

namespace {

call_bridge_options options_of_bridge(const coordinator_link_options& o) {
  call_bridge_options options;
  options.deadline = o.deadline;
  options.window_bytes = o.window_bytes;
  options.nobody
    = {ec::coordinator_unreachable,
       "the coordinator at " + o.coordinator
         + " cannot be reached, or was lost meanwhile; try again when the link "
           "is back, and look first whether a change was made"};
  return options;
}

} // namespace

coordinator_link::coordinator_link(caf::actor_system& system,
                                   coordinator_link_options options)
  : options_(std::move(options)), bridge_(std::make_shared<call_bridge>(
                                    system, options_of_bridge(options_))) {}

void coordinator_link::set(const gate_actor& gate) {
  bridge_->set(caf::actor_cast<caf::actor>(gate));
}

void coordinator_link::clear() {
  bridge_->clear();
}

} // namespace batch
