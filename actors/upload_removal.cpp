#include "actors/upload_removal.hpp"

#include "actors/queries/rows.hpp"
#include "codecs/chunk.hpp"
#include "storage/keys.hpp"

namespace batch {

expected<std::vector<commit_unit>> removal_of_upload(const store_reader& store,
                                                     uint64_t number) {
  std::vector<commit_unit> units;
  auto range = keys::of_job(number);
  row_cursor rows{store, nullptr, family::chunks, range};
  for (;;) {
    auto more = rows.next();
    if (!more)
      return fail(more);
    if (!*more)
      break;
    auto items = chunk::read(std::string{rows.row().value});
    if (!items)
      continue;
    // All chunks of an upload are of one source.
    if (items->source() != item_source::dead_letters)
      break;
    commit_unit unit;
    for (const auto& item : items->items())
      unit.changes.erase(family::dead,
                         keys::dead_claim(item.letter.job, item.letter.item));
    unit.counters.dead_letters = static_cast<int64_t>(items->items().size());
    // So that nothing is given back twice after a crash.
    unit.changes.erase(family::chunks, rows.row().key);
    units.push_back(std::move(unit));
  }
  auto& last = units.emplace_back();
  last.changes.erase_range(family::chunks, range.from, range.to);
  return units;
}

} // namespace batch
