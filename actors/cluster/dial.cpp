#include "actors/cluster/dial.hpp"

#include "actors/cluster/tls_network.hpp"

#include <caf/io/all.hpp>

#include <cerrno>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace batch {

namespace {

/// The longest that an address may take to accept a connection.
constexpr int probe_timeout_ms = 1500;
/// The longest that the handshakes of TLS and CAF may take.
constexpr std::chrono::seconds handshake_timeout{10};

/// What every coordinator, of any version, takes from a node.
using door_actor
  = caf::typed_actor<caf::replies_to<atom::join_atom, std::string, caf::actor>::
                       with<std::string, caf::actor, caf::actor>>;

/// Connects and hangs up. @returns 0, or what is wrong as errno has it.
int try_address(const addrinfo& where) {
  auto fd
    = socket(where.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return errno;
  auto wrong = connect(fd, where.ai_addr, where.ai_addrlen) == 0 ? 0 : errno;
  if (wrong == EINPROGRESS) {
    pollfd waiting{fd, POLLOUT, 0};
    auto ready = poll(&waiting, 1, probe_timeout_ms);
    socklen_t size = sizeof wrong;
    if (ready == 0)
      wrong = ETIMEDOUT;
    else if (ready < 0
             || getsockopt(fd, SOL_SOCKET, SO_ERROR, &wrong, &size) < 0)
      wrong = errno;
  }
  close(fd);
  return wrong;
}

/// @returns an empty string, or why the address cannot be reached.
std::string probe(const peer_address& at) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  auto wrong = getaddrinfo(at.host.c_str(), std::to_string(at.port).c_str(),
                           &hints, &found);
  if (wrong != 0)
    return gai_strerror(wrong);
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all{found, freeaddrinfo};
  auto last = ENOENT;
  for (auto x = found; x && last != 0; x = x->ai_next)
    last = try_address(*x);
  return last == 0 ? "" : std::strerror(last);
}

caf::io::middleman_actor middleman_of(caf::actor_system& system, bool tls) {
  return tls ? tls_network_of(system) : system.middleman().actor_handle();
}

/// What CAF says of a handshake that failed, in words.
std::string handshake_fault(const caf::error& why, bool tls) {
  if (why == caf::sec::disconnect_during_handshake)
    return tls ? "it hung up during the handshake; does it use TLS, and are "
                 "both certificates of the same CA?"
               : "it hung up during the handshake; does it want TLS?";
  if (why == caf::sec::request_timeout)
    return "it did not answer the handshake";
  if (tls && why == caf::sec::cannot_connect_to_node
      && why.context().match_elements<std::string>())
    return why.context().get_as<std::string>(0);
  return caf::to_string(why);
}

} // namespace

std::string to_string(const peer_address& x) {
  auto is_v6 = x.host.find(':') != x.host.npos;
  return (is_v6 ? "[" + x.host + "]" : x.host) + ":" + std::to_string(x.port);
}

expected<uint16_t> publish(caf::actor_system& system,
                           const caf::strong_actor_ptr& whom,
                           std::set<std::string> calls,
                           const peer_address& at) {
  // `localhost` is no address for the library.
  auto host = at.host == "localhost" ? std::string{"127.0.0.1"} : at.host;
  expected<uint16_t> port = 0;
  caf::scoped_actor self{system};
  self
    ->request(middleman_of(system, at.tls), caf::duration{handshake_timeout},
              caf::publish_atom_v, at.port, whom, std::move(calls), host, true)
    .receive([&](uint16_t bound) { port = bound; },
             [&](const caf::error& why) {
               port = fail(ec::invalid_request,
                           "cannot listen on " + to_string(at)
                             + ": is the port in use, and the address one of "
                               "this machine? ("
                             + caf::to_string(why) + ")");
             });
  return port;
}

caf::behavior dialler(caf::event_based_actor* self, node_actor to,
                      peer_address where) {
  auto give_up = [self, to](std::string why) {
    self->send(to, atom::dialled_atom_v, std::move(why));
  };
  if (auto wrong = probe(where); !wrong.empty()) {
    give_up(std::move(wrong));
    return {};
  }
  self
    ->request(middleman_of(self->system(), where.tls), handshake_timeout,
              caf::connect_atom_v, where.host, where.port)
    .then(
      [=](const caf::node_id&, const caf::strong_actor_ptr& found,
          const std::set<std::string>& calls) {
        auto door_calls
          = self->system().message_types(caf::detail::type_list<door_actor>{});
        if (!found || !self->system().assignable(calls, door_calls))
          return give_up("what listens there is no coordinator of a batchd "
                         "cluster");
        self->send(to, atom::dialled_atom_v,
                   caf::actor_cast<caf::actor>(found));
      },
      [=](const caf::error& why) { give_up(handshake_fault(why, where.tls)); });
  return {};
}

} // namespace batch
