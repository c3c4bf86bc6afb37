#include "gateway/cli/cluster_settings.hpp"

#include "actors/cluster/network.hpp"
#include "gateway/cli/address.hpp"

namespace batch::cli {

void add_settings(settings& to, tls_settings& o) {
  to.add("cluster-cert", &o.certificate,
         "File of this process's certificate for the cluster (PEM); see "
         "'batchd cert'");
  to.add("cluster-key", &o.key, "File of its private key (PEM)");
  to.add("cluster-ca", &o.ca,
         "File of the certificate that all members are signed by (PEM)");
}

expected<cluster_network> read_network(const std::string& option,
                                       const std::string& address,
                                       const tls_settings& tls) {
  auto where = parse_address(address);
  if (!where)
    return fail(ec::invalid_request, option + ": " + where.error().message);
  cluster_network network;
  network.address
    = {where->host, static_cast<uint16_t>(where->port), !tls.empty()};
  if (tls.empty()) {
    if (!is_loopback(where->host))
      return fail(ec::invalid_request,
                  option + " " + address
                    + " is not on this machine: give --cluster-cert, "
                      "--cluster-key and --cluster-ca ('batchd cert' makes "
                      "them)");
    return network;
  }
  auto files = tls_files::load({tls.certificate, tls.key, tls.ca});
  if (!files)
    return fail(files);
  network.tls = std::move(*files);
  return network;
}

void use_network(caf::actor_system_config& config,
                 const cluster_network& network) {
  if (network.tls)
    use_tls(config, *network.tls);
  else
    use_plain_network(config);
}

} // namespace batch::cli
