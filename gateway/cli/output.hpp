// Where the data of a command goes: standard output or a file.
#pragma once

#include "gateway/cli/outcome.hpp"
#include "gateway/cli/terminal_text.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace batch::cli {

/// Takes bytes as they come. A file is written beside its place, to
/// `FILE.part`, and moved there by `finish`: whatever goes wrong before, FILE
/// is as it was. On a terminal, control characters are left out.
///
/// Thread-safety: none.
class output {
public:
  /// @param path of a file; empty or "-" means standard output. What is there
  /// and is no plain file, e.g. a pipe, is written to directly.
  /// Fails with `exit_status::wrong_usage`.
  static outcome<std::unique_ptr<output>> open(const std::string& path);

  /// Goes on with a file of lines: `FILE.part` if there is one, or else FILE
  /// in its place, or a new one. What stands behind the last whole line is cut
  /// off. Nothing that is there already is ever removed.
  /// Fails with `exit_status::wrong_usage`.
  static outcome<std::unique_ptr<output>> resume(const std::string& path);

  output(const output&) = delete;
  output& operator=(const output&) = delete;
  /// Removes what was not finished.
  ~output();

  /// Fails if the disk is full; without a message if it is a pipe whose reader
  /// has gone, who knows.
  outcome<void> write(std::string_view bytes);
  /// Writes a text and a line feed.
  outcome<void> line(std::string_view text);

  /// Puts the file in its place, durably.
  outcome<void> finish();

  /// Keeps what was written so far of an unfinished file.
  /// @returns the name of the file that has it; empty if nothing has.
  std::string keep();

  /// The last whole line of a file that is gone on with; empty if none.
  const std::string& last_line() const { return last_line_; }
  /// For messages.
  const std::string& name() const { return name_; }

private:
  output() = default;
  outcome<void> flush();
  outcome<void> cut_torn_line();
  tl::unexpected<failure> cannot(const char* what, int error) const;

  /// For messages.
  std::string name_ = "standard output";
  /// Where the file goes; empty if it is written directly.
  std::string target_;
  std::string part_;
  /// Whether `part_` goes if it is not finished.
  bool removes_part_ = true;
  std::string last_line_;
  int descriptor_ = 1;
  /// Collects pieces; standard output gets each one at once.
  std::string buffer_;
  bool is_terminal_ = false;
  terminal_filter filter_;
};

} // namespace batch::cli
