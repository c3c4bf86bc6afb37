#include "actors/cluster/tls_context.hpp"

namespace batch {

namespace {

tl::unexpected<error> refused(const pem_file& file) {
  return fail(file,
              "OpenSSL on this machine refuses it: " + take_openssl_reason());
}

void set_rules(SSL_CTX* context) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     nullptr);
  // Since then neither end may ask for another handshake in between.
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  // Each connection begins anew: nothing of it is kept for later ones.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  // What is sent may be sent in parts, from wherever it lies by then; an idle
  // connection holds no buffers.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE
                              | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                              | SSL_MODE_RELEASE_BUFFERS);
}

} // namespace

expected<tls_context> make_tls_context(const tls_material& material) {
  ERR_clear_error();
  tls_context context{SSL_CTX_new(TLS_method()), SSL_CTX_free};
  if (!context)
    return fail(ec::internal,
                "OpenSSL cannot begin with TLS: " + take_openssl_reason());
  auto x = context.get();
  set_rules(x);
  const auto& certificates = material.certificates;
  if (SSL_CTX_use_certificate(x, certificates.front().get()) != 1)
    return refused(material.certificate_file);
  for (size_t i = 1; i < certificates.size(); ++i)
    if (SSL_CTX_add1_chain_cert(x, certificates[i].get()) != 1)
      return refused(material.certificate_file);
  if (SSL_CTX_use_PrivateKey(x, material.key.get()) != 1)
    return refused(material.key_file);
  for (const auto& ca : material.authorities)
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(x), ca.get()) != 1)
      return refused(material.ca_file);
  return context;
}

} // namespace batch
