#include "gateway/cli/command_line.hpp"
#include "gateway/cli/commands.hpp"

namespace batch {

namespace {

using cli::add_command;
using cli::job_order_name;

void add_order(CLI::App& app, int& exit_status, const char* name,
               const char* description, const char* example,
               job_order_name what) {
  auto [command, options] = add_command<cli::job_order_options>(
    app, exit_status, name, description,
    [what](const cli::job_order_options& x) {
      return cli::order_job(what, x);
    });
  command->add_option("ID", options->id, "Id of the job")->required();
  command->footer(example);
  if (what == job_order_name::cancel)
    command->add_flag("--now", options->now,
                      "Do not wait for what is being worked on; it has no "
                      "effect");
}

void add_retry(CLI::App& app, int& exit_status) {
  auto [command, options] = add_command<cli::job_retry_options>(
    app, exit_status, "retry",
    "Make a job of the failed items of a job and print its id", cli::retry_job);
  command->add_option("ID", options->id, "Id of the job that has ended")
    ->required();
  command->add_flag("--follow", options->follow,
                    "Wait for the end of the new job; status 1 if it failed");
  command->footer("Example: batchd retry 018f4e2a-7c3d-7b1e-9a55-0242ac120002 "
                  "--follow");
}

void add_set(CLI::App& app, int& exit_status) {
  auto [command, options] = add_command<cli::job_change_options>(
    app, exit_status, "set", "Change a job that has not ended",
    cli::change_job);
  command->add_option("ID", options->id, "Id of the job")->required();
  command
    ->add_option("--priority", options->priority,
                 "Its share of the workers, -10 to 10")
    ->check(CLI::Range(-10, 10));
  command
    ->add_option("--concurrency", options->concurrency,
                 "Chunks on their way at one time, 1 to 1000")
    ->check(CLI::Range(1, 1000));
  command->footer("Example: batchd set 018f4e2a-7c3d-7b1e-9a55-0242ac120002 "
                  "--priority 5 --concurrency 2");
}

void add_delete(CLI::App& app, int& exit_status) {
  auto [command, options] = add_command<cli::job_deletion_options>(
    app, exit_status, "delete",
    "Delete a job that has ended, with its results and dead letters",
    cli::delete_job);
  command->add_option("ID", options->id, "Id of the job")->required();
  command->footer(
    "Example: batchd delete 018f4e2a-7c3d-7b1e-9a55-0242ac120002");
}

} // namespace

void add_control_commands(CLI::App& app, int& exit_status) {
  add_order(app, exit_status, "cancel",
            "End a job; what has taken effect stays",
            "Example: batchd cancel 018f4e2a-7c3d-7b1e-9a55-0242ac120002 --now",
            job_order_name::cancel);
  add_order(app, exit_status, "pause",
            "Begin nothing more of a job until it is resumed",
            "Example: batchd pause 018f4e2a-7c3d-7b1e-9a55-0242ac120002",
            job_order_name::pause);
  add_order(app, exit_status, "resume", "Go on with a job that is paused",
            "Example: batchd resume 018f4e2a-7c3d-7b1e-9a55-0242ac120002",
            job_order_name::resume);
  add_retry(app, exit_status);
  add_set(app, exit_status);
  add_delete(app, exit_status);
}

} // namespace batch
