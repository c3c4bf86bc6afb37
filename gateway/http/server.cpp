#include "gateway/http/server.hpp"

#include "codecs/ids.hpp"
#include "gateway/http/connection_threads.hpp"
#include "gateway/http/framing.hpp"
#include "gateway/http/gzip_stream.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/uri.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <span>
#include <thread>

#include <httplib.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

namespace batch {

namespace {

/// Keeps to this pattern and not ".*": a decoded path may hold line ends.
constexpr auto any_path = R"([\s\S]*)";

/// Requests of one connection; the library's default is 5.
constexpr size_t keep_alive_requests_max = 1'000'000;

/// A request id of the client's is taken over if it is harmless in a header.
bool is_sane_id(const std::string& id) {
  return !id.empty() && id.size() <= 128 && std::ranges::all_of(id, [](char c) {
    return c > 0x20 && c < 0x7F;
  });
}

/// Sends a body whose stream ends with the connection's, so that bytes of a
/// request that were not read are never taken for the next request.
void send_and_hang_up(httplib::Response& res, const http_response& answer) {
  res.set_header("Connection", "close");
  auto body = std::make_shared<std::string>(answer.body);
  res.set_content_provider(body->size(), answer.content_type,
                           [body](size_t, size_t, httplib::DataSink& sink) {
                             sink.write(body->data(), body->size());
                             return false;
                           });
}

void send_stream(const httplib::Request& req, httplib::Response& res,
                 http_response& answer) {
  res.set_header("Vary", "Accept-Encoding");
  // The library compresses the types it knows; NDJSON is none of them.
  if (answer.content_type == "application/x-ndjson"
      && accepts_gzip(req.get_header_value("Accept-Encoding"))) {
    answer.stream = make_gzip_stream(std::move(answer.stream));
    res.set_header("Content-Encoding", "gzip");
  }
  std::shared_ptr<byte_stream> stream{std::move(answer.stream)};
  res.set_chunked_content_provider(
    answer.content_type, [stream](size_t, httplib::DataSink& sink) {
      // An exception that leaves here would end the process.
      try {
        std::string piece;
        auto more = stream->read(piece);
        if (!more) {
          spdlog::warn("an answer breaks off: {}", more.error().message);
          return false;
        }
        if (!piece.empty() && !sink.write(piece.data(), piece.size()))
          return false;
        if (!*more)
          sink.done();
        return true;
      } catch (const std::exception& e) {
        spdlog::error("an answer breaks off: {}", e.what());
        return false;
      }
    });
}

/// Ends all connections to a port of ours from our side. The library keeps no
/// list of them, the kernel does.
void hang_up_connections(int port) {
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::directory_iterator{"/proc/self/fd", ignored}) {
    auto fd = std::atoi(entry.path().filename().c_str());
    sockaddr_storage own{}, peer{};
    socklen_t own_size = sizeof own, peer_size = sizeof peer;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&own), &own_size) != 0
        || getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &peer_size) != 0)
      continue;
    // The port stands at the same place in both kinds of address.
    if ((own.ss_family == AF_INET || own.ss_family == AF_INET6)
        && ntohs(reinterpret_cast<sockaddr_in*>(&own)->sin_port) == port)
      shutdown(fd, SHUT_RDWR);
  }
}

/// The errno of a failed bind, in words.
std::string bind_failure(const http_server_options& o) {
  auto why = errno;
  auto address = o.host + ":" + std::to_string(o.port);
  if (why == EADDRINUSE)
    return "cannot listen on " + address
           + ": the port is in use; choose another one (port 0 picks a free "
             "one) or end the process that uses it";
  if (why == EACCES)
    return "cannot listen on " + address
           + ": no permission; ports below 1024 need privileges";
  return "cannot listen on " + address + ": "
         + (why != 0 ? std::strerror(why) : "no such address on this machine");
}

} // namespace

struct http_server::implementation {
  implementation(http_server_options o, router r)
    : options(std::move(o)), routes(std::move(r)) {}

  void configure();
  void respond(const httplib::Request& req, httplib::Response& res,
               const httplib::ContentReader* reader);
  expected<http_response> answer(http_request& request,
                                 const httplib::Request& req,
                                 httplib::Response& res);
  expected<void> authorize(const httplib::Request& req, const uri& target);
  void send(const httplib::Request& req, httplib::Response& res,
            http_response answer, bool body_is_read);
  /// Answers for requests that no handler sees, and hangs up.
  void refuse(const httplib::Request& req, httplib::Response& res, int status,
              const error& why);
  void complete_error(const httplib::Request& req, httplib::Response& res);

