// A bare HTTP/1.1 client on one connection that is kept alive. It does what the
// measurements need and no more, because it runs on the cores of the service:
// a request of a job of one item costs two system calls.
#pragma once

#include "benchmarks/statistics.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace batch::bench {

struct http_answer {
  int status = 0;
  std::string body;
};

/// The text of a request without a body, or with a whole one.
std::string make_request(std::string_view method, std::string_view path,
                         std::string_view content_type = {},
                         std::string_view body = {});

/// The head of a request whose body of a known length is sent behind it.
std::string make_request_head(std::string_view method, std::string_view path,
                              std::string_view content_type,
                              uint64_t body_bytes);

/// Thread-safety: none. Every call throws std::runtime_error if the connection
/// breaks, or if nothing moves for two minutes.
class http_connection {
public:
  using visitor = std::function<void(std::string_view piece)>;

  /// Connects to 127.0.0.1.
  explicit http_connection(int port);
  ~http_connection();
  http_connection(http_connection&& other) noexcept;
  http_connection& operator=(http_connection&& other) noexcept;

  /// Connects again if the server has hung up meanwhile, or may be about to:
  /// it does when a connection is idle for two seconds. To be called before
  /// each request.
  void refresh();

  /// To wait for more than one connection with poll(2).
  int descriptor() const { return socket_; }

  void send(std::string_view bytes);
  /// Waits for an answer. If `visit` is given it gets the body piece by piece,
  /// and the answer has none.
  http_answer receive(const visitor& visit = nullptr);
  /// The answer, if it is there as a whole. Only for answers that tell their
  /// length in advance.
  std::optional<http_answer> try_receive();

private:
  struct head {
    int status = 0;
    uint64_t body_bytes = 0;
    bool is_chunked = false;
  };

  /// Reads what there is behind what was read; false if nothing is there now.
  bool read_more(int flags);
  std::optional<head> take_head();
  void receive_chunks(const visitor& visit);
  void take_bytes(uint64_t count, const visitor& visit);

  std::string_view unread() const {
    return std::string_view{buffer_}.substr(at_, end_ - at_);
  }

  int port_ = 0;
  int socket_ = -1;
  /// Received bytes stand from `at_` to `end_`.
  std::string buffer_;
  size_t at_ = 0;
  size_t end_ = 0;
  steady::time_point used_ = steady::now();
  /// The server has said that it hangs up, as it does with some refusals.
  bool is_ending_ = false;
};

} // namespace batch::bench
