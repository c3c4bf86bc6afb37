// What the nodes of a cluster say to each other, besides work: who they are,
// that they live, and what they look like from outside.
//
// Records of codecs/record.hpp, so that a node of another version is understood
// well enough to be refused by name.
#pragma once

#include "codecs/error.hpp"
#include "codecs/job_type.hpp"
#include "codecs/time.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// Raised whenever a message between nodes changes. Both ends must have the
/// same: a cluster is upgraded as a whole, the coordinator first.
inline constexpr uint32_t protocol_number = 1;

/// How often a node says that it lives, and after how long without a word each
/// side gives the other one up. Source: a silent cut has to be noticed within
/// 15 s, and one lost second of a busy machine must not count as a loss.
inline constexpr std::chrono::milliseconds beat_interval{1000};
inline constexpr std::chrono::milliseconds beat_silence_max{10'000};

/// What the coordinator is called among the nodes.
inline constexpr std::string_view coordinator_name = "coordinator";

/// Slots of a node by job type; a type that is absent has none.
using slot_counts = std::map<job_type, uint32_t>;

/// What a node says first.
struct node_hello {
  static constexpr uint8_t record_version = 1;

  uint32_t protocol = protocol_number;
  /// Of the program, for people.
  std::string version;
  /// Chosen by whoever started it; at most `worker_name_bytes_max` bytes.
  std::string name;
  /// Random, made when the process starts: two processes of one name are told
  /// apart by it, and CAF's node id cannot do that (it has no randomness).
  std::string incarnation;
  slot_counts slots;
  /// As `embedder_set::names`: nodes that embed have the models of the
  /// coordinator, so that it does not matter who embeds what.
  std::string models;

  /// The protocol comes first in every version.
  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.protocol, x.version, x.name, x.incarnation, x.slots, x.models);
  }
};

/// What the coordinator answers a node that it takes.
struct node_welcome {
  static constexpr uint8_t record_version = 1;

  std::string version;
  /// Names this membership; never used again.
  uint64_t session = 0;
  /// For each slot of the hello, in the order of its map, the number that work
  /// for it will carry.
  std::vector<uint64_t> slots;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.version, x.session, x.slots);
  }
};

enum class node_state : uint8_t {
  /// Takes work.
  up = 1,
  /// Finishes what it has begun and takes nothing more.
  draining = 2,
  /// Has left, or was lost.
  gone = 3,
};

std::string_view to_string(node_state state);

/// One node, as `GET /cluster/nodes` tells of it.
struct node_report {
  std::string name;
  std::string version;
  node_state state = node_state::up;
  bool is_coordinator = false;
  slot_counts slots;
  /// Pieces that were granted to it and have not come back.
  uint32_t load = 0;
  /// Items a second, over about the last ten seconds.
  double rate = 0;
  uint64_t items = 0;
  time_ms joined_at = 0;
  time_ms last_beat_at = 0;
  /// Why it is gone; empty while it is not.
  std::string reason;
};

/// "import=2, embed=4" as users write slots.
/// Errors: `ec::invalid_request` naming the part that is wrong.
expected<slot_counts> parse_slots(std::string_view text);
std::string to_string(const slot_counts& slots);

} // namespace batch
