#include "actors/cluster/tls_files.hpp"

#include "actors/cluster/tls_check.hpp"
#include "actors/cluster/tls_context.hpp"

namespace batch {

namespace {

expected<tls_material> read_all(const tls_paths& paths) {
  tls_material x;
  auto certificate
    = read_pem("--cluster-cert", paths.certificate, pem_access::everybody);
  if (!certificate)
    return fail(certificate);
  auto key = read_pem("--cluster-key", paths.key, pem_access::owner_only);
  if (!key)
    return fail(key);
  auto ca = read_pem("--cluster-ca", paths.ca, pem_access::everybody);
  if (!ca)
    return fail(ca);
  auto certificates = parse_certificates(*certificate);
  if (!certificates)
    return fail(certificates);
  auto parsed_key = parse_key(*key);
  if (!parsed_key)
    return fail(parsed_key);
  auto authorities = parse_certificates(*ca);
  if (!authorities)
    return fail(authorities);
  x.certificate_file = std::move(*certificate);
  x.key_file = std::move(*key);
  x.ca_file = std::move(*ca);
  x.certificates = std::move(*certificates);
  x.key = std::move(*parsed_key);
  x.authorities = std::move(*authorities);
  return x;
}

} // namespace

expected<tls_files> tls_files::load(const tls_paths& paths) {
  auto material = read_all(paths);
  if (!material)
    return fail(material);
  auto until = check_trust(*material);
  if (!until)
    return fail(until);
  auto context = make_tls_context(*material);
  if (!context)
    return fail(context);
  if (auto agreed = rehearse_handshake(*context, *material); !agreed)
    return fail(agreed);
  return tls_files{std::move(*context), *until};
}

} // namespace batch
