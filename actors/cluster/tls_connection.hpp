// A connection over mutual TLS whose handshake is done. Included by .cpp files
// only, as it names types of OpenSSL.
#pragma once

#include "actors/cluster/descriptor.hpp"
#include "actors/cluster/openssl_handles.hpp"

#include <chrono>
#include <csignal>
#include <memory>

namespace batch {

/// How long a peer may take nothing, or not be there at all, until the kernel
/// gives the connection up. Source: a little more than a member may be silent.
inline constexpr std::chrono::seconds connection_silence_max{12};

/// OpenSSL writes to sockets in a way that raises a signal where the peer has
/// gone; the thread that calls this gets an error in its place.
inline void block_broken_pipes() {
  thread_local const auto blocked = [] {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    return ::pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0;
  }();
  static_cast<void>(blocked);
}

/// Thread-safety: none, but it may be handed from one thread to another.
struct tls_connection {
  /// Never blocks.
  descriptor socket;
  ssl_ptr session;
  /// Counts the connection for as long as it lives; may be empty.
  std::shared_ptr<void> place;
};

enum class handshake_step {
  done,
  /// The peer has to send something.
  reading,
  /// What we have to send has no room.
  writing,
  failed,
};

/// Goes on with the handshake as far as it can without waiting.
inline handshake_step continue_handshake(const tls_connection& x) {
  block_broken_pipes();
  ERR_clear_error();
  auto result = SSL_do_handshake(x.session.get());
  if (result == 1)
    return handshake_step::done;
  switch (SSL_get_error(x.session.get(), result)) {
  case SSL_ERROR_WANT_READ:
    return handshake_step::reading;
  case SSL_ERROR_WANT_WRITE:
    return handshake_step::writing;
  default:
    return handshake_step::failed;
  }
}

} // namespace batch
