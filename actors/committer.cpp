#include "actors/committer.hpp"

#include "actors/dead_letters.hpp"
#include "codecs/fail_point.hpp"
#include "codecs/record.hpp"
#include "storage/keys.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

namespace batch {

namespace {

using committer_pointer = committer_actor::stateful_pointer<committer_state>;

void queue_flush(committer_pointer self) {
  auto& st = self->state;
  if (st.flush_is_queued)
    return;
  st.flush_is_queued = true;
  // Goes behind everything that is in the mailbox by now: that is the group.
  self->send(self, atom::flush_atom_v);
}

void flush_later(committer_pointer self) {
  auto& st = self->state;
  auto pause = st.options.retry_pause * (1 << std::min(st.failures, 10U));
  pause = std::min(pause, st.options.retry_pause_max);
  ++st.failures;
  st.flush_is_queued = true;
  self->delayed_send(self, pause, atom::flush_atom_v);
}

void queue_tick(committer_pointer self) {
  auto& st = self->state;
  if (st.tick_is_queued)
    return;
  st.tick_is_queued = true;
  self->delayed_send(self, st.options.sync_interval, atom::tick_atom_v);
}

void answer_all(committer_state& st, const error& why) {
  for (auto& x : st.waiting)
    x.done.deliver(to_caf(why));
  st.waiting.clear();
  for (auto& done : st.waiting_for_sync)
    done.deliver(to_caf(why));
  st.waiting_for_sync.clear();
  for (auto& [ns, claim] : st.refused)
    claim.done.deliver(to_caf(why));
  st.refused.clear();
}

/// The store is lost for writing: the service has to end, and its next start
/// reads what really is there.
void give_up(committer_pointer self, const std::string& why) {
  error e{ec::storage_failure, "the store cannot be written: " + why};
  answer_all(self->state, e);
  self->quit(to_caf(e));
}

void refuse_what_may_be_refused(committer_state& st) {
  error full{ec::storage_full, "the disk is full; free space and try again"};
  std::erase_if(st.waiting, [&](committer_state::waiting_unit& x) {
    if (x.unit->refusable)
      x.done.deliver(to_caf(full));
    return x.unit->refusable;
  });
}

void mark_synced(committer_state& st) {
  st.unsynced = false;
  st.unsynced_chunks = 0;
}

/// Acts on a failed write. What was not written stays in `waiting`.
void handle_failure(committer_pointer self, commit_status status) {
  switch (status) {
  case commit_status::no_space:
    if (!self->state.disk_is_full)
      spdlog::error("the disk is full: writing waits until there is space");
    self->state.disk_is_full = true;
    refuse_what_may_be_refused(self->state);
    return flush_later(self);
  case commit_status::retry:
  case commit_status::unknown:
    return flush_later(self);
  default:
    return give_up(self, std::string{to_string(status)});
  }
}

/// A namespace is granted in the store as well. If another grant of it waits
/// behind those that are written, that is the one that counts.
template <class Iterator>
void end_grant(committer_state& st, const std::string& ns, Iterator written) {
  auto is_next = [&](const auto& x) { return x.granted_ns == ns; };
  if (std::any_of(written, st.waiting.end(), is_next))
    return;
  st.granted.erase(ns);
  auto [begin, end] = st.refused.equal_range(ns);
  for (auto x = begin; x != end; ++x)
    x->second.done.deliver(x->second.why);
  st.refused.erase(begin, end);
}

/// Writes one group. @returns false if nothing more can be done now.
bool write_group(committer_pointer self) {
  auto& st = self->state;
  std::vector<commit_unit_ptr> units;
  units.reserve(st.waiting.size());
  for (const auto& x : st.waiting)
    units.push_back(x.unit);
  auto taken = st.writer.gather(units);
  if (!taken) {
    give_up(self, taken.error().message);
    return false;
  }
  auto chunks = st.writer.chunks();
  auto durable = st.writer.must_be_durable()
                 || st.unsynced_chunks + chunks >= st.options.sync_chunks;
  BATCH_FAIL_POINT("committer.before_write");
  auto status
    = st.writer.write(durable ? durability::durable : durability::buffered);
  if (status != commit_status::ok) {
    handle_failure(self, status);
    return false;
  }
  st.failures = 0;
  if (std::exchange(st.disk_is_full, false))
    spdlog::info("the disk has space again");
  st.unsynced = true;
  st.unsynced_chunks += chunks;
  if (durable)
    mark_synced(st);
  else
    queue_tick(self);
  BATCH_FAIL_POINT("committer.after_write");
  auto end = st.waiting.begin() + static_cast<std::ptrdiff_t>(*taken);
  for (auto x = st.waiting.begin(); x != end; ++x) {
    if (!x->granted_ns.empty())
      end_grant(st, x->granted_ns, end);
    fulfil(x->done);
  }
  st.waiting.erase(st.waiting.begin(), end);
  BATCH_FAIL_POINT("committer.after_answers");
  return true;
}

void sync_now(committer_pointer self) {
  auto& st = self->state;
  BATCH_FAIL_POINT("committer.before_sync");
  auto status = st.unsynced ? st.writer.sync() : commit_status::ok;
  if (status != commit_status::ok)
    return handle_failure(self, status);
  BATCH_FAIL_POINT("committer.after_sync");
  mark_synced(st);
}

void flush(committer_pointer self) {
  auto& st = self->state;
  st.flush_is_queued = false;
  while (!st.waiting.empty())
    if (!write_group(self))
      return;
  if (st.waiting_for_sync.empty()) {
    // A sync that has failed once is tried again.
    if (st.unsynced)
      queue_tick(self);
    return;
  }
  sync_now(self);
  if (st.unsynced)
    return;
  for (auto& done : st.waiting_for_sync)
    fulfil(done);
  st.waiting_for_sync.clear();
}

/// Answers a claim of a namespace for a model. The claim is written like any
/// other unit; until then it is remembered, so that no second one is granted.
caf::result<void> grant_claim(committer_pointer self,
                              const vector_claim& claim) {
  auto& st = self->state;
  std::optional<namespace_model> stored;
  if (auto pending = st.granted.find(claim.ns); pending != st.granted.end())
    stored = pending->second;
  else if (auto found = find_namespace_model(*st.store, claim.ns))
    stored = std::move(*found);
  else
    return to_caf(found.error());
  const auto& wanted = claim.wanted;
  if (stored && !claim.force)
    if (auto ok = check_namespace_model(claim.ns, *stored, wanted.model,
                                        wanted.dimensions);
        !ok) {
      if (!st.granted.contains(claim.ns))
        return to_caf(ok.error());
      auto done = self->make_response_promise<void>();
      st.refused.emplace(
        claim.ns, committer_state::refused_claim{done, to_caf(ok.error())});
      return done;
    }
  auto is_known = stored && stored->model == wanted.model
                  && stored->dimensions == wanted.dimensions;
  if (is_known && !st.granted.contains(claim.ns))
    return caf::unit;
  st.granted[claim.ns] = is_known ? *stored : wanted;
  auto unit = std::make_shared<commit_unit>();
  unit->changes.put(family::meta, keys::namespace_model(claim.ns),
                    encode_record(st.granted[claim.ns]));
  auto done = self->make_response_promise<void>();
  st.waiting.push_back({unit, done, claim.ns});
  queue_flush(self);
  return done;
}

} // namespace

committer_actor::behavior_type committer(committer_pointer self,
                                         committer_options options,
                                         store_ptr target, uint64_t term,
                                         service_counters counters) {
  self->state.options = options;
  follow_house_rules(self, options.on_stray);
  self->state.store = target;
  self->state.writer
    = group_writer{std::move(target), term, counters, options.vectors_changed};
  return {
    [self](atom::commit_atom,
           const commit_unit_ptr& unit) -> caf::result<void> {
      auto done = self->make_response_promise<void>();
      self->state.waiting.push_back({unit, done, {}});
      queue_flush(self);
      return done;
    },
    [self](atom::claim_atom, const claim_ptr& claim) {
      return grant_claim(self, *claim);
    },
    [self](atom::sync_atom) -> caf::result<void> {
      auto done = self->make_response_promise<void>();
      self->state.waiting_for_sync.push_back(done);
      queue_flush(self);
      return done;
    },
    [self](atom::flush_atom) { flush(self); },
    [self](atom::tick_atom) {
      self->state.tick_is_queued = false;
      if (self->state.unsynced && !self->state.flush_is_queued)
        sync_now(self);
    },
  };
}

} // namespace batch
