#include "gateway/cli/api_client.hpp"

#include "codecs/json_reader.hpp"
#include "gateway/cli/early_answer.hpp"
#include "gateway/cli/problem_text.hpp"

#include <algorithm>
#include <array>

#include <httplib.h>

namespace batch::cli {

namespace {

using namespace std::literals;

constexpr auto connect_wait = 5s;
constexpr auto silence_default = 60s;
/// A server may be slow to take a large body while it writes it to its disk.
constexpr auto write_wait = 60s;
/// Bytes of an answer that is held: a page of the largest items.
constexpr size_t answer_bytes_max = 256 << 20;
/// Bytes kept of an answer that is an error.
constexpr size_t problem_bytes_max = 256 << 10;
/// Bytes of one write of a body.
constexpr size_t piece_bytes = 64 << 10;

bool is_success(int status) {
  return status >= 200 && status < 300;
}

/// The server is there but asks to come back later.
bool may_pass(int status) {
  return status == 429 || (status >= 502 && status <= 504);
}

failure refused(int status, std::string_view body) {
  return {exit_status::failed, describe_problem(status, body),
          may_pass(status)};
}

/// True if the end of the body shows, so that a break of it would, too.
bool has_end(const httplib::Response& answer) {
  return answer.has_header("Content-Length")
         || answer.get_header_value("Transfer-Encoding") == "chunked";
}

} // namespace

class api_client::connection {
public:
  connection(server_url server, const std::string& token)
    : server_(std::move(server)) {
    if (server_.is_tls)
      http_ = std::make_unique<httplib::SSLClient>(server_.host, server_.port);
    else
      http_ = std::make_unique<httplib::ClientImpl>(server_.host, server_.port);
    http_->set_tcp_nodelay(true); // without it each call takes 40 ms longer
    http_->set_keep_alive(true);
    http_->set_url_encode(false); // `request_path` has done it
    http_->set_connection_timeout(connect_wait);
    http_->set_read_timeout(silence_default);
    http_->set_write_timeout(write_wait);
    if (!token.empty())
      headers_.emplace("Authorization", "Bearer " + token);
    headers_.emplace("Accept-Encoding", "identity");
    headers_.emplace("User-Agent", "batchd");
  }

  outcome<void> get(const request_path& path, const answer_sink& sink);
  outcome<std::string> post(const request_path& path, const upload& body);
  outcome<std::string> call(const char* method, const request_path& path,
                            const std::string& json);

  std::unique_ptr<httplib::ClientImpl> http_;
  server_url server_;

private:
  /// Sends the next piece of a body. @returns how many bytes that were;
  /// nothing if the sending has to end, and `stopped_` says why.
  std::optional<size_t> send_piece(const upload& body, httplib::DataSink& sink);
  /// Keeps an answer that has come while the body is still being sent.
  void take_early_answer();
  failure broken(httplib::Error error) const;

  std::string url_of(const request_path& path) const {
    return server_.base_path + path.text();
  }

