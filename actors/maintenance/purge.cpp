#include "actors/maintenance/purge.hpp"

#include "actors/maintenance/letters_ticket.hpp"
#include "codecs/fail_point.hpp"
#include "codecs/limits.hpp"
#include "codecs/record.hpp"

namespace batch {

namespace {

constexpr size_t letters_per_write = 1000;

/// A letter of a job stays as the error of its item; a message of the system
/// itself goes.
void purge(write_batch& changes, stored_letter x) {
  auto key = keys::dead_item(x.at.job, x.at.item);
  if (!x.letter.type)
    return changes.erase(family::dead, key);
  x.letter.purged = true;
  x.letter.payload.clear();
  changes.put(family::dead, key, encode_record(x.letter));
}

} // namespace

expected<uint64_t> purge_letters(const store_reader& store,
                                 service_client& client,
                                 const letter_filter& filter, bool dry_run) {
  if (filter.is_empty())
    return fail(ec::invalid_request,
                "filter: must not be empty; it says which dead letters to "
                "purge",
                "/filter");
  std::optional<letters_ticket> ticket;
  if (!dry_run) {
    auto taken = letters_ticket::take(client);
    if (!taken)
      return fail(taken);
    ticket.emplace(std::move(*taken));
  }
  auto range = letters_of(store, filter);
  if (!range)
    return fail(range);
  letter_cursor letters{store, store.take_snapshot(), *range};
  uint64_t count = 0;
  write_batch changes;
  counter_changes counters;
  auto write = [&] {
    BATCH_FAIL_POINT("purge.before_write");
    auto written
      = ticket->write(std::move(changes), counters, durability::durable);
    BATCH_FAIL_POINT("purge.after_write");
    changes = {};
    counters = {};
    return written;
  };
  for (;;) {
    auto x = letters.next();
    if (!x)
      return fail(x);
    if (!*x)
      break;
    if (!(*x)->is_open() || !matches(filter, **x))
      continue;
    ++count;
    if (dry_run)
      continue;
    purge(changes, std::move(**x));
    --counters.dead_letters;
    if (changes.entries() == letters_per_write
        || changes.bytes() > wire_bytes_max / 2)
      if (auto written = write(); !written)
        return fail(written);
  }
  if (!changes.empty())
    if (auto written = write(); !written)
      return fail(written);
  return count;
}

} // namespace batch
