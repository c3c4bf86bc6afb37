#include "gateway/cli/client_commands.hpp"

#include "gateway/cli/command_line.hpp"
#include "gateway/cli/commands.hpp"

namespace batch {

namespace {

using cli::add_command;

void add_submit(CLI::App& app, int& exit_status) {
  auto [command, options] = add_command<cli::submit_options>(
    app, exit_status, "submit", "Submit a job and print its id", cli::submit);
  command->footer("Example: batchd submit import-things things.ndjson "
                  "--follow");
  command->add_option("TYPE", options->type, "Type of the job")->required();
  command->add_option("FILE", options->file,
                      "Items: a JSON array (.json), one per line (.ndjson, "
                      ".jsonl) or CSV (.csv); '-' for standard input");
  command
    ->add_option("--format", options->format,
                 "Format of the items, whatever the name of FILE")
    ->check(CLI::IsMember({"json", "ndjson", "csv"}));
  command->add_option("--input-ns", options->input_ns,
                      "Take the things of this namespace for items");
  auto pairs = command
                 ->add_option("--option", options->options,
                              "An option of the job, name=value, where value "
                              "is JSON or else a string; may be repeated")
                 ->allow_extra_args(false);
  command
    ->add_option("--options", options->options_json,
                 "All options of the job as a JSON object")
    ->excludes(pairs);
  command->add_option("--idempotency-key", options->idempotency_key,
                      "Submit only once under this key");
  command->add_flag("--follow", options->follow,
                    "Wait for the end of the job; status 1 if it failed");
}

void add_job(CLI::App& app, int& exit_status) {
  auto [command, options] = add_command<cli::job_view_options>(
    app, exit_status, "job", "Show a job", cli::show_job);
  command->footer("Example: batchd job 018f4e2a-7c3d-7b1e-9a55-0242ac120002 "
                  "--follow");
  command->add_option("ID", options->id, "Id of the job")->required();
  command->add_flag("--follow", options->follow,
                    "Wait for the end of the job; status 1 if it failed");
}

void add_jobs(CLI::App& app, int& exit_status) {
  auto [command, options] = add_command<cli::jobs_options>(
    app, exit_status, "jobs", "List jobs, newest first", cli::list_jobs);
  command->footer("Example: batchd jobs --state failed --label team=search");
  command->add_option("--status", options->status, "Only jobs of this status")
    ->check(CLI::IsMember({"pending", "processing", "completed", "failed"}));
  command->add_option("--state", options->state, "Only jobs in this state")
    ->check(CLI::IsMember({"queued", "scheduled", "running", "paused",
                           "retrying", "succeeded", "failed", "cancelled"}));
  command->add_option("--type", options->type, "Only jobs of this type");
  command
    ->add_option("--label", options->labels,
                 "Only jobs with this label, name=value; may be repeated")
    ->allow_extra_args(false);
  command->add_option("--limit", options->limit, "How many at most")
    ->capture_default_str();
}

void add_job_stream(CLI::App& app, int& exit_status, const char* name,
                    const char* description, cli::job_stream which) {
  auto [command, options] = add_command<cli::job_stream_options>(
    app, exit_status, name, description,
    [which](const cli::job_stream_options& x) {
      return cli::copy_job_stream(which, x);
    });
  command->footer(std::string{"Example: batchd "} + name
                  + " 018f4e2a-7c3d-7b1e-9a55-0242ac120002 -o " + name
                  + ".ndjson");
  command->add_option("ID", options->id, "Id of the job")->required();
  command->add_option("-o,--output", options->output,
                      "File to write; replaced only when it is complete");
}

void add_export(CLI::App& app, int& exit_status) {
  auto [command, options] = add_command<cli::export_options>(
    app, exit_status, "export", "Export the records of a namespace",
    cli::export_ns);
  command->footer("Example: batchd export products --format csv -o "
                  "products.csv");
  command->add_option("NS", options->ns, "Namespace")->required();
  command->add_option("--format", options->format, "Format [json]")
    ->check(CLI::IsMember({"json", "csv", "ndjson", "npy", "ids"}));
  command->add_option("--kind", options->kind, "Only records of this kind")
    ->check(CLI::IsMember({"things", "relationships", "embeddings"}));
  command->add_option("--type", options->type, "Only records of this type");
  command->add_option("--prefix", options->prefix,
                      "Only records whose id begins with this");
  command->add_option("--fields", options->fields,
                      "Only these fields, e.g. id,type,data.price");
  command->add_option("-o,--output", options->output,
                      "File to write; replaced only when it is complete");
  command->add_flag("--resume", options->resume,
                    "Go on where an NDJSON export to FILE broke off, with the "
                    "records as they are now");
}

void add_things(CLI::App& app, int& exit_status) {
  auto [command, options] = add_command<cli::things_options>(
    app, exit_status, "things", "Print things, one per line", cli::show_things);
  command->footer("Example: batchd things products p1");
  command->add_option("NS", options->ns, "Namespace")->required();
  command->add_option("ID", options->id, "Id of one thing");
  command->add_option("--limit", options->limit, "How many at most")
    ->capture_default_str();
}

void add_nodes(CLI::App& app, int& exit_status) {
  add_command<cli::nodes_options>(
    app, exit_status, "nodes", "Show the nodes of the cluster", cli::list_nodes)
    .first->footer("Example: batchd nodes --json");
  auto [command, options] = add_command<cli::drain_options>(
    app, exit_status, "drain",
    "Let a node finish what it has begun and take nothing more",
    cli::drain_node);
  command->footer("Example: batchd drain n1");
  command->add_option("NODE", options->node, "Name of the node")->required();
}

void add_search(CLI::App& app, int& exit_status) {
  auto [command, options] = add_command<cli::search_options>(
    app, exit_status, "search",
    "Find the things whose embedded text is nearest to a text",
    cli::search_things);
  command->footer("Example: batchd search countries 'island in the Caribbean' "
                  "-k 5\nThe namespace needs vectors: batchd submit "
                  "generate-embeddings --input-ns countries");
  command->add_option("NS", options->ns, "Namespace")->required();
  command->add_option("TEXT", options->text, "What to look for")->required();
  command->add_option("-k,--limit", options->limit, "How many at most")
    ->capture_default_str();
  command->add_option("--type", options->type, "Only things of this type");
  command->add_option("--min-score", options->score_min,
                      "Only results with at least this cosine, -1 to 1");
}

} // namespace

void add_client_commands(CLI::App& app, int& exit_status) {
  add_submit(app, exit_status);
  add_job(app, exit_status);
  add_jobs(app, exit_status);
  add_job_stream(app, exit_status, "results",
                 "Print the results of a job, one per line",
                 cli::job_stream::results);
  add_job_stream(app, exit_status, "errors",
                 "Print the items of a job that failed, one per line",
                 cli::job_stream::errors);
  add_control_commands(app, exit_status);
  add_letter_commands(app, exit_status);
  add_export(app, exit_status);
  add_things(app, exit_status);
  add_search(app, exit_status);
  add_command<cli::stats_options>(app, exit_status, "stats",
                                  "Show the statistics of the service",
                                  cli::show_stats)
    .first->footer("Example: batchd stats --json");
  add_nodes(app, exit_status);
  add_command<cli::backup_options>(
    app, exit_status, "backup",
    "Let the server write a backup into its folder of backups", cli::back_up)
    .first->footer("Example: batchd backup --json");
}

} // namespace batch
