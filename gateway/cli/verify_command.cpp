#include "gateway/cli/verify_command.hpp"

#include "gateway/cli/console.hpp"
#include "gateway/cli/output.hpp"
#include "gateway/cli/verify_report.hpp"
#include "storage/rocksdb_store.hpp"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

namespace batch {

namespace {

using cli::exit_status;

struct verify_options {
  std::string folder;
  bool json = false;
};

/// Looks at every block first, and then at what the rows say.
expected<cli::verify_report> look_through(const std::string& folder) {
  auto begin = std::chrono::steady_clock::now();
  rocksdb_options o;
  o.folder = folder;
  auto store = open_rocksdb_for_reading(o);
  if (!store)
    return fail(store);
  cli::verify_report report;
  uint64_t damaged_tables = 0;
  if (auto blocks = (*store)->verify_checksums(); !blocks) {
    if (blocks.error().code != ec::storage_corrupt)
      return fail(blocks);
    ++damaged_tables;
    report.add(
      {"tables", blocks.error().message, "blocks as they were written"});
  }
  auto summary = verify_store(**store, now_ms(),
                              [&](const verify_finding& x) { report.add(x); });
  if (!summary)
    return fail(summary);
  report.summary = *summary;
  report.summary.findings += damaged_tables;
  report.took = std::chrono::duration_cast<std::chrono::milliseconds>(
    std::chrono::steady_clock::now() - begin);
  return report;
}

cli::outcome<void> verify(const verify_options& options) {
  auto report = look_through(options.folder);
  if (!report)
    return cli::fail(exit_status::failed,
                     cli::one_line(report.error().message));
  auto out = cli::output::open("-");
  if (!out)
    return cli::fail(out);
  if (!options.json)
    std::cerr << cli::findings_text(*report);
  auto written = options.json ? (*out)->line(cli::verify_json(*report))
                              : (*out)->write(cli::verify_text(*report));
  if (!written || report->is_clean())
    return written;
  return cli::fail(exit_status::failed, {});
}

} // namespace

void add_verify_command(CLI::App& app, int& exit_status) {
  auto options = std::make_shared<verify_options>();
  auto command = app.add_subcommand(
    "verify", "Look through a data folder that no server uses; status 1 if "
              "something is wrong");
  command->add_option("DIR", options->folder, "The data folder")->required();
  command->add_flag("--json", options->json, "Print a JSON object");
  command->callback([options, &exit_status] {
    exit_status = cli::status_of(verify(*options));
  });
}

} // namespace batch
