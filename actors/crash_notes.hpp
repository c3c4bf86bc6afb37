// What a crash of the process leaves behind: which item was being worked on.
//
// A worker is code of ours, of a library, or of whoever embeds the service; a
// defect of it that ends the process would end every next one too, because the
// item is tried again. So the thread of a worker notes what it works on, where
// the handler of a fatal signal can read it: that writes the note to a file,
// and the next start counts it as a loss of that item. The note stays in the
// file until that loss is in the store, since the process may crash again
// before it is. Costs two stores an item. SIGKILL leaves no note: who sends it
// is no worker.
#pragma once

#include "codecs/error.hpp"
#include "codecs/time.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace batch {

/// An item that was being worked on when the process crashed.
struct crash_note {
  uint64_t job = 0;
  uint32_t chunk = 0;
  /// From the begin of the chunk.
  uint32_t offset = 0;
  /// When; tells the crashes of one item apart.
  time_ms at = 0;

  auto operator<=>(const crash_note&) const = default;
};

/// Says what the calling thread works on, until it goes.
/// Thread-safety: each thread has its own; one at a time.
class work_note {
public:
  work_note(uint64_t job, uint32_t chunk);
  ~work_note();
  work_note(const work_note&) = delete;
  work_note& operator=(const work_note&) = delete;

  /// Says which item of the chunk is next. May be called without a note.
  static void at_item(uint32_t offset);
};

/// Reads the notes of crashes that were not counted yet, and lets later ones be
/// written to the same file: takes over SIGSEGV, SIGBUS, SIGFPE, SIGILL and
/// SIGABRT. To be called by a program at its start, once.
/// Errors: `ec::storage_failure` if the file cannot be used.
expected<std::vector<crash_note>>
take_crash_notes(const std::filesystem::path& file);

/// Says that a note needs no counting any more: the next start does not answer
/// it. Thread-safety: any thread.
void crash_counted(const crash_note& note);

} // namespace batch
