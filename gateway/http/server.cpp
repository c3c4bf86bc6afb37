#include "gateway/http/server.hpp"

#include "gateway/http/connection_threads.hpp"
#include "gateway/http/framing.hpp"
#include "gateway/http/responder.hpp"
#include "gateway/http/send_answer.hpp"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace batch {

namespace {

/// Keeps to this pattern and not ".*": a decoded path may hold line ends.
constexpr auto any_path = R"([\s\S]*)";

/// Requests of one connection; the library's default is 5.
constexpr size_t keep_alive_requests_max = 1'000'000;

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

/// Gives the library's own refusals (broken request line, too long URI) the
/// form of all others.
void complete_error(const httplib::Request& req, httplib::Response& res) {
  if (!res.body.empty() || res.content_provider_)
    return;
  auto what = res.status == 414 ? "the URL is longer than 8 KiB"
              : res.status == 413
                ? "the body is too large"
                : "this is no HTTP request that the server understands";
  auto code = res.status == 413 ? ec::body_too_large : ec::invalid_request;
  refuse(req, res, res.status, {code, what});
}

} // namespace

struct http_server::implementation {
  implementation(http_server_options o, router routes)
    : options(std::move(o)),
      answers({options.token, options.body_pace}, std::move(routes)) {}

  void configure();
  http_server_options options;
  responder answers;
  httplib::Server server;
  /// The last socket that was made to listen.
  socket_t listener = INVALID_SOCKET;
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
  server.set_read_timeout(options.body_pace.time);
  server.set_write_timeout(options.write_timeout);
  // The library's default shares the port with any other process.
  server.set_socket_options([this](socket_t s) {
    int yes = 1;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    listener = s;
  });
  // Bodies are counted by their readers, after inflation.
  server.set_payload_max_length(SIZE_MAX);

  server.set_pre_routing_handler(
    [](const httplib::Request& req, httplib::Response& res) {
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
    answers.respond(req, res, nullptr);
  };
  auto with_body = [this](const httplib::Request& req, httplib::Response& res,
                          const httplib::ContentReader& reader) {
    answers.respond(req, res, &reader);
  };
  server.Get(any_path, plain);
  server.Options(any_path, plain);
  server.Post(any_path, with_body);
  server.Put(any_path, with_body);
  server.Patch(any_path, with_body);
  server.Delete(any_path, with_body);
  server.set_error_handler(httplib::Server::HandlerWithResponse{
    [](const httplib::Request& req, httplib::Response& res) {
      complete_error(req, res);
      return httplib::Server::HandlerResponse::Handled;
    }});
  server.set_exception_handler([](const httplib::Request& req,
                                  httplib::Response& res, std::exception_ptr) {
    refuse(req, res, 500, {ec::internal, "the request could not be answered"});
  });
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
  // The library lets 5 connections wait; the next ones would try again after a
  // second. A failure leaves it at that.
  ::listen(s.listener, SOMAXCONN);
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
