#include "actors/cluster/addresses.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace batch {

namespace {

using address_list = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

expected<address_list> find(const std::string& host, uint16_t port, int flags) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  auto fault = ::getaddrinfo(host.empty() ? nullptr : host.c_str(),
                             std::to_string(port).c_str(), &hints, &found);
  if (fault != 0)
    return fail(
      ec::invalid_request,
      address_text(host, port) + ": "
        + (fault == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(fault)));
  return address_list{found, ::freeaddrinfo};
}

descriptor socket_for(const addrinfo& address) {
  return descriptor{
    ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
}

void set(const descriptor& socket, int level, int option, int value = 1) {
  ::setsockopt(socket.number(), level, option, &value, sizeof value);
}

tl::unexpected<error> cannot(const char* what, const std::string& host,
                             uint16_t port, int error) {
  return fail(ec::invalid_request, std::string{"cannot "} + what + ' '
                                     + address_text(host, port) + ": "
                                     + std::strerror(error));
}

/// @returns 0, or why there is no connection.
int connect_one(const descriptor& socket, const addrinfo& address,
                std::chrono::steady_clock::time_point until) {
  if (::connect(socket.number(), address.ai_addr, address.ai_addrlen) == 0)
    return 0;
  if (errno != EINPROGRESS)
    return errno;
  if (!await(socket.number(), POLLOUT, until))
    return ETIMEDOUT;
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, &error, &length);
  return error;
}

} // namespace

std::string address_text(const std::string& host, uint16_t port) {
  auto name = host.find(':') == host.npos ? host : '[' + host + ']';
  return name + ':' + std::to_string(port);
}

bool await(int number, short events,
           std::chrono::steady_clock::time_point until) {
  pollfd waiting = {number, events, 0};
  for (;;) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(
      until - std::chrono::steady_clock::now());
    auto ready
      = ::poll(&waiting, 1,
               static_cast<int>(std::clamp<int64_t>(left.count(), 0, 1 << 30)));
    if (ready > 0)
      return true;
    if (ready == 0 || errno != EINTR)
      return false;
  }
}

uint16_t own_port(const descriptor& socket) {
  sockaddr_storage address = {};
  socklen_t length = sizeof address;
  auto x = reinterpret_cast<sockaddr*>(&address);
  if (::getsockname(socket.number(), x, &length) != 0)
    return 0;
  return ntohs(address.ss_family == AF_INET6
                 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                 : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

expected<descriptor> listen_at(const std::string& host, uint16_t port) {
  auto addresses = find(host, port, AI_PASSIVE);
  if (!addresses)
    return fail(addresses);
  auto error = EADDRNOTAVAIL;
  for (auto x = addresses->get(); x; x = x->ai_next) {
    auto socket = socket_for(*x);
    if (!socket) {
      error = errno;
      continue;
    }
    set(socket, SOL_SOCKET, SO_REUSEADDR);
    if (::bind(socket.number(), x->ai_addr, x->ai_addrlen) == 0
        && ::listen(socket.number(), SOMAXCONN) == 0)
      return socket;
    error = errno;
  }
  return cannot("listen at", host, port, error);
}

expected<descriptor> connect_to(const std::string& host, uint16_t port,
                                std::chrono::milliseconds patience) {
  auto addresses = find(host, port, 0);
  if (!addresses)
    return fail(addresses);
  std::vector<const addrinfo*> left;
  for (auto x = addresses->get(); x; x = x->ai_next)
    left.push_back(x);
  auto until = std::chrono::steady_clock::now() + patience;
  auto error = EADDRNOTAVAIL;
  for (size_t i = 0; i < left.size(); ++i) {
    auto now = std::chrono::steady_clock::now();
    auto share = (until - now) / static_cast<int64_t>(left.size() - i);
    auto socket = socket_for(*left[i]);
    error = socket ? connect_one(socket, *left[i], now + share) : errno;
    if (error != 0)
      continue;
    set(socket, IPPROTO_TCP, TCP_NODELAY);
    return socket;
  }
  return cannot("connect to", host, port, error);
}

void set_silence_max(const descriptor& socket, std::chrono::seconds most) {
  auto seconds = static_cast<int>(most.count());
  set(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, 1000 * seconds);
  set(socket, SOL_SOCKET, SO_KEEPALIVE);
  set(socket, IPPROTO_TCP, TCP_KEEPIDLE, seconds);
  set(socket, IPPROTO_TCP, TCP_KEEPINTVL, std::max(seconds / 3, 1));
}

} // namespace batch
