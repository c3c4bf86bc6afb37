// Calls of the HTTP API; the HTTP library stays behind it.
#pragma once

#include "gateway/cli/outcome.hpp"
#include "gateway/cli/request_path.hpp"
#include "gateway/cli/server_url.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace batch::cli {

/// What each client command takes.
struct connection_options {
  std::string url;
  /// Sent as `Authorization: Bearer`; empty: none.
  std::string token;
  /// Print the API's answer as it is.
  bool json = false;
};

/// A body that is sent while it is read.
struct upload {
  std::string content_type;
  /// Empty: none is sent.
  std::string idempotency_key;
  /// Nothing: shows only at the end, so it is sent in chunks.
  std::optional<uint64_t> length;
  /// Writes up to `size` bytes to `buffer`, answers 0 at the end.
  std::function<outcome<size_t>(char* buffer, size_t size)> read;
};

/// Takes a piece of an answer; a failure ends the call.
using answer_sink = std::function<outcome<void>(std::string_view)>;

/// A connection to one server, kept open between calls.
///
/// All calls fail with `exit_status::no_server` if nothing answers, and with
/// `exit_status::failed` if the server refuses the call or the connection
/// breaks, also in the middle of an answer. `failure::may_pass` is set where
/// the server is away or overloaded.
///
/// Thread-safety: none.
class api_client {
public:
  /// Fails with `exit_status::wrong_usage` if an option is wrong.
  static outcome<api_client> connect(const connection_options& options);

  api_client(api_client&&) noexcept;
  api_client& operator=(api_client&&) noexcept;
  ~api_client();

  /// How long the server may be silent; 60 s at first.
  void silence_max(std::chrono::seconds duration);

  /// The whole answer, with `json_padding` readable bytes behind its end.
  /// Fails for one beyond 256 MiB.
  outcome<std::string> get(const request_path& path);

  /// Hands the answer out as it comes.
  outcome<void> get_stream(const request_path& path, const answer_sink& sink);

  /// Sends a body and answers the server's answer. One that comes before the
  /// body is sent, which refuses it, is noticed.
  outcome<std::string> post(const request_path& path, const upload& body);

  /// Sends a small JSON body, or none if it is empty, and answers the server's
  /// answer.
  outcome<std::string> call(const char* method, const request_path& path,
                            const std::string& json = {});

  const server_url& server() const;

private:
  class connection;
  explicit api_client(std::unique_ptr<connection> x);
  std::unique_ptr<connection> connection_;
};

} // namespace batch::cli
