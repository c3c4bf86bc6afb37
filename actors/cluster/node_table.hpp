// The nodes of a cluster as the CLUSTER knows them. Knows no actors and no
// clock; the CLUSTER actor drives it.
#pragma once

#include "actors/cluster/protocol.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace batch {

/// Thread-safety: none.
class node_table {
public:
  using session_number = uint64_t;

  /// @param models of the coordinator, as `embedder_set::names`.
  /// @param has_functions whether jobs may name functions of its program,
  /// which nodes do not have.
  explicit node_table(std::string models = {}, bool has_functions = false)
    : models_(std::move(models)), has_functions_(has_functions) {}

  /// A node that is a member, or a name that is taken.
  struct member {
    session_number session = 0;
    node_hello hello;
    node_state state = node_state::up;
    /// Steady time of its last beat, or of its joining.
    time_ms heard_at = 0;
    time_ms joined_time = 0;
    time_ms heard_time = 0;
  };

  /// What has to happen before a node of this hello is taken in.
  struct admission {
    /// Its place is taken by itself, or by one that has not been heard for
    /// long: that one is to be given up first.
    std::optional<session_number> replaces;
  };

  /// Errors: `ec::invalid_request` if the hello is not of our protocol, its
  /// name or slots cannot be, it would embed by other models, or transform
  /// without the functions; `ec::conflict` if a living node has the name.
  expected<admission> check(const node_hello& hello, time_ms ticks) const;

  /// Takes a node in. @returns its session, never used before.
  session_number add(node_hello hello, const moment& now);

  /// @returns false if it is no member.
  bool beat(session_number session, const moment& now);

  /// Nothing more is to be granted to it.
  void drain(session_number session);

  /// Takes a node out and remembers it as gone for a while.
  void remove(session_number session, std::string reason, const moment& now);

  /// Members that have not been heard for `beat_silence_max`.
  std::vector<session_number> silent(time_ms ticks) const;

  const member* find(session_number session) const;
  const member* find(std::string_view name) const;

  /// All members, then those that are gone for less than ten minutes, but no
  /// more than 32 of these. Without their load.
  std::vector<node_report> report(const moment& now) const;

private:
  struct departed {
    node_report report;
    time_ms since = 0;
  };

  std::string models_;
  bool has_functions_ = false;
  session_number next_session_ = 1;
  std::map<session_number, member> members_;
  std::deque<departed> departed_;
};

/// A member as it is told of.
node_report to_report(const node_table::member& x);

} // namespace batch
