#include "fake_server.hpp"

#include <stdexcept>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace batch::cli {

namespace {

/// True if the head is there and, as far as it shows, the body.
bool is_whole(const std::string& request) {
  auto end = request.find("\r\n\r\n");
  if (end == request.npos)
    return false;
  auto head = request.substr(0, end + 2);
  if (head.find("Transfer-Encoding: chunked") != head.npos)
    return request.ends_with("0\r\n\r\n");
  auto length = head.find("Content-Length: ");
  return length == head.npos
         || request.size() - end - 4 >= std::stoul(head.substr(length + 16));
}

} // namespace

fake_server::fake_server(std::function<reply(const std::string&)> answer)
  : answer_(std::move(answer)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 8) != 0
      || ::getsockname(listener_, generic, &size) != 0)
    throw std::runtime_error("cannot listen on 127.0.0.1");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread{[this] { run(); }};
}

fake_server::~fake_server() {
  is_ending_ = true;
  ::shutdown(listener_, SHUT_RDWR); // wakes accept
  thread_.join();
  ::close(listener_);
}

std::string fake_server::url() const {
  return "http://127.0.0.1:" + std::to_string(port_);
}

std::vector<std::string> fake_server::requests() const {
  std::lock_guard guard{mutex_};
  return requests_;
}

void fake_server::run() {
  while (!is_ending_) {
    auto connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0)
      continue;
    serve(connection);
    ::close(connection);
  }
}

void fake_server::serve(int connection) {
  std::string request;
  reply answer;
  while (true) {
    char piece[4096];
    auto got = ::recv(connection, piece, sizeof piece, 0);
    if (got <= 0)
      return; // the client has given up
    request.append(piece, static_cast<size_t>(got));
    if (request.find("\r\n\r\n") == request.npos)
      continue;
    answer = answer_(request);
    if (answer.is_early || is_whole(request))
      break;
  }
  {
    std::lock_guard guard{mutex_};
    requests_.push_back(request);
  }
  ::send(connection, answer.bytes.data(), answer.bytes.size(), MSG_NOSIGNAL);
}

std::string whole_answer(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status)
         + " X\r\nConnection: close\r\nContent-Length: "
         + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string unfinished_answer(const std::string& chunk) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx", chunk.size());
  return "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: "
         "chunked\r\n\r\n"
         + std::string{size} + "\r\n" + chunk + "\r\n";
}

} // namespace batch::cli
