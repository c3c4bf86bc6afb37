// A handshake with ourselves.
#include "actors/cluster/tls_context.hpp"

#include <array>

namespace batch {

namespace {

/// More flights than any handshake has.
constexpr int flights_max = 20;

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

expected<void> rehearse_handshake(const tls_context& context,
                                  const tls_material& material) {
  ERR_clear_error();
  if (conversation{context.get()}.agree())
    return {};
  return fail(material.certificate_file,
              "OpenSSL on this machine refuses it: " + take_openssl_reason());
}

} // namespace batch
