// The HTTP server: its connections, its begin and its end.
#pragma once

#include "codecs/error.hpp"
#include "codecs/limits.hpp"
#include "gateway/http/body_pace.hpp"
#include "gateway/http/router.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace batch {

struct http_server_options {
  std::string host = "127.0.0.1";
  /// 0 picks a free port.
  int port = 8080;
  /// Connections that are served at one time, idle ones included.
  size_t threads_max = 512;
  /// How long an idle connection is kept. A shutdown waits no longer for one.
  std::chrono::seconds keep_alive{2};
  /// How slowly requests may come, and answers may be taken; `time` is the
  /// longest wait for any bytes of a request.
  body_pace_limits body_pace;
  /// The longest wait for a client to take the next bytes of an answer.
  std::chrono::seconds write_timeout{30};
  /// How long a shutdown waits for answers that are being given; then their
  /// connections are ended.
  std::chrono::seconds stop_grace{4};
  /// JSON bodies that are announced to be longer are refused before they are
  /// sent, to clients that ask (`Expect: 100-continue`).
  size_t json_body_bytes_max = batch::json_body_bytes_max;
  /// If not empty, requests need `Authorization: Bearer <token>`, but for the
  /// health routes.
  std::string token;
  /// Called if the server stops accepting without having been told to. Called
  /// from a thread of the server; must not block.
  std::function<void(const error&)> on_fatal;
};

/// Serves the routes of a router until it is stopped.
///
/// Every answer has an X-Request-Id, taken over from the request if that has
/// a sane one. Handlers run on the connections' threads.
class http_server {
public:
  http_server(http_server_options options, router routes);
  ~http_server();

  /// Binds and listens. @returns the port.
  /// Errors: `ec::invalid_request` saying what is wrong with the address, e.g.
  /// that it is in use.
  expected<int> start();

  /// Stops accepting, waits for the answers that are being given, and ends the
  /// connections whose clients take too long.
  void stop();

private:
  struct implementation;
  std::unique_ptr<implementation> impl_;
};

} // namespace batch
