// What is told on standard error, beside the data on standard output.
#pragma once

#include "gateway/cli/outcome.hpp"
#include "gateway/cli/progress_text.hpp"

#include <chrono>
#include <string_view>

namespace batch::cli {

/// Prints "batchd: …" as a line.
void tell(std::string_view message);

/// The exit status of a command that has ended; tells why it failed.
int status_of(const outcome<void>& ended);

/// The progress of a job: on a terminal a bar that is drawn again and again on
/// one line, elsewhere a line when something has changed, at most one per
/// second. Thread-safety: none.
class progress_display {
public:
  progress_display();
  progress_display(const progress_display&) = delete;
  progress_display& operator=(const progress_display&) = delete;
  /// Takes the bar away.
  ~progress_display();

  void show(const job_progress_view& progress);
  /// Tells something without disturbing the bar.
  void note(std::string_view message);

private:
  void clear_bar();

  bool is_terminal_;
  bool has_bar_ = false;
  /// What the last line was about.
  job_progress_view shown_;
  std::chrono::steady_clock::time_point shown_at_;
};

} // namespace batch::cli
