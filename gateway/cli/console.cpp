#include "gateway/cli/console.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

#include <sys/ioctl.h>
#include <unistd.h>

namespace batch::cli {

namespace {

using namespace std::literals;

constexpr auto line_interval = 1s;
/// Where the terminal does not tell its width.
constexpr size_t columns_default = 80;

void put(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

size_t terminal_columns() {
  winsize size = {};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return columns_default;
  return size.ws_col;
}

/// True if standard error is a terminal that can draw over a line.
bool can_draw() {
  auto terminal = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && terminal != nullptr
         && terminal != "dumb"sv;
}

/// True if a line about `b` tells more than one about `a`.
bool has_changed(const job_progress_view& a, const job_progress_view& b) {
  return a.state != b.state || a.total != b.total || a.done != b.done
         || a.failed != b.failed || a.retrying != b.retrying;
}

} // namespace

void tell(std::string_view message) {
  put("batchd: " + std::string{message} + '\n');
}

int status_of(const outcome<void>& ended) {
  if (ended)
    return static_cast<int>(exit_status::done);
  if (!ended.error().message.empty())
    tell(ended.error().message);
  return static_cast<int>(ended.error().status);
}

progress_display::progress_display() : is_terminal_(can_draw()) {}

progress_display::~progress_display() {
  clear_bar();
}

void progress_display::show(const job_progress_view& progress) {
  if (is_terminal_) {
    // One column less: a full line would move the cursor to the next one.
    put("\r\x1b[K" + progress_bar(progress, terminal_columns() - 1));
    has_bar_ = true;
    return;
  }
  auto now = std::chrono::steady_clock::now();
  if (!has_changed(shown_, progress) || now - shown_at_ < line_interval)
    return;
  tell(progress_line(progress));
  shown_ = progress;
  shown_at_ = now;
}

void progress_display::note(std::string_view message) {
  clear_bar();
  tell(message);
}

void progress_display::clear_bar() {
  if (has_bar_)
    put("\r\x1b[K");
  has_bar_ = false;
}

} // namespace batch::cli
