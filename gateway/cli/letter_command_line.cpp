#include "gateway/cli/command_line.hpp"
#include "gateway/cli/letter_commands.hpp"

namespace batch {

namespace {

using cli::add_command;

void add_filter_options(CLI::App& command, cli::letter_filter_options& filter) {
  command.add_option("--job", filter.job, "Only those of this job");
  command.add_option("--type", filter.type,
                     "Only those of jobs of this type; 'system' for messages "
                     "of the service itself");
  command.add_option("--ns", filter.ns, "Only items that name this namespace");
  command.add_option("--code", filter.code,
                     "Only those with this code, e.g. invalid_item");
  command.add_option("--after", filter.after,
                     "Only those that failed at this time or later, e.g. "
                     "2026-03-01T12:00:00Z");
  command.add_option("--before", filter.before,
                     "Only those that failed before this time");
}

void add_ids(CLI::App& command, cli::letter_filter_options& filter) {
  command
    .add_option("--id", filter.ids,
                "Only the dead letter with this id; may be repeated")
    ->allow_extra_args(false);
}

void add_list(CLI::App& app, int& exit_status) {
  auto [command, options] = add_command<cli::letters_options>(
    app, exit_status, "list",
    "List dead letters that were neither replayed nor purged",
    cli::list_letters);
  add_filter_options(*command, options->filter);
  command->add_option("--limit", options->limit, "How many at most")
    ->capture_default_str();
  command->footer("Example: batchd dead-letters list --code timed_out "
                  "--after 2026-03-01T00:00:00Z");
}

void add_show(CLI::App& app, int& exit_status) {
  auto [command, options] = add_command<cli::letter_view_options>(
    app, exit_status, "show", "Show a dead letter and all its attempts",
    cli::show_letter);
  command->add_option("ID", options->id, "Id of the dead letter")->required();
  command->footer("Example: batchd dead-letters show "
                  "018f4e2a-7c3d-7b1e-9a55-0242ac120002.17");
}

void add_groups(CLI::App& app, int& exit_status) {
  auto [command, options] = add_command<cli::letter_groups_options>(
    app, exit_status, "groups",
    "Count dead letters by what goes wrong, the most frequent first",
    cli::show_letter_groups);
  add_filter_options(*command, options->filter);
  command
    ->add_option("--by", options->by,
                 "By code alone, or also by the sentence of the error without "
                 "its numbers and names")
    ->check(CLI::IsMember({"code", "fingerprint"}))
    ->capture_default_str();
  command->footer("Example: batchd dead-letters groups --type import-things");
}

void add_replay(CLI::App& app, int& exit_status) {
  auto [command, options] = add_command<cli::letter_replay_options>(
    app, exit_status, "replay",
    "Try dead letters again: make a job of them and print its id",
    cli::replay_letters);
  add_filter_options(*command, options->filter);
  add_ids(*command, options->filter);
  command->add_flag("--dry-run", options->dry_run, "Only count them");
  command->add_option("--patch", options->patch,
                      "A JSON Merge Patch for each item, or @FILE with one");
  auto pairs = command
                 ->add_option("--option", options->options,
                              "An option of the new job, name=value; may be "
                              "repeated; without any those of the old jobs "
                              "hold")
                 ->allow_extra_args(false);
  command
    ->add_option("--options", options->options_json,
                 "All options of the new job as a JSON object")
    ->excludes(pairs);
  command->add_flag("--follow", options->follow,
                    "Wait for the end of the new job; status 1 if it failed");
  command->footer("Example: batchd dead-letters replay --code invalid_item "
                  "--patch '{\"type\":\"Product\"}' --follow");
}

void add_purge(CLI::App& app, int& exit_status) {
  auto [command, options] = add_command<cli::letter_purge_options>(
    app, exit_status, "purge",
    "Give up dead letters; their jobs still show that the items failed",
    cli::purge_letters);
  add_filter_options(*command, options->filter);
  add_ids(*command, options->filter);
  command->add_flag("--dry-run", options->dry_run, "Only count them");
  command->footer("Example: batchd dead-letters purge "
                  "--before 2026-01-01T00:00:00Z --dry-run");
}

} // namespace

void add_letter_commands(CLI::App& app, int& exit_status) {
  auto letters = app.add_subcommand(
    "dead-letters", "Look at items that failed for good, replay or purge them");
  letters->require_subcommand(1);
  letters->footer("Example: batchd dead-letters groups");
  add_list(*letters, exit_status);
  add_show(*letters, exit_status);
  add_groups(*letters, exit_status);
  add_replay(*letters, exit_status);
  add_purge(*letters, exit_status);
}

} // namespace batch
