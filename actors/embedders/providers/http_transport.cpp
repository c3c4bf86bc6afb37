#include "actors/embedders/providers/provider_transport.hpp"

#include <algorithm>
#include <csignal>
#include <mutex>
#include <vector>

#include <httplib.h>
#include <pthread.h>

namespace batch {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;
using trouble = provider_trouble::kind;

constexpr std::chrono::milliseconds connect_wait = 5s;

/// Keeps SIGPIPE from ending the process while this thread writes to a
/// connection that was closed; the library does not, nor may we change what
/// the signal does to others.
class no_sigpipe {
public:
  no_sigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  no_sigpipe(const no_sigpipe&) = delete;
  no_sigpipe& operator=(const no_sigpipe&) = delete;
  ~no_sigpipe() {
    timespec none{0, 0};
    if (!was_pending_)
      while (sigtimedwait(&pipe_, nullptr, &none) == SIGPIPE) {
      }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

private:
  sigset_t pipe_;
  sigset_t before_;
  bool was_pending_ = false;
};

class http_transport : public provider_transport {
public:
  explicit http_transport(const provider_spec& spec) : spec_(spec) {}

  tl::expected<provider_answer, provider_trouble>
  call(const provider_call& what, steady::time_point until) override {
    no_sigpipe quiet;
    auto client = take();
    auto answer = call(*client, what, until);
    if (answer)
      give_back(std::move(client));
    else if (answer.error().what == trouble::broken)
      forget();
    return answer;
  }

private:
  using client_ptr = std::unique_ptr<httplib::ClientImpl>;

  client_ptr take() {
    {
      std::lock_guard guard{mutex_};
      if (!idle_.empty()) {
        auto client = std::move(idle_.back());
        idle_.pop_back();
        return client;
      }
    }
    client_ptr client;
    if (spec_.is_tls) {
      auto tls = std::make_unique<httplib::SSLClient>(spec_.host, spec_.port);
      tls->enable_server_certificate_verification(true);
      if (!spec_.ca_file.empty())
        tls->set_ca_cert_path(spec_.ca_file);
      client = std::move(tls);
    } else
      client = std::make_unique<httplib::ClientImpl>(spec_.host, spec_.port);
    client->set_tcp_nodelay(true); // without it each call takes 40 ms longer
    client->set_keep_alive(true);
    client->set_follow_location(false); // the key is for this host alone
    client->set_url_encode(false);
    client->set_decompress(false);
    return client;
  }

  void give_back(client_ptr client) {
    std::lock_guard guard{mutex_};
    if (idle_.size() < spec_.calls_max)
      idle_.push_back(std::move(client));
  }

  /// A server that has hung up on one connection that was idle has done so on
  /// the others, and httplib does not always see it.
  void forget() {
    std::lock_guard guard{mutex_};
    idle_.clear();
  }

  tl::expected<provider_answer, provider_trouble>
  call(httplib::ClientImpl& client, const provider_call& what,
       steady::time_point until) const {
    auto left
      = std::chrono::ceil<std::chrono::milliseconds>(until - steady::now());
    if (left <= 0ms)
      return failed(trouble::timed_out);
    client.set_connection_timeout(std::min(left, connect_wait));
    client.set_read_timeout(left);
    client.set_write_timeout(left);
    httplib::Request request;
    request.method = what.body.empty() ? "GET" : "POST";
    request.path = spec_.base_path + what.path;
    request.body = what.body;
    request.set_header("Accept", "application/json");
    request.set_header("Accept-Encoding", "identity");
    request.set_header("User-Agent", "batchd");
    if (!what.body.empty())
      request.set_header("Content-Type", "application/json");
    if (!what.key.empty())
      request.set_header("Authorization", "Bearer " + what.key);
    provider_answer answer;
    auto is_late = false;
    auto is_long = false;
    request.response_handler = [&](const httplib::Response& head) {
      answer.status = head.status;
      answer.retry_after = head.get_header_value("Retry-After");
      return true;
    };
    request.content_receiver
      = [&](const char* bytes, size_t size, uint64_t, uint64_t) {
          is_late = steady::now() > until;
          is_long = answer.body.size() + size > what.answer_bytes_max;
          if (!is_late && !is_long)
            answer.body.append(bytes, size);
          return !is_late && !is_long;
        };
    auto result = client.send(request);
    if (result)
      return answer;
    if (is_long)
      return failed(trouble::too_large);
    if (is_late || steady::now() >= until)
      return failed(trouble::timed_out);
    return failed(trouble_of(result.error()));
  }

  static trouble trouble_of(httplib::Error error) {
    switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
    case httplib::Error::BindIPAddress:
    case httplib::Error::SSLConnection:
      return trouble::unreachable;
    case httplib::Error::SSLLoadingCerts:
    case httplib::Error::SSLServerVerification:
      return trouble::untrusted;
    default:
      return trouble::broken;
    }
  }

  tl::unexpected<provider_trouble> failed(trouble what) const {
    auto text = [&]() -> std::string {
      switch (what) {
      case trouble::unreachable:
        return "no connection to " + spec_.url;
      case trouble::untrusted:
        return "the certificate of " + spec_.url
               + " is not one that is trusted here (ca-file, SSL_CERT_FILE)";
      case trouble::broken:
        return "the connection to " + spec_.url
               + " was closed before the answer was complete";
      case trouble::timed_out:
        return spec_.url + " did not answer in time";
      case trouble::too_large:
        break;
      }
      return "the answer of " + spec_.url + " is longer than any right one";
    };
    return tl::unexpected{provider_trouble{what, text()}};
  }

  provider_spec spec_;
  std::mutex mutex_;
  std::vector<client_ptr> idle_;
};

} // namespace

std::unique_ptr<provider_transport>
make_http_transport(const provider_spec& spec) {
  return std::make_unique<http_transport>(spec);
}

} // namespace batch
