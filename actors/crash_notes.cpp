#include "actors/crash_notes.hpp"

#include <array>
#include <csignal>
#include <cstring>
#include <fstream>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace batch {

namespace {

/// One note in the file, as the machine that wrote it keeps it.
struct written_note {
  std::array<char, 8> magic;
  crash_note note;
};

constexpr std::array<char, 8> magic{'b', 'a', 't', 'c', 'h', 'd', ' ', '1'};
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

/// Only calls that POSIX allows in a handler.
extern "C" void note_crash(int number) {
  if (mine.is_set && notes_fd >= 0) {
    written_note x{magic, {mine.job, mine.chunk, mine.offset}};
    // Nothing can be done about a note that cannot be written.
    [[maybe_unused]] auto written = ::write(notes_fd, &x, sizeof x);
  }
  // The handler is gone by now (SA_RESETHAND): this ends the process.
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
  written_note x;
  while (in.read(reinterpret_cast<char*>(&x), sizeof x))
    if (x.magic == magic)
      notes.push_back(x.note);
  return notes;
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
  auto fd = ::open(file.c_str(),
                   O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0)
    return fail(ec::storage_failure,
                "cannot write " + file.string() + ": "
                  + std::generic_category().message(errno));
  notes_fd = fd;
  struct sigaction action {};
  action.sa_handler = note_crash;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_ONSTACK);
  for (auto number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT})
    ::sigaction(number, &action, nullptr);
  return notes;
}

} // namespace batch
