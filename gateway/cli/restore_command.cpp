#include "gateway/cli/restore_command.hpp"

#include "codecs/json_writer.hpp"
#include "codecs/time.hpp"
#include "gateway/cli/console.hpp"
#include "gateway/cli/output.hpp"
#include "gateway/cli/table.hpp"
#include "storage/backup.hpp"

#include <memory>

#include <CLI/CLI.hpp>

namespace batch {

namespace {

using cli::exit_status;

struct restore_options {
  std::string from;
  uint32_t number = 0;
  bool has_number = false;
  std::string data;
  bool list = false;
  bool json = false;
};

std::string created_text(const backup_info& x) {
  return format_time(std::chrono::duration_cast<std::chrono::milliseconds>(
                       x.created.time_since_epoch())
                       .count());
}

void write_backup(json_writer& w, const backup_info& x) {
  w.begin_object().key("number").number(uint64_t{x.number});
  if (!x.damaged) {
    w.key("bytes").number(x.bytes).key("files").number(uint64_t{x.files});
    w.key("createdAt").string(created_text(x));
  }
  w.key("damaged").boolean(x.damaged).end_object();
}

std::string list_json(const std::vector<backup_info>& backups) {
  std::string text;
  json_writer w{text};
  w.begin_object().key("success").boolean(true).key("backups").begin_array();
  for (const auto& x : backups)
    write_backup(w, x);
  w.end_array().end_object();
  return text;
}

std::string list_text(const std::vector<backup_info>& backups) {
  cli::table rows{{{"NUMBER", cli::align::right},
                   {"CREATED"},
                   {"BYTES", cli::align::right},
                   {"FILES", cli::align::right},
                   {"STATE"}}};
  for (const auto& x : backups)
    if (x.damaged)
      rows.row({std::to_string(x.number), "", "", "", "damaged"});
    else
      rows.row({std::to_string(x.number), created_text(x),
                std::to_string(x.bytes), std::to_string(x.files), "ok"});
  return rows.text();
}

template <class T>
tl::unexpected<cli::failure> failed(const expected<T>& x) {
  return cli::fail(exit_status::failed, cli::one_line(x.error().message));
}

cli::outcome<void> list(const restore_options& options, cli::output& out) {
  auto backups = list_backups(options.from);
  if (!backups)
    return failed(backups);
  return options.json ? out.line(list_json(*backups))
                      : out.write(list_text(*backups));
}

cli::outcome<void> restore(const restore_options& options) {
  if (!options.list && options.data.empty())
    return cli::wrong_usage("--data: name the folder to restore into, or ask "
                            "for the backups there are with --list");
  auto out = cli::output::open("-");
  if (!out)
    return cli::fail(out);
  if (options.list)
    return list(options, **out);
  auto number
    = options.has_number ? std::optional{options.number} : std::nullopt;
  auto restored = restore_backup(options.from, number, options.data);
  if (!restored)
    return failed(restored);
  if (options.json) {
    std::string text;
    json_writer w{text};
    w.begin_object().key("success").boolean(true).key("backup");
    write_backup(w, *restored);
    w.end_object();
    return (*out)->line(text);
  }
  return (*out)->line("restored backup " + std::to_string(restored->number)
                      + " of " + created_text(*restored) + " ("
                      + std::to_string(restored->bytes) + " bytes) into "
                      + options.data);
}

} // namespace

void add_restore_command(CLI::App& app, int& exit_status) {
  auto o = std::make_shared<restore_options>();
  auto command = app.add_subcommand(
    "restore", "Make a data folder of a backup, or list backups");
  command->add_option("--from", o->from, "Folder of backups")->required();
  auto number = command->add_option("--number", o->number,
                                    "Number of the backup; by default the "
                                    "newest one");
  auto data = command->add_option("--data", o->data,
                                  "Data folder to make; absent or empty");
  command->add_flag("--list", o->list, "List the backups and restore none")
    ->excludes(data)
    ->excludes(number);
  command->add_flag("--json", o->json, "Print a JSON object");
  command->callback([o, number, &exit_status] {
    o->has_number = number->count() > 0;
    exit_status = cli::status_of(restore(*o));
  });
}

} // namespace batch
