#include "actors/cluster/tls_dial.hpp"

#include "actors/cluster/addresses.hpp"

#include <poll.h>

namespace batch {

namespace {

/// What OpenSSL says of a peer that will not do.
std::string fault_of(const tls_connection& x) {
  auto trust = SSL_get_verify_result(x.session.get());
  auto reason = take_openssl_reason();
  return trust == X509_V_OK
           ? reason
           : "its certificate is not trusted: "
               + std::string{X509_verify_cert_error_string(trust)};
}

} // namespace

expected<tls_connection> dial_tls(const std::string& host, uint16_t port,
                                  const tls_context& context,
                                  std::chrono::milliseconds patience) {
  auto socket = connect_to(host, port, patience);
  if (!socket)
    return fail(socket);
  set_silence_max(*socket, connection_silence_max);
  auto until = std::chrono::steady_clock::now() + patience;
  tls_connection x{std::move(*socket), ssl_ptr{SSL_new(context.get())}, {}};
  auto refuse = [&](const std::string& why) {
    return fail(ec::invalid_request,
                "no TLS with " + address_text(host, port) + ": " + why);
  };
  if (!x.session || SSL_set_fd(x.session.get(), x.socket.number()) != 1)
    return refuse(take_openssl_reason());
  SSL_set_connect_state(x.session.get());
  for (;;) {
    auto step = continue_handshake(x);
    if (step == handshake_step::done)
      return x;
    if (step == handshake_step::failed)
      return refuse(fault_of(x));
    auto events = step == handshake_step::writing ? POLLOUT : POLLIN;
    if (!await(x.socket.number(), static_cast<short>(events), until))
      return refuse("it does not answer");
  }
}

} // namespace batch
