// The commands about dead letters, as those of commands.hpp.
#pragma once

#include "gateway/cli/api_client.hpp"
#include "gateway/cli/letter_filter_options.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace batch::cli {

struct letters_options {
  connection_options connection;
  letter_filter_options filter;
  uint64_t limit = 20;
};

/// Prints a table of dead letters that are open, oldest job first.
outcome<void> list_letters(const letters_options& options);

struct letter_view_options {
  connection_options connection;
  std::string id;
};

/// Prints all that is known of one dead letter.
outcome<void> show_letter(const letter_view_options& options);

struct letter_groups_options {
  connection_options connection;
  letter_filter_options filter;
  /// "code" or "fingerprint".
  std::string by = "fingerprint";
};

/// Prints a table of what goes wrong, the most frequent first.
outcome<void> show_letter_groups(const letter_groups_options& options);

struct letter_replay_options {
  connection_options connection;
  /// Must not be empty.
  letter_filter_options filter;
  bool dry_run = false;
  /// JSON text, or '@' and the name of a file; empty: none.
  std::string patch;
  /// `name=value`.
  std::vector<std::string> options;
  /// A JSON object, in place of `options`.
  std::string options_json;
  bool follow = false;
};

/// Makes a job of dead letters and prints its id alone; with `dry_run` prints
/// how many they are. With `follow` as `submit`.
outcome<void> replay_letters(const letter_replay_options& options);

struct letter_purge_options {
  connection_options connection;
  /// Must not be empty.
  letter_filter_options filter;
  bool dry_run = false;
};

/// Gives up dead letters and prints how many they are.
outcome<void> purge_letters(const letter_purge_options& options);

} // namespace batch::cli
