#include "actors/letters.hpp"

#include "codecs/items.hpp"

namespace batch {

dead_letter make_letter(const job_spec& job, uint32_t item_index,
                        const item_failure& failure, const pending_item& item,
                        time_ms now) {
  dead_letter letter;
  letter.type = job.type;
  letter.job = job.id;
  letter.code = failure.why.code;
  letter.message = failure.why.message;
  letter.failed_at = now;
  letter.payload = failure.payload;
  letter.ns = ns_of_item(failure.payload);
  letter.place = failure.place.job != 0 ? failure.place
                                        : item_position{job.number, item_index};
  if (failure.history) {
    letter.attempts = failure.history->attempts;
    letter.origin = to_string(failure.history->letter);
  }
  auto count = letter.attempts.count + item.attempts.count;
  for (const auto& x : item.attempts.kept)
    letter.attempts.add(x);
  letter.attempts.count = count;
  return letter;
}

} // namespace batch