  http_server_options options;
  router routes;
  httplib::Server server;
  std::thread thread;
  std::atomic<bool> stopping{false};
  std::atomic<bool> ended{false};
  int port = 0;
};

void http_server::implementation::configure() {
  server.new_task_queue
    = [this] { return new connection_threads{options.threads_max}; };
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(keep_alive_requests_max);
  server.set_keep_alive_timeout(options.keep_alive.count());
  server.set_read_timeout(options.io_timeout);
  server.set_write_timeout(options.io_timeout);
  // The library's default shares the port with any other process.
  server.set_socket_options([](socket_t s) {
    int yes = 1;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  // Bodies are counted by their readers, after inflation.
  server.set_payload_max_length(SIZE_MAX);

  server.set_pre_routing_handler(
    [this](const httplib::Request& req, httplib::Response& res) {
      using result = httplib::Server::HandlerResponse;
      // The handlers get the very object, which is not const.
      auto& changeable = const_cast<httplib::Request&>(req);
      auto fault = framing_fault(req);
      if (!fault && (takes_body(req) || !has_body(req))) {
        hide_codings(changeable);
        return result::Unhandled;
      }
      // To HEAD the library would answer without the body that hangs up.
      if (req.method == "HEAD")
        changeable.method = "GET";
      auto what = fault ? "the request has " + std::string{fault}
                        : "a " + req.method + " request has no body";
      refuse(req, res, 400, {ec::invalid_request, what});
      return result::Handled;
    });
  // A client that asks first whether it may send is told before it sends.
  server.set_expect_100_continue_handler([this](const httplib::Request& req,
                                                httplib::Response& res) {
    constexpr int go_on = 100;
    auto length = req.get_header_value("Content-Length");
    auto is_lines
      = req.get_header_value("Content-Type").find("json") == std::string::npos
        || req.get_header_value("Content-Type").find("ndjson")
             != std::string::npos;
    if (is_lines || length.size() > 18
        || std::strtoull(length.c_str(), nullptr, 10)
             <= options.json_body_bytes_max)
      return go_on;
    refuse(req, res, 413,
           {ec::body_too_large, "the body is longer than "
                                  + std::to_string(options.json_body_bytes_max)
                                  + " bytes"});
    return res.status;
  });
  auto plain = [this](const httplib::Request& req, httplib::Response& res) {
    respond(req, res, nullptr);
  };
  auto with_body = [this](const httplib::Request& req, httplib::Response& res,
                          const httplib::ContentReader& reader) {
    respond(req, res, &reader);
  };
  server.Get(any_path, plain);
  server.Options(any_path, plain);
  server.Post(any_path, with_body);
  server.Put(any_path, with_body);
  server.Patch(any_path, with_body);
  server.Delete(any_path, with_body);
  server.set_error_handler(httplib::Server::HandlerWithResponse{
    [this](const httplib::Request& req, httplib::Response& res) {
      complete_error(req, res);
      return httplib::Server::HandlerResponse::Handled;
    }});
  server.set_exception_handler([this](const httplib::Request& req,
                                      httplib::Response& res,
                                      std::exception_ptr) {
    refuse(req, res, 500, {ec::internal, "the request could not be answered"});
  });
}

void http_server::implementation::respond(
  const httplib::Request& req, httplib::Response& res,
  const httplib::ContentReader* reader) {
  http_request request;
  request.method = req.method;
  request.id = req.get_header_value("X-Request-Id");
  if (!is_sane_id(request.id))
    request.id = random_hex_id();
  res.set_header("X-Request-Id", request.id);
  request.header
    = [&req](const char* name) { return req.get_header_value(name); };
  request.announces_body = is_chunked(req) || req.has_header("Content-Length");
  auto body_is_read = has_sure_end(req);
  request.read_body = [&](const body_sink& sink) {
    if (!has_body(req) || !reader)
      return true;
    auto whole = read_decoded(req, *reader, sink);
    // Only a body whose length was told and that was read to its end leaves
    // the connection usable.
    body_is_read = whole && !is_chunked(req);
    return whole;
  };
  auto result = [&]() -> expected<http_response> {
    try {
      return answer(request, req, res);
    } catch (const std::exception& e) {
      spdlog::error("request {} failed: {}", request.id, e.what());
      return fail(ec::internal, "the request could not be answered; the log "
                                "says more under its id");
    }
  }();
  if (result)
    send(req, res, std::move(*result), body_is_read);
  else
    send(req, res, problem_response(result.error(), request.id), body_is_read);
}

expected<http_response> http_server::implementation::answer(
  http_request& request, const httplib::Request& req, httplib::Response& res) {
  auto target = parse_uri(req.target);
  if (!target)
    return fail(target);
  if (auto ok = authorize(req, *target); !ok) {
    res.set_header("WWW-Authenticate", "Bearer");
    return fail(ok);
  }
  if (!is_readable(req))
    return fail(ec::unsupported_media_type,
                "Content-Encoding: expected gzip or deflate");
  auto found = routes.find(req.method, target->segments);
  if (found.allowed.empty())
    return fail(ec::no_such_route, "no route has this path");
  if (!found.handler) {
    res.set_header("Allow", found.allowed);
    return fail(ec::method_not_allowed,
                "this path takes " + found.allowed + ", not " + req.method);
  }
  request.arguments = std::move(found.arguments);
  request.query = std::move(target->query);
  return (*found.handler)(request);
}

expected<void>
http_server::implementation::authorize(const httplib::Request& req,
                                       const uri& target) {
  if (options.token.empty())
    return {};
  std::span<const std::string> path{target.segments};
  if (!path.empty() && path[0] == "v1")
    path = path.subspan(1);
  if (path.size() == 1
      && (path[0] == "health" || path[0] == "livez" || path[0] == "readyz"))
    return {};
  auto given = req.get_header_value("Authorization");
  auto wanted = "Bearer " + options.token;
  if (given.size() == wanted.size()
      && CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0)
    return {};
  return fail(ec::unauthorized,
              "expected the header 'Authorization: Bearer <token>'");
}

void http_server::implementation::send(const httplib::Request& req,
                                       httplib::Response& res,
                                       http_response answer,
                                       bool body_is_read) {
  res.status = answer.status;
  for (const auto& [name, value] : answer.headers)
    res.set_header(name, value);
  if (!body_is_read)
    send_and_hang_up(res, answer);
  else if (answer.stream)
    send_stream(req, res, answer);
  else if (answer.status != 204)
    res.set_content(answer.body, answer.content_type);
}

/// Gives the library's own refusals (broken request line, too long URI) the
/// form of all others.
void http_server::implementation::complete_error(const httplib::Request& req,
                                                 httplib::Response& res) {
  if (!res.body.empty() || res.content_provider_)
    return;
  auto what = res.status == 414 ? "the URL is longer than 8 KiB"
              : res.status == 413
                ? "the body is too large"
                : "this is no HTTP request that the server understands";
  auto code = res.status == 413 ? ec::body_too_large : ec::invalid_request;
  refuse(req, res, res.status, {code, what});
}

void http_server::implementation::refuse(const httplib::Request& req,
                                         httplib::Response& res, int status,
                                         const error& why) {
  auto id = random_hex_id();
  res.set_header("X-Request-Id", id);
  send(req, res, problem_response(status, why, id), false);
}

http_server::http_server(http_server_options options, router routes)
  : impl_(
    std::make_unique<implementation>(std::move(options), std::move(routes))) {}

http_server::~http_server() {
  stop();
}

expected<int> http_server::start() {
  auto& s = *impl_;
  s.configure();
  errno = 0;
  auto port = s.options.port == 0 ? s.server.bind_to_any_port(s.options.host)
              : s.server.bind_to_port(s.options.host, s.options.port)
                ? s.options.port
                : -1;
  if (port < 0)
    return fail(ec::invalid_request, bind_failure(s.options));
  s.port = port;
  s.thread = std::thread([&s] {
    s.server.listen_after_bind();
    s.ended = true;
    if (!s.stopping && s.options.on_fatal)
      s.options.on_fatal({ec::internal, "accepting connections failed"});
  });
  while (!s.server.is_running() && !s.ended)
    std::this_thread::yield();
  return port;
}

void http_server::stop() {
  auto& s = *impl_;
  s.stopping = true;
  if (!s.thread.joinable())
    return;
  s.server.stop();
  auto patience = std::chrono::steady_clock::now() + s.options.stop_grace;
  while (!s.ended) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
    if (std::chrono::steady_clock::now() > patience)
      hang_up_connections(s.port);
  }
  s.thread.join();
}

} // namespace batch
