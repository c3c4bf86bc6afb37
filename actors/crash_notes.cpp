#include "actors/crash_notes.hpp"

#include <array>
#include <csignal>
#include <ctime>
#include <fstream>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace batch {

namespace {

/// What an entry of the file says of its note.
enum class entry_kind : uint64_t { crashed, counted };

/// One entry in the file, as the machine that wrote it keeps it.
struct file_entry {
  std::array<char, 8> magic;
  entry_kind kind;
  crash_note note;
};

constexpr std::array<char, 8> magic{'b', 'a', 't', 'c', 'h', 'd', ' ', '2'};
constexpr size_t signal_stack_bytes = 64 << 10;

struct thread_note {
  volatile bool is_set = false;
  volatile uint64_t job = 0;
  volatile uint32_t chunk = 0;
  volatile uint32_t offset = 0;
};

thread_local thread_note mine;
/// A stack for the handler, in case the thread's own has run over.
thread_local std::unique_ptr<char[]> signal_stack;
volatile int notes_fd = -1;

/// Only calls that POSIX allows in the handler of a signal.
void append(entry_kind kind, const crash_note& note) {
  if (notes_fd < 0)
    return;
  file_entry x{magic, kind, note};
  // Nothing can be done about an entry that cannot be written.
  [[maybe_unused]] auto written = ::write(notes_fd, &x, sizeof x);
}

/// As above.
time_ms time_of_crash() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

extern "C" void note_crash(int number) {
  if (mine.is_set)
    append(entry_kind::crashed,
           {mine.job, mine.chunk, mine.offset, time_of_crash()});
  // Not earlier (SA_RESETHAND): a second thread that crashes meanwhile would
  // end the process before the note is written.
  ::signal(number, SIG_DFL);
  ::raise(number);
}

void use_signal_stack() {
  if (signal_stack)
    return;
  signal_stack = std::make_unique<char[]>(signal_stack_bytes);
  stack_t stack{};
  stack.ss_sp = signal_stack.get();
  stack.ss_size = signal_stack_bytes;
  ::sigaltstack(&stack, nullptr);
}

std::vector<crash_note> read_notes(const std::filesystem::path& file) {
  std::vector<crash_note> notes;
  std::ifstream in{file, std::ios::binary};
  file_entry x;
  while (in.read(reinterpret_cast<char*>(&x), sizeof x))
    if (x.magic != magic)
      break;
    else if (x.kind == entry_kind::crashed)
      notes.push_back(x.note);
    else
      std::erase(notes, x.note);
  return notes;
}

/// Leaves these notes in the file and nothing else, in one step.
expected<void> keep_notes(const std::filesystem::path& file,
                          const std::vector<crash_note>& notes) {
  auto next = file;
  next += ".next";
  std::ofstream out{next, std::ios::binary | std::ios::trunc};
  for (const auto& note : notes) {
    file_entry x{magic, entry_kind::crashed, note};
    out.write(reinterpret_cast<const char*>(&x), sizeof x);
  }
  out.close();
  std::error_code failed;
  if (out)
    std::filesystem::rename(next, file, failed);
  if (!out || failed)
    return fail(ec::storage_failure,
                "cannot write " + next.string()
                  + (failed ? ": " + failed.message() : std::string{}));
  return {};
}

} // namespace

work_note::work_note(uint64_t job, uint32_t chunk) {
  use_signal_stack();
  mine.job = job;
  mine.chunk = chunk;
  mine.offset = 0;
  mine.is_set = true;
}

work_note::~work_note() {
  mine.is_set = false;
}

void work_note::at_item(uint32_t offset) {
  mine.offset = offset;
}

expected<std::vector<crash_note>>
take_crash_notes(const std::filesystem::path& file) {
  auto notes = read_notes(file);
  if (auto kept = keep_notes(file, notes); !kept)
    return fail(kept);
  auto fd = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd < 0)
    return fail(ec::storage_failure,
                "cannot write " + file.string() + ": "
                  + std::generic_category().message(errno));
  notes_fd = fd;
  struct sigaction action {};
  action.sa_handler = note_crash;
  action.sa_flags = SA_ONSTACK;
  for (auto number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT})
    ::sigaction(number, &action, nullptr);
  return notes;
}

void crash_counted(const crash_note& note) {
  append(entry_kind::counted, note);
}

} // namespace batch
