#include "actors/dead_letters.hpp"

#include "actors/queries/letter_queries.hpp"
#include "codecs/json_writer.hpp"
#include "codecs/record.hpp"
#include "codecs/utf8.hpp"

namespace batch {

namespace {

using dead_letters_pointer
  = dead_letters_actor::stateful_pointer<dead_letters_state>;

/// Letters that are kept between two starts: a defect that loses messages may
/// lose millions, and the first ones tell enough.
constexpr uint32_t letters_max = 1000;
/// Bytes of a message's text that are kept.
constexpr size_t text_bytes_max = 16 << 10;

/// Behind the last letter that is there already.
uint32_t first_free(const store_reader& store) {
  letter_cursor letters{store, nullptr, keys::of_job(0)};
  uint32_t free = 0;
  for (auto x = letters.next(); x && *x; x = letters.next())
    free = (*x)->at.item + 1;
  return free;
}

void keep(dead_letters_pointer self, const std::string& role,
          const std::string& message) {
  auto& st = self->state;
  spdlog::error("{} did not take a message: {}", role,
                message.substr(0, message_bytes_max));
  if (st.left == 0)
    return;
  --st.left;
  dead_letter letter;
  letter.code = ec::undeliverable;
  letter.message = "a message that " + role + " does not take";
  letter.failed_at = st.options.clock().time;
  letter.attempts.add(
    {letter.failed_at, letter.code, letter.message, role, st.options.node});
  append_json_string(letter.payload,
                     to_valid_utf8(message.substr(0, text_bytes_max)));
  commit_unit unit;
  unit.changes.put(family::dead, keys::dead_item(0, st.next++),
                   encode_record(letter));
  unit.counters.dead_letters = 1;
  self
    ->request(st.committer, caf::infinite, atom::commit_atom_v,
              std::make_shared<const commit_unit>(std::move(unit)))
    .then([] {}, [](const caf::error&) {});
}

} // namespace

dead_letters_actor::behavior_type dead_letters(dead_letters_pointer self,
                                               service_options options,
                                               store_reader_ptr store,
                                               committer_actor committer) {
  self->state.options = std::move(options);
  self->state.committer = std::move(committer);
  self->state.next = first_free(*store);
  self->state.left = letters_max;
  return {
    [self](atom::stray_atom, const std::string& role,
           const std::string& message) { keep(self, role, message); },
  };
}

} // namespace batch
