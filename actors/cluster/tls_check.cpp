#include "actors/cluster/tls_check.hpp"

#include "actors/cluster/certificate_fields.hpp"

#include <algorithm>

namespace batch {

namespace {

/// Certificates in OpenSSL's form, which does not own them.
struct loose_stack {
  loose_stack() : certificates(sk_X509_new_null()) {}
  loose_stack(const loose_stack&) = delete;
  loose_stack& operator=(const loose_stack&) = delete;
  ~loose_stack() { sk_X509_free(certificates); }
  STACK_OF(X509) * certificates;
};

bool holds(const std::vector<certificate_ptr>& some, const X509* wanted) {
  return std::any_of(some.begin(), some.end(), [wanted](const auto& x) {
    return X509_cmp(x.get(), wanted) == 0;
  });
}

std::string issuer_of(const X509* certificate) {
  char text[256] = {};
  auto issuer = X509_get_issuer_name(certificate);
  if (X509_NAME_get_text_by_NID(issuer, NID_commonName, text, sizeof text) < 0)
    X509_NAME_oneline(issuer, text, sizeof text);
  return text;
}

/// Says why OpenSSL did not trust the certificate of a member.
tl::unexpected<error> untrusted(const tls_material& material,
                                X509_STORE_CTX* context, const char* peer) {
  auto number = X509_STORE_CTX_get_error(context);
  const auto* at = X509_STORE_CTX_get_current_cert(context);
  if (!at)
    at = material.certificates.front().get();
  auto in_ca
    = holds(material.authorities, at) && !holds(material.certificates, at);
  const auto& file = in_ca ? material.ca_file : material.certificate_file;
  auto name = "the certificate of '" + subject_of(at) + "' ";
  switch (number) {
  case X509_V_ERR_CERT_HAS_EXPIRED:
  case X509_V_ERR_CERT_NOT_YET_VALID:
    return fail(file, name + "is valid from " + date_text(begin_of(at)) + " to "
                        + date_text(end_of(at)) + ", and it is now "
                        + date_text(std::chrono::floor<std::chrono::seconds>(
                          std::chrono::system_clock::now())));
  case X509_V_ERR_INVALID_PURPOSE:
    return fail(file, name + "is not meant for " + peer
                        + "; a member is both server and client, so its "
                          "extended key usage must be both serverAuth and "
                          "clientAuth");
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    if (in_ca)
      return fail(file, name + "was issued by '" + issuer_of(at)
                          + "', whose certificate must be in this file too");
    [[fallthrough]];
  case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
  case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
  case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
  case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    return fail(file, name + "was issued by '" + issuer_of(at)
                        + "', which is not the CA of " + material.ca_file.what
                        + ' ' + material.ca_file.path);
  default:
    return fail(file,
                name + "will not do: " + X509_verify_cert_error_string(number));
  }
}

/// Trusts the certificate as a peer would.
/// @returns when the first certificate of its chain ends.
expected<std::chrono::sys_seconds>
check_purpose(const tls_material& material, X509_STORE* trust,
              STACK_OF(X509) * chain, int purpose, const char* peer) {
  trust_context_ptr context{X509_STORE_CTX_new()};
  X509_STORE_CTX_init(context.get(), trust, material.certificates.front().get(),
                      chain);
  X509_STORE_CTX_set_purpose(context.get(), purpose);
  if (X509_verify_cert(context.get()) != 1) {
    ERR_clear_error();
    return untrusted(material, context.get(), peer);
  }
  auto verified = X509_STORE_CTX_get0_chain(context.get());
  auto until = std::chrono::sys_seconds::max();
  for (int i = 0; i < sk_X509_num(verified); ++i)
    until = std::min(until, end_of(sk_X509_value(verified, i)));
  return until;
}

} // namespace

expected<std::chrono::sys_seconds> check_trust(const tls_material& material) {
  auto own = material.certificates.front().get();
  ERR_clear_error();
  if (X509_check_private_key(own, material.key.get()) != 1) {
    ERR_clear_error();
    return fail(material.key_file,
                "this key does not belong to the certificate of '"
                  + subject_of(own) + "' in " + material.certificate_file.what
                  + ' ' + material.certificate_file.path);
  }
  trust_ptr trust{X509_STORE_new()};
  for (const auto& x : material.authorities)
    X509_STORE_add_cert(trust.get(), x.get());
  loose_stack chain;
  for (const auto& x : material.certificates)
    sk_X509_push(chain.certificates, x.get());
  auto as_server = check_purpose(material, trust.get(), chain.certificates,
                                 X509_PURPOSE_SSL_SERVER, "servers");
  if (!as_server)
    return as_server;
  return check_purpose(material, trust.get(), chain.certificates,
                       X509_PURPOSE_SSL_CLIENT, "clients");
}

} // namespace batch
