// What the nodes of a cluster say to each other, registered with CAF.
#pragma once

#include "actors/cluster/frames.hpp"
#include "actors/cluster/protocol.hpp"
#include "actors/interfaces.hpp"

namespace batch {

/// What a slot of a node has made of a piece of work.
struct node_result {
  uint64_t session = 0;
  uint64_t lease = 0;
  slot_number slot = 0;
  /// As `encode_outcome`; empty if the work could not even be read.
  std::string outcome;
  std::string fault;
};
using node_result_ptr = std::shared_ptr<const node_result>;

/// A piece of work for a slot of a node.
struct node_task {
  uint64_t session = 0;
  uint64_t lease = 0;
  slot_number slot = 0;
  /// As `encode_work`.
  std::string work;
};
using node_task_ptr = std::shared_ptr<const node_task>;

template <class Inspector>
auto inspect(Inspector& f, frame& x) {
  return f(caf::meta::type_name("frame"), x.lease, x.slot, x.is_last, x.bytes);
}

template <class Inspector>
auto inspect(Inspector& f, node_report& x) {
  return f(caf::meta::type_name("node_report"), x.name, x.version, x.state,
           x.is_coordinator, x.slots, x.load, x.rate, x.items, x.joined_at,
           x.last_beat_at, x.reason);
}

} // namespace batch

CAF_BEGIN_TYPE_ID_BLOCK(batch_cluster, caf::id_block::batch::end)

CAF_ADD_TYPE_ID(batch_cluster, (batch::frame))
CAF_ADD_TYPE_ID(batch_cluster, (batch::node_report))
CAF_ADD_TYPE_ID(batch_cluster, (std::vector<batch::node_report>))

CAF_ADD_ATOM(batch_cluster, batch::atom, beat_atom, "beat")
CAF_ADD_ATOM(batch_cluster, batch::atom, dial_atom, "dial")
CAF_ADD_ATOM(batch_cluster, batch::atom, dialled_atom, "dialled")
CAF_ADD_ATOM(batch_cluster, batch::atom, drain_atom, "drain")
CAF_ADD_ATOM(batch_cluster, batch::atom, gate_atom, "gate")
CAF_ADD_ATOM(batch_cluster, batch::atom, leave_atom, "leave")
CAF_ADD_ATOM(batch_cluster, batch::atom, left_atom, "left")
CAF_ADD_ATOM(batch_cluster, batch::atom, nodes_atom, "nodes")
CAF_ADD_ATOM(batch_cluster, batch::atom, ready_atom, "ready")

CAF_END_TYPE_ID_BLOCK(batch_cluster)

// These never leave the process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(batch::node_result_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(batch::node_task_ptr)
