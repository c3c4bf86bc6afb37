#include "benchmarks/http_connection.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace batch::bench {

namespace {

constexpr size_t buffer_bytes = 256 << 10;
/// Half of what the service allows.
constexpr auto idle_max = std::chrono::seconds{1};

uint64_t read_number(std::string_view text, int base) {
  uint64_t x = 0;
  auto [end, fault] = std::from_chars(text.begin(), text.end(), x, base);
  if (fault != std::errc{} || end == text.begin())
    throw std::runtime_error("an answer with a broken length");
  return x;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
    a, b, [](char x, char y) { return std::tolower(x) == std::tolower(y); });
}

} // namespace

std::string make_request_head(std::string_view method, std::string_view path,
                              std::string_view content_type,
                              uint64_t body_bytes) {
  std::string text{method};
  text.append(" ").append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  if (!content_type.empty())
    text.append("Content-Type: ").append(content_type).append("\r\n");
  if (body_bytes > 0 || method == "POST" || method == "PUT")
    text.append("Content-Length: " + std::to_string(body_bytes) + "\r\n");
  return text + "\r\n";
}

std::string make_request(std::string_view method, std::string_view path,
                         std::string_view content_type, std::string_view body) {
  auto text = make_request_head(method, path, content_type, body.size());
  return text.append(body);
}

http_connection::http_connection(int port)
  : port_(port), socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
    buffer_(buffer_bytes, '\0') {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int yes = 1;
  timeval patience{120, 0};
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    auto why = errno;
    close(socket_);
    throw std::runtime_error("no connection to port " + std::to_string(port)
                             + ": " + std::strerror(why));
  }
}

http_connection::~http_connection() {
  if (socket_ >= 0)
    close(socket_);
}

http_connection::http_connection(http_connection&& other) noexcept
  : port_(other.port_), socket_(std::exchange(other.socket_, -1)),
    buffer_(std::move(other.buffer_)), at_(other.at_), end_(other.end_),
    used_(other.used_), is_ending_(other.is_ending_) {}

http_connection& http_connection::operator=(http_connection&& other) noexcept {
  std::swap(port_, other.port_);
  std::swap(socket_, other.socket_);
  std::swap(buffer_, other.buffer_);
  std::swap(at_, other.at_);
  std::swap(end_, other.end_);
  std::swap(used_, other.used_);
  std::swap(is_ending_, other.is_ending_);
  return *this;
}

void http_connection::refresh() {
  char byte;
  if (is_ending_ || steady::now() - used_ > idle_max
      || recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
    *this = http_connection{port_};
}

void http_connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent < 0)
      throw std::runtime_error(std::string{"the service takes no more: "}
                               + std::strerror(errno));
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

bool http_connection::read_more(int flags) {
  if (at_ == end_)
    at_ = end_ = 0;
  if (end_ == buffer_.size() && at_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
    end_ -= std::exchange(at_, 0);
  }
  if (end_ == buffer_.size())
    buffer_.resize(2 * buffer_.size());
  for (;;) {
    auto got
      = recv(socket_, buffer_.data() + end_, buffer_.size() - end_, flags);
    if (got > 0) {
      used_ = steady::now();
      end_ += static_cast<size_t>(got);
      return true;
    }
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0 && errno == EAGAIN && (flags & MSG_DONTWAIT))
      return false;
    throw std::runtime_error(got == 0 ? "the service has closed the connection"
                                      : std::string{"no answer: "}
                                          + std::strerror(errno));
  }
}

std::optional<http_connection::head> http_connection::take_head() {
  auto text = unread();
  auto size = text.find("\r\n\r\n");
  if (size == text.npos)
    return std::nullopt;
  head found;
  found.status = static_cast<int>(read_number(text.substr(9, 3), 10));
  for (auto at = text.find("\r\n"); at < size; at = text.find("\r\n", at + 2)) {
    auto line = text.substr(at + 2, text.find("\r\n", at + 2) - at - 2);
    auto colon = line.find(": ");
    if (colon == line.npos)
      continue;
    auto name = line.substr(0, colon), value = line.substr(colon + 2);
    if (equal_ignoring_case(name, "Content-Length"))
      found.body_bytes = read_number(value, 10);
    else if (equal_ignoring_case(name, "Transfer-Encoding"))
      found.is_chunked = true;
    else if (equal_ignoring_case(name, "Connection"))
      is_ending_ = equal_ignoring_case(value, "close");
  }
  at_ += size + 4;
  return found;
}

void http_connection::take_bytes(uint64_t count, const visitor& visit) {
  while (count > 0) {
    if (at_ == end_)
      read_more(0);
    auto piece = unread().substr(0, count);
    visit(piece);
    at_ += piece.size();
    count -= piece.size();
  }
}

void http_connection::receive_chunks(const visitor& visit) {
  auto take_line = [this] {
    size_t size;
    while ((size = unread().find("\r\n")) == std::string_view::npos)
      read_more(0);
    auto line = unread().substr(0, size);
    at_ += size + 2;
    return line;
  };
  for (;;) {
    auto size = read_number(take_line(), 16);
    take_bytes(size, visit);
    take_line();
    if (size == 0)
      return;
  }
}

http_answer http_connection::receive(const visitor& visit) {
  std::optional<head> found;
  while (!(found = take_head()))
    read_more(0);
  http_answer answer{found->status, {}};
  auto keep = [&](std::string_view piece) { answer.body += piece; };
  const auto& take = visit ? visit : visitor{keep};
  if (found->is_chunked)
    receive_chunks(take);
  else
    take_bytes(found->body_bytes, take);
  return answer;
}

std::optional<http_answer> http_connection::try_receive() {
  // A head that came without its body is read again with it.
  for (;;) {
    auto begin = at_;
    if (auto found = take_head()) {
      if (found->is_chunked)
        throw std::runtime_error("an answer that does not tell its length");
      if (unread().size() >= found->body_bytes) {
        http_answer answer{found->status,
                           std::string{unread().substr(0, found->body_bytes)}};
        at_ += found->body_bytes;
        return answer;
      }
      at_ = begin;
    }
    if (!read_more(MSG_DONTWAIT))
      return std::nullopt;
  }
}

} // namespace batch::bench
