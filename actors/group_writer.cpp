#include "actors/committer.hpp"
#include "codecs/bytes.hpp"
#include "codecs/record.hpp"
#include "codecs/stamped.hpp"
#include "storage/keys.hpp"

namespace batch {

namespace {

/// Room that each batch keeps for the statistics.
constexpr size_t counters_bytes_max = 4096;

bool fits(const write_batch& batch, const write_batch& more) {
  return batch.entries() + more.entries() < batch_entries_max
         && batch.bytes() + more.bytes() + counters_bytes_max
              <= batch_bytes_max;
}

bool is_stamped(const write_batch::entry& e) {
  return e.op == write_batch::op::put
         && (e.family == family::things || e.family == family::relationships);
}

/// Whether the stored record was written by a later item or job.
bool is_newer(const stamped_view& stored, const stamped_view& mine) {
  return stored.job > mine.job
         || (stored.job == mine.job && stored.item > mine.item);
}

} // namespace

expected<size_t>
group_writer::gather(const std::vector<commit_unit_ptr>& units) {
  drop();
  size_t taken = 0;
  for (; taken < units.size(); ++taken) {
    const auto& unit = *units[taken];
    if (taken > 0 && !fits(batch_, unit.changes))
      break;
    if (unit.ends_job && marked_jobs_.contains(unit.job))
      break;
    if (unit.late) {
      // What the store has decides; so what precedes has to be there first.
      if (taken > 0)
        break;
      if (auto added = add_late(unit); !added)
        return fail(added);
    } else
      batch_.append(unit.changes);
    apply(unit.counters, next_counters_);
    must_be_durable_ |= unit.durable;
    changes_vectors_ |= unit.changes_vectors;
    chunks_ += unit.chunk ? 1 : 0;
    if (unit.chunk)
      marked_jobs_.insert(unit.job);
  }
  batch_.put(family::meta, keys::counters, encode_record(next_counters_));
  return taken;
}

commit_status group_writer::write(durability d) {
  auto status = store_->commit(batch_, d, term_);
  if (status == commit_status::ok) {
    counters_ = next_counters_;
    if (changes_vectors_ && vectors_)
      vectors_->count(batch_);
    drop();
  }
  return status;
}

commit_status group_writer::sync() {
  return store_->commit({}, durability::durable, term_);
}

void group_writer::drop() {
  batch_.clear();
  next_counters_ = counters_;
  must_be_durable_ = false;
  changes_vectors_ = false;
  chunks_ = 0;
  marked_jobs_.clear();
}

expected<void> group_writer::add_late(const commit_unit& unit) {
  expected<void> result;
  unit.changes.for_each([&](const write_batch::entry& e) {
    if (result && is_stamped(e)) {
      auto stored = store_->get(e.family, e.key);
      if (!stored) {
        result = fail(stored);
        return;
      }
      if (*stored) {
        auto theirs = read_stamped(**stored);
        auto mine = read_stamped(e.value);
        if (theirs && mine && is_newer(*theirs, *mine))
          return;
      }
    }
    switch (e.op) {
    case write_batch::op::put:
      batch_.put(e.family, e.key, e.value);
      break;
    case write_batch::op::erase:
      batch_.erase(e.family, e.key);
      break;
    case write_batch::op::erase_range:
      batch_.erase_range(e.family, e.key, e.value);
      break;
    case write_batch::op::expect_value:
      batch_.expect(e.family, e.key, e.value);
      break;
    case write_batch::op::expect_absent:
      batch_.expect(e.family, e.key, std::nullopt);
      break;
    }
  });
  return result;
}

} // namespace batch
