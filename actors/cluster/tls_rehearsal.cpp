// A handshake with ourselves, on the settings that CAF uses.
#include "actors/cluster/tls_check.hpp"

#include <array>

namespace batch {

namespace {

/// More flights than any handshake has.
constexpr int flights_max = 20;

tl::unexpected<error> refused(const pem_file& file) {
  return fail(file,
              "OpenSSL on this machine refuses it: " + take_openssl_reason());
}

/// Two ends of one connection in memory.
struct conversation {
  explicit conversation(SSL_CTX* context)
    : ends{ssl_ptr{SSL_new(context)}, ssl_ptr{SSL_new(context)}} {
    BIO* to_client = nullptr;
    BIO* to_server = nullptr;
    BIO_new_bio_pair(&to_client, 0, &to_server, 0);
    SSL_set_bio(ends[0].get(), to_client, to_client);
    SSL_set_bio(ends[1].get(), to_server, to_server);
    SSL_set_accept_state(ends[0].get());
    SSL_set_connect_state(ends[1].get());
  }

  /// Lets both ends say what they can say.
  bool agree() {
    for (int flight = 0; flight < flights_max; ++flight) {
      auto done = 0;
      for (auto& end : ends) {
        auto result = SSL_do_handshake(end.get());
        if (result == 1)
          ++done;
        else if (SSL_get_error(end.get(), result) != SSL_ERROR_WANT_READ)
          return false;
      }
      if (done == 2)
        return true;
    }
    return false;
  }

  std::array<ssl_ptr, 2> ends;
};

} // namespace

expected<void> rehearse_handshake(const std::string& certificate_path,
                                  const std::string& key_path,
                                  const std::string& ca_path,
                                  const tls_material& material) {
  ERR_clear_error();
  ssl_context_ptr context{SSL_CTX_new(TLS_method())};
  if (SSL_CTX_use_certificate_chain_file(context.get(),
                                         certificate_path.c_str())
      != 1)
    return refused(material.certificate_file);
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_path.c_str(),
                                  SSL_FILETYPE_PEM)
      != 1)
    return refused(material.key_file);
  if (SSL_CTX_load_verify_locations(context.get(), ca_path.c_str(), nullptr)
      != 1)
    return refused(material.ca_file);
  SSL_CTX_set_verify(
    context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  if (!conversation{context.get()}.agree())
    return refused(material.certificate_file);
  return {};
}

} // namespace batch
