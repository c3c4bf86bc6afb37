#include "actors/cluster/node_table.hpp"

#include "codecs/limits.hpp"

#include <algorithm>

namespace batch {

namespace {

/// A node of the same name that has been silent for this long makes way: it
/// was most likely restarted.
constexpr time_ms making_way_ms = 3 * beat_interval.count();
/// How long, and of how many, it is told that they are gone.
constexpr time_ms remembered_ms = 600'000;
constexpr size_t remembered_max = 32;
/// Slots of one node altogether. Source: far beyond any machine's cores.
constexpr uint32_t node_slots_max = 4096;

bool is_plain(std::string_view name) {
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

/// Whether a text is short and can be printed.
bool is_printable(std::string_view text) {
  return text.size() <= worker_name_bytes_max
         && std::ranges::all_of(text,
                                [](char c) { return c >= ' ' && c <= '~'; });
}

} // namespace

expected<node_table::admission> node_table::check(const node_hello& hello,
                                                  time_ms ticks) const {
  if (!is_printable(hello.version) || !is_printable(hello.incarnation))
    return fail(ec::invalid_request,
                "the node's version or its incarnation is no short text");
  if (hello.protocol != protocol_number)
    return fail(ec::invalid_request,
                "the node speaks protocol " + std::to_string(hello.protocol)
                  + " (batchd " + hello.version + "), the coordinator "
                  + std::to_string(protocol_number)
                  + ": run the same version of batchd on both");
  if (hello.name.empty() || hello.name.size() > worker_name_bytes_max
      || !is_plain(hello.name))
    return fail(ec::invalid_request,
                "the name of a node has 1 to "
                  + std::to_string(worker_name_bytes_max)
                  + " letters, digits, dots, hyphens and underscores");
  if (hello.name == coordinator_name)
    return fail(ec::invalid_request,
                "the name 'coordinator' is that of the coordinator");
  uint64_t slots = 0;
  for (auto [type, count] : hello.slots) {
    if (std::ranges::find(job_types, type) == job_types.end())
      return fail(ec::invalid_request, "the node has slots of unknown types");
    slots += count;
  }
  if (slots == 0 || slots > node_slots_max)
    return fail(ec::invalid_request,
                "a node has 1 to " + std::to_string(node_slots_max)
                  + " slots, not " + std::to_string(slots));
  auto does = [&](job_type type) {
    auto found = hello.slots.find(type);
    return found != hello.slots.end() && found->second > 0;
  };
  if (does(job_type::generate_embeddings) && hello.models != models_)
    return fail(ec::invalid_request,
                "the node embeds by " + hello.models + ", the coordinator by "
                  + models_
                  + ": start both with the same --embedder, or the node with "
                    "--slots that have no embed");
  if (does(job_type::transform_data) && has_functions_)
    return fail(ec::invalid_request,
                "jobs may name functions that only the program of the "
                "coordinator has: start the node with --slots that have no "
                "transform");
  auto known = find(hello.name);
  if (!known)
    return admission{};
  if (known->hello.incarnation != hello.incarnation
      && ticks - known->heard_at < making_way_ms)
    return fail(ec::conflict, "a node with the name '" + hello.name
                                + "' is a member already; give this one "
                                  "another --name");
  return admission{known->session};
}

node_table::session_number node_table::add(node_hello hello,
                                           const moment& now) {
  auto session = next_session_++;
  auto& x = members_[session];
  x.session = session;
  x.hello = std::move(hello);
  x.heard_at = now.ticks;
  x.joined_time = x.heard_time = now.time;
  std::erase_if(departed_, [&](const departed& old) {
    return old.report.name == x.hello.name;
  });
  return session;
}

bool node_table::beat(session_number session, const moment& now) {
  auto found = members_.find(session);
  if (found == members_.end())
    return false;
  found->second.heard_at = now.ticks;
  found->second.heard_time = now.time;
  return true;
}

void node_table::drain(session_number session) {
  if (auto found = members_.find(session); found != members_.end())
    found->second.state = node_state::draining;
}

void node_table::remove(session_number session, std::string reason,
                        const moment& now) {
  auto found = members_.find(session);
  if (found == members_.end())
    return;
  auto report = to_report(found->second);
  report.state = node_state::gone;
  report.reason = std::move(reason);
  members_.erase(found);
  departed_.push_back({std::move(report), now.ticks});
  if (departed_.size() > remembered_max)
    departed_.pop_front();
}

std::vector<node_table::session_number>
node_table::silent(time_ms ticks) const {
  std::vector<session_number> all;
  for (const auto& [session, x] : members_)
    if (ticks - x.heard_at > beat_silence_max.count())
      all.push_back(session);
  return all;
}

const node_table::member* node_table::find(session_number session) const {
  auto found = members_.find(session);
  return found == members_.end() ? nullptr : &found->second;
}

const node_table::member* node_table::find(std::string_view name) const {
  for (const auto& [session, x] : members_)
    if (x.hello.name == name)
      return &x;
  return nullptr;
}

std::vector<node_report> node_table::report(const moment& now) const {
  std::vector<node_report> all;
  for (const auto& [session, x] : members_)
    all.push_back(to_report(x));
  for (const auto& x : departed_)
    if (now.ticks - x.since < remembered_ms)
      all.push_back(x.report);
  return all;
}

node_report to_report(const node_table::member& x) {
  node_report report;
  report.name = x.hello.name;
  report.version = x.hello.version;
  report.state = x.state;
  report.slots = x.hello.slots;
  report.joined_at = x.joined_time;
  report.last_beat_at = x.heard_time;
  return report;
}

} // namespace batch
