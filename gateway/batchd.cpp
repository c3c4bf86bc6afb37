// The one program. The only file that knows every folder.

#include "gateway/cli/cert_command.hpp"
#include "gateway/cli/client_commands.hpp"
#include "gateway/cli/join_command.hpp"
#include "gateway/cli/restore_command.hpp"
#include "gateway/cli/serve_command.hpp"
#include "gateway/cli/verify_command.hpp"

#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>

int main(int argc, char** argv) {
  constexpr int exit_usage = 2;
  CLI::App app{"A durable batch job service", "batchd"};
  app.set_version_flag("--version", BATCH_VERSION);
  app.require_subcommand(1);
  int exit_status = 0;
  batch::add_serve_command(app, exit_status);
  batch::add_join_command(app, exit_status);
  batch::add_client_commands(app, exit_status);
  batch::add_restore_command(app, exit_status);
  batch::add_verify_command(app, exit_status);
  batch::add_cert_command(app, exit_status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    // Asking for help or the version is not an error.
    return app.exit(e) == 0 ? 0 : exit_usage;
  } catch (const std::exception& e) {
    std::cerr << "batchd: " << e.what() << '\n';
    return 1;
  }
  return exit_status;
}
