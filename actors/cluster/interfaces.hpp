// The actors that make a cluster of several processes, and everything they can
// be told.
//
//        coordinator                           worker node
//
//   DISPATCHER ──work──▶ POOL ═══ work ═════▶ NODE ──▶ slots (threads)
//              ◀──done──      ◀══ done ══════
//                      CLUSTER ◀══ join, beat, leave
//
// Double lines cross the network. A node dials the coordinator, says hello and
// gets a POOL: an actor at the coordinator that takes grants for the node's
// slots like any local worker would. So leases, credit, time limits and losses
// are those of local workers, and a node adds nothing to what the DISPATCHER
// knows. The end of the POOL is the loss of the node.
#pragma once

#include "actors/cluster/messages.hpp"

#include <caf/typed_actor.hpp>

namespace batch {

/// Keeps the list of nodes: takes them in, hears their beats, gives them up.
using cluster_actor = caf::typed_actor<
  // A node wants to join: its `node_hello` and itself. Answers a
  // `node_welcome`, this actor and the node's POOL. `ec::invalid_request` if
  // its protocol is another one, `ec::conflict` if a living node has its name,
  // `ec::shutting_down`. Only strings and plain handles, so that nodes of any
  // version can ask and be told.
  caf::replies_to<atom::join_atom, std::string,
                  caf::actor>::with<std::string, caf::actor, caf::actor>,
  // The node of a session lives. It is told whether it is still a member. Comes
  // without a sender from its POOL, when the node has sent something there.
  caf::reacts_to<atom::beat_atom, uint64_t>,
  // Answers the GATE of a session, for a node that has a gateway. It ends with
  // the session. `ec::no_such_node` if there is none of this number.
  caf::replies_to<atom::gate_atom, uint64_t>::with<caf::actor>,
  // A node goes: it begins nothing more and finishes what it works on.
  caf::reacts_to<atom::leave_atom, uint64_t>,
  // A node has gone, as it said.
  caf::reacts_to<atom::left_atom, uint64_t>,
  // All nodes, the coordinator first, then those that are gone not long.
  caf::replies_to<atom::nodes_atom>::with<std::vector<node_report>>,
  // Grants nothing more to a node of this name. Answers what it is then.
  // `ec::no_such_node`; `ec::conflict` for the coordinator.
  caf::replies_to<atom::drain_atom, std::string>::with<node_report>,
  // INTERNAL: Time to look who has been silent, and what all do.
  caf::reacts_to<atom::tick_atom>>;

/// At the coordinator, one for each node: what the DISPATCHER knows of it.
using pool_actor = caf::typed_actor<
  // From the DISPATCHER, as to any worker.
  caf::reacts_to<atom::work_atom, grant_ptr>,
  // From the DISPATCHER: a slot took too long and has a new number.
  caf::reacts_to<atom::renew_atom, slot_number, slot_number>,
  // From the CLUSTER: asks the DISPATCHER for the slots of the node. Answers
  // their numbers; work for them waits until the node knows them, too.
  caf::replies_to<atom::enlist_atom>::with<std::vector<slot_number>>,
  // From the CLUSTER: the node is to get nothing more.
  caf::reacts_to<atom::retire_atom>,
  // The node knows its slots' numbers.
  caf::reacts_to<atom::ready_atom>,
  // A part of an outcome.
  caf::reacts_to<atom::done_atom, frame>,
  // The node cannot do the work of this lease, for this reason.
  caf::reacts_to<atom::lost_atom, lease_number, std::string>>;

/// At a worker node: holds the connection and hands work to its slots.
using node_actor = caf::typed_actor<
  // From its POOL: a part of a piece of work.
  caf::reacts_to<atom::work_atom, frame>,
  // From its POOL: the slot of this number hangs. Another thread takes its
  // place, under the second number.
  caf::reacts_to<atom::renew_atom, slot_number, slot_number>,
  // From the CLUSTER: whether the node is a member of this session.
  caf::reacts_to<atom::beat_atom, uint64_t, bool>,
  // From its owner: leave. Answers when nothing is left to be done.
  caf::replies_to<atom::stop_atom>::with<void>,
  // INTERNAL: The coordinator was reached; what is published there.
  caf::reacts_to<atom::dialled_atom, caf::actor>,
  // INTERNAL: It was not, for this reason.
  caf::reacts_to<atom::dialled_atom, std::string>,
  // INTERNAL: A slot is done: its place, and what it has made.
  caf::reacts_to<atom::done_atom, uint32_t, node_result_ptr>,
  // INTERNAL: Time to beat.
  caf::reacts_to<atom::tick_atom>,
  // INTERNAL: Time to dial.
  caf::reacts_to<atom::dial_atom>>;

/// One thread of a node.
using node_slot_actor
  = caf::typed_actor<caf::reacts_to<atom::work_atom, node_task_ptr>>;

} // namespace batch
