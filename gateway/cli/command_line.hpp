// How commands that talk to a server are told to the parser.
#pragma once

#include "gateway/cli/api_client.hpp"
#include "gateway/cli/console.hpp"

#include <csignal>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

namespace batch::cli {

/// Adds a command whose options are a struct with a `connection`.
/// @param run takes the options and answers the outcome of the command.
template <class Options, class Run>
std::pair<CLI::App*, std::shared_ptr<Options>>
add_command(CLI::App& app, int& status, const char* name,
            const char* description, Run run) {
  auto options = std::make_shared<Options>();
  auto command = app.add_subcommand(name, description);
  auto& connection = options->connection;
  connection.url = "http://127.0.0.1:8080";
  command->add_option("--url", connection.url, "URL of the server")
    ->envname("BATCHD_URL")
    ->capture_default_str();
  command
    ->add_option("--token", connection.token,
                 "Token of the server; better given in the environment")
    ->envname("BATCHD_TOKEN");
  command->add_flag("--json", connection.json,
                    "Print the API's answer as it is");
  command->callback([options, run, &status] {
    // A server that closes the connection must not end us.
    std::signal(SIGPIPE, SIG_IGN);
    status = status_of(run(*options));
  });
  return {command, options};
}

} // namespace batch::cli

namespace batch {

/// What can be ordered of a job: cancel, pause, resume, retry, set, delete.
void add_control_commands(CLI::App& app, int& exit_status);
/// dead-letters list, show, groups, replay, purge.
void add_letter_commands(CLI::App& app, int& exit_status);

} // namespace batch
