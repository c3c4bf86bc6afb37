#include "gateway/cli/cert_command.hpp"

#include "gateway/cli/cert_files.hpp"
#include "gateway/cli/console.hpp"
#include "gateway/cli/output.hpp"

#include <memory>

#include <CLI/CLI.hpp>

namespace batch {

namespace {

constexpr int days_max = 36'500;

struct cert_options {
  cli::certificate_order order;
  bool json = false;
};

using maker
  = cli::outcome<cli::made_certificate> (*)(const cli::certificate_order&);

cli::outcome<void> make(const cert_options& options, maker run) {
  auto made = run(options.order);
  if (!made)
    return cli::fail(made);
  auto out = cli::output::open("-");
  if (!out)
    return cli::fail(out);
  return options.json ? (*out)->line(cli::certificate_json(*made))
                      : (*out)->write(cli::certificate_text(*made));
}

void add(CLI::App& command, const std::shared_ptr<cert_options>& options,
         int days_default, int& exit_status, maker run) {
  options->order.days = days_default;
  command
    .add_option("--days", options->order.days, "For how many days it is valid")
    ->check(CLI::Range(1, days_max))
    ->capture_default_str();
  command.add_flag("--json", options->json, "Print a JSON object");
  command.callback([options, run, &exit_status] {
    exit_status = cli::status_of(make(*options, run));
  });
}

} // namespace

void add_cert_command(CLI::App& app, int& exit_status) {
  auto command = app.add_subcommand(
    "cert", "Make the certificates of a cluster: one CA, then one "
            "certificate for each node");
  command->require_subcommand(1);
  command->footer(
    "ANY certificate of the CA is a full member of the cluster: it may submit, "
    "read and take everything, whatever name is in it, and cannot be called "
    "back before it ends. So use a CA for this cluster alone, and keep its key "
    "to yourself.");
  auto o = std::make_shared<cert_options>();
  auto ca = command->add_subcommand(
    "ca", "Make a private CA: DIR/ca.pem and DIR/ca.key");
  ca->add_option("DIR", o->order.folder,
                 "Folder for the two files; made if it is not there")
    ->required();
  add(*ca, o, cli::ca_days_default, exit_status, cli::make_ca_files);
  ca->footer("Example: batchd cert ca /etc/batchd-ca");

  auto n = std::make_shared<cert_options>();
  auto node = command->add_subcommand(
    "node", "Make the certificate of a node, be it the coordinator or a "
            "worker node: NAME.pem and NAME.key");
  node
    ->add_option("NAME", n->order.name,
                 "Its name: letters, digits, '.', '-' and '_'")
    ->required();
  node->add_option("DIR", n->order.folder, "Folder of the CA")->required();
  node->add_option("--out", n->order.out,
                   "Folder for the two files, made if it is not there; by "
                   "default that of the CA");
  add(*node, n, cli::node_days_default, exit_status, cli::make_node_files);
  node->footer("Example: batchd cert node worker-1 /etc/batchd-ca --out .");
}

} // namespace batch
