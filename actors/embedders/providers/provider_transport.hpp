// Calls over HTTP, without knowing what they mean.
#pragma once

#include "actors/embedders/providers/provider_spec.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace batch {

struct provider_call {
  /// Behind the base path, e.g. "/embeddings".
  std::string path;
  /// JSON; empty for a GET.
  std::string body;
  /// Sent as `Authorization: Bearer`; none if empty.
  std::string key;
  /// An answer that is longer is given up.
  size_t answer_bytes_max = 16 << 20;
};

struct provider_answer {
  int status = 0;
  std::string body;
  /// The value of `Retry-After`; empty if there is none.
  std::string retry_after;
};

/// Why there is no answer.
struct provider_trouble {
  enum class kind {
    /// No connection: the texts are not to blame.
    unreachable,
    /// The certificate is not one that is trusted, or cannot be looked at.
    untrusted,
    /// The connection broke after the request was sent.
    broken,
    timed_out,
    /// The answer has more bytes than any right one.
    too_large,
  };
  kind what = kind::broken;
  std::string message;
};

/// Any thread, several calls at a time.
class provider_transport {
public:
  virtual ~provider_transport() = default;

  /// @param until the answer is given up then. The head of an answer that
  /// comes byte by byte can take longer: each of its bytes may take that time.
  virtual tl::expected<provider_answer, provider_trouble>
  call(const provider_call& what, std::chrono::steady_clock::time_point until)
    = 0;
};

/// Keeps connections open between calls, and verifies certificates.
std::unique_ptr<provider_transport>
make_http_transport(const provider_spec& spec);

} // namespace batch