  httplib::Headers headers_;
  /// Why one of our callbacks ended the running call.
  std::optional<failure> stopped_;
  std::array<char, piece_bytes> piece_;
};

outcome<void> api_client::connection::get(const request_path& path,
                                          const answer_sink& sink) {
  stopped_.reset();
  int status = 0;
  std::string problem;
  auto on_head = [&](const httplib::Response& answer) {
    status = answer.status;
    if (is_success(status) && !has_end(answer))
      stopped_ = failure{exit_status::failed,
                         "the answer of " + server_.text
                           + " has no length and no chunks, so that a break "
                             "of it could not be noticed"};
    return !stopped_;
  };
  auto on_piece = [&](const char* bytes, size_t size) {
    std::string_view piece{bytes, size};
    if (!is_success(status)) {
      problem += piece.substr(
        0, problem_bytes_max - std::min(problem.size(), problem_bytes_max));
      return true;
    }
    auto taken = sink(piece);
    if (!taken)
      stopped_ = std::move(taken).error();
    return taken.has_value();
  };
  auto result = http_->Get(url_of(path), headers_, on_head, on_piece);
  if (stopped_)
    return tl::unexpected{*stopped_};
  if (!result)
    return tl::unexpected{broken(result.error())};
  if (!is_success(status))
    return tl::unexpected{refused(status, problem)};
  return {};
}

void api_client::connection::take_early_answer() {
  if (server_.is_tls)
    return; // only the library can read it
  if (auto answer = read_early_answer(http_->socket()))
    stopped_ = refused(answer->status, answer->body);
}

std::optional<size_t>
api_client::connection::send_piece(const upload& body,
                                   httplib::DataSink& sink) {
  if (!server_.is_tls && has_early_answer(http_->socket())) {
    take_early_answer();
    return {};
  }
  auto size = body.read(piece_.data(), piece_.size());
  if (!size) {
    stopped_ = std::move(size).error();
    return {};
  }
  if (*size > 0 && !sink.write(piece_.data(), *size)) {
    take_early_answer();
    return {};
  }
  return *size;
}

outcome<std::string> api_client::connection::post(const request_path& path,
                                                  const upload& body) {
  stopped_.reset();
  auto headers = headers_;
  if (!body.idempotency_key.empty())
    headers.emplace("Idempotency-Key", body.idempotency_key);
  auto send_known = [&](size_t, size_t, httplib::DataSink& sink) {
    return send_piece(body, sink).value_or(0) > 0;
  };
  auto send_chunk = [&](size_t, httplib::DataSink& sink) {
    auto size = send_piece(body, sink);
    if (size && *size == 0)
      sink.done();
    return size.has_value();
  };
  auto result = body.length ? http_->Post(url_of(path), headers, *body.length,
                                          send_known, body.content_type)
                            : http_->Post(url_of(path), headers, send_chunk,
                                          body.content_type);
  if (stopped_)
    return tl::unexpected{*stopped_};
  if (!result)
    return tl::unexpected{broken(result.error())};
  if (!is_success(result->status))
    return tl::unexpected{refused(result->status, result->body)};
  return std::move(result->body);
}

outcome<std::string> api_client::connection::call(const char* method,
                                                  const request_path& path,
                                                  const std::string& json) {
  httplib::Request request;
  request.method = method;
  request.path = url_of(path);
  request.headers = headers_;
  request.body = json;
  if (!json.empty())
    request.set_header("Content-Type", "application/json");
  auto result = http_->send(request);
  if (!result)
    return tl::unexpected{broken(result.error())};
  if (!is_success(result->status))
    return tl::unexpected{refused(result->status, result->body)};
  return std::move(result->body);
}

failure api_client::connection::broken(httplib::Error error) const {
  switch (error) {
  case httplib::Error::Connection:
  case httplib::Error::ConnectionTimeout:
  case httplib::Error::BindIPAddress:
    return {exit_status::no_server,
            "no server answers at " + server_.text
              + "; start one with 'batchd serve', or name another with --url "
                "or in BATCHD_URL",
            true};
  case httplib::Error::SSLConnection:
  case httplib::Error::SSLLoadingCerts:
  case httplib::Error::SSLServerVerification:
    return {exit_status::failed,
            "no TLS connection to " + server_.text
              + ": the server does not speak TLS there, or its certificate is "
                "not one that this system trusts"};
  case httplib::Error::Write:
  case httplib::Error::Canceled:
    return {exit_status::failed,
            "the connection to " + server_.text
              + " broke while the request was sent",
            true};
  default:
    return {exit_status::failed,
            "the answer of " + server_.text
              + " did not come, or broke off before its end",
            true};
  }
}

outcome<api_client> api_client::connect(const connection_options& options) {
  auto server = parse_server_url(options.url);
  if (!server)
    return fail(server);
  auto is_foreign = [](unsigned char c) { return c <= 0x20 || c >= 0x7F; };
  if (std::ranges::any_of(options.token, is_foreign))
    return wrong_usage("the token holds blanks, control characters or bytes "
                       "that are not ASCII; see --token and BATCHD_TOKEN");
  return api_client{
    std::make_unique<connection>(std::move(*server), options.token)};
}

api_client::api_client(std::unique_ptr<connection> x)
  : connection_(std::move(x)) {}
api_client::api_client(api_client&&) noexcept = default;
api_client& api_client::operator=(api_client&&) noexcept = default;
api_client::~api_client() = default;

void api_client::silence_max(std::chrono::seconds duration) {
  connection_->http_->set_read_timeout(duration);
}

outcome<std::string> api_client::get(const request_path& path) {
  std::string body;
  auto collect = [&](std::string_view piece) -> outcome<void> {
    if (body.size() + piece.size() > answer_bytes_max)
      return fail(exit_status::failed,
                  "the answer has more than 256 MiB; ask for less with "
                  "--limit, or use 'batchd export'");
    body += piece;
    return {};
  };
  if (auto answered = get_stream(path, collect); !answered)
    return fail(answered);
  body.reserve(body.size() + json_padding);
  return body;
}

outcome<void> api_client::get_stream(const request_path& path,
                                     const answer_sink& sink) {
  return connection_->get(path, sink);
}

outcome<std::string> api_client::post(const request_path& path,
                                      const upload& body) {
  return connection_->post(path, body);
}

outcome<std::string> api_client::call(const char* method,
                                      const request_path& path,
                                      const std::string& json) {
  return connection_->call(method, path, json);
}

const server_url& api_client::server() const {
  return connection_->server_;
}

} // namespace batch::cli
