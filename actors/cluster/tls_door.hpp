// Where members of the cluster come in.
//
// CAF's own door for TLS cannot be left open to strangers: it does the whole
// handshake on the one thread that serves all connections, at full speed
// while the peer says nothing, for as long as it likes, and ends the process
// when there are no more descriptors. This one has a thread of its own, and
// limits.
#pragma once

#include "codecs/error.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

struct ssl_ctx_st;

namespace batch {

struct tls_connection;

struct tls_door_limits {
  /// Handshakes under way; the oldest is broken off for another one, so that
  /// whoever only begins some keeps nobody out who goes on at once.
  size_t handshakes_max = 128;
  /// Source: enough for a handshake over a slow line with lost packets.
  std::chrono::milliseconds handshake_time_max{5000};
  /// Connections in use, handshakes under way included, of which the oldest
  /// gives way here, too; more are refused.
  /// Source: half of the 1024 files that a process may open by default.
  size_t connections_max = 512;
};

/// Listens at an address and does the handshakes of those who come. Strangers
/// are hung up on.
///
/// Thread-safety: none, but `stop` may be called from any thread.
class tls_door {
public:
  /// Gets each connection whose handshake is done, on the thread of the door.
  using taker = std::function<void(tls_connection)>;

  /// @param host an address, or a name of one; empty means all.
  /// @param port 0 means any.
  /// Errors: `ec::invalid_request`, naming the address.
  static expected<std::unique_ptr<tls_door>>
  open(const std::string& host, uint16_t port,
       std::shared_ptr<ssl_ctx_st> context, tls_door_limits limits = {});

  tls_door(const tls_door&) = delete;
  tls_door& operator=(const tls_door&) = delete;
  ~tls_door();

  /// Begins. To be called once.
  void start(taker take);
  /// Closes the address, hangs up on handshakes under way and waits for the
  /// thread to end. No connection is given away afterwards.
  void stop();

  std::string host() const { return host_; }
  uint16_t port() const { return port_; }
  /// Of the socket that listens.
  int number() const { return number_; }

private:
  class work;
  tls_door(std::unique_ptr<work> x, std::string host);

  std::unique_ptr<work> work_;
  std::string host_;
  uint16_t port_;
  int number_;
};

} // namespace batch
