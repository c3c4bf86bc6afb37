#include "actors/cluster/tls_door.hpp"

#include "actors/cluster/addresses.hpp"
#include "actors/cluster/tls_dial.hpp"
#include "tests/actors/cluster/member_files.hpp"

#include <condition_variable>
#include <mutex>
#include <vector>

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <boost/test/unit_test.hpp>

using namespace batch;
using namespace batch::test;
using namespace std::literals;

namespace {

/// Longer than anything here takes; so what hangs is an error.
constexpr auto door_patience = 20s;

std::chrono::steady_clock::time_point in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

/// A door and who came in.
struct door_fixture {
  test_authority ca;
  tls_context context
    = tls_files::load(member_files{ca.member(), ca.certificate()}.paths())
        ->context();
  std::mutex guard;
  std::condition_variable changed;
  std::vector<tls_connection> inside;
  std::unique_ptr<tls_door> door;

  void open(tls_door_limits limits = {}) {
    door = std::move(*tls_door::open("127.0.0.1", 0, context, limits));
    door->start([this](tls_connection x) {
      std::lock_guard lock{guard};
      inside.push_back(std::move(x));
      changed.notify_all();
    });
  }
  ~door_fixture() { door->stop(); }

  bool await_inside(size_t count) {
    std::unique_lock lock{guard};
    return changed.wait_for(lock, door_patience,
                            [&] { return inside.size() == count; });
  }
  /// A member comes in.
  expected<tls_connection> enter() {
    return dial_tls("127.0.0.1", door->port(), context, door_patience);
  }
  /// Somebody who connects and says nothing.
  descriptor stranger() const {
    return std::move(*connect_to("127.0.0.1", door->port(), door_patience));
  }
};

/// Whether the other side hangs up, without having sent anything.
bool is_hung_up(const descriptor& x) {
  char byte = 0;
  return await(x.number(), POLLIN, in(door_patience))
         && ::recv(x.number(), &byte, 1, 0) <= 0;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(tls_door_suite, door_fixture)

BOOST_AUTO_TEST_CASE(members_come_in) {
  open();
  auto one = enter(), two = enter();
  BOOST_REQUIRE((one.has_value() && two.has_value()));
  BOOST_TEST(await_inside(2));
  BOOST_TEST(SSL_write(one->session.get(), "a", 1) == 1);
  BOOST_REQUIRE(await(inside[0].socket.number(), POLLIN, in(door_patience)));
  char byte = 0;
  BOOST_TEST(SSL_read(inside[0].session.get(), &byte, 1) == 1);
  BOOST_TEST(byte == 'a');
}

BOOST_AUTO_TEST_CASE(who_says_nothing_is_hung_up_on) {
  tls_door_limits limits;
  limits.handshake_time_max = 50ms;
  open(limits);
  auto silent = stranger();
  auto slow = stranger();
  // The beginning of a handshake that announces 512 bytes.
  BOOST_TEST(::send(slow.number(), "\x16\x03\x01\x02\x00\x01", 6, 0) == 6);
  BOOST_TEST(is_hung_up(silent));
  BOOST_TEST(is_hung_up(slow));
  BOOST_TEST(enter().has_value());
}

BOOST_AUTO_TEST_CASE(who_says_something_else_is_hung_up_on) {
  open();
  for (auto bytes : {"GET / HTTP/1.1\r\n\r\n"s, std::string(32, '\0'),
                     std::string(32, '\xff'), std::string(70'000, '\x16')}) {
    auto x = stranger();
    BOOST_TEST(::send(x.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL)
               > 0);
    char buffer[64];
    // OpenSSL may say why before it hangs up.
    ssize_t got = 1;
    while (got > 0 && await(x.number(), POLLIN, in(door_patience)))
      got = ::recv(x.number(), buffer, sizeof buffer, 0);
    BOOST_TEST(got <= 0);
  }
  BOOST_TEST(enter().has_value());
  BOOST_TEST(await_inside(1));
}

BOOST_AUTO_TEST_CASE(the_oldest_handshake_is_broken_off_for_another_one) {
  tls_door_limits limits;
  limits.handshakes_max = 3;
  limits.handshake_time_max = 1h;
  open(limits);
  std::vector<descriptor> silent;
  for (int i = 0; i < 5; ++i)
    silent.push_back(stranger());
  BOOST_TEST(is_hung_up(silent[0]));
  BOOST_TEST(is_hung_up(silent[1]));
  BOOST_TEST(enter().has_value());
  BOOST_TEST(await_inside(1));
  BOOST_TEST(is_hung_up(silent[2]));
}

BOOST_AUTO_TEST_CASE(connections_in_use_are_counted) {
  tls_door_limits limits;
  limits.connections_max = 2;
  open(limits);
  auto one = enter(), two = enter();
  BOOST_TEST(await_inside(2));
  BOOST_TEST(!enter().has_value());
  BOOST_TEST(is_hung_up(stranger()));
  {
    std::lock_guard lock{guard};
    inside.pop_back();
  }
  auto three = enter();
  BOOST_TEST(three.has_value());
  BOOST_TEST(await_inside(2));
}

BOOST_AUTO_TEST_CASE(strangers_do_not_keep_the_last_places) {
  tls_door_limits limits;
  limits.connections_max = 2;
  limits.handshake_time_max = 1h;
  open(limits);
  auto one = enter();
  BOOST_TEST(await_inside(1));
  auto silent = stranger();
  auto two = enter();
  BOOST_TEST(two.has_value());
  BOOST_TEST(await_inside(2));
  BOOST_TEST(is_hung_up(silent));
}

BOOST_AUTO_TEST_CASE(it_lives_on_when_descriptors_are_short) {
  tls_door_limits limits;
  limits.handshake_time_max = 1h;
  open(limits);
  std::vector<descriptor> sockets;
  for (int i = 0; i < 30; ++i)
    sockets.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_storage address = {};
  socklen_t length = sizeof address;
  {
    auto known = stranger();
    ::getpeername(known.number(), reinterpret_cast<sockaddr*>(&address),
                  &length);
  }
  rlimit before = {};
  ::getrlimit(RLIMIT_NOFILE, &before);
  auto few = before;
  few.rlim_cur = static_cast<rlim_t>(sockets.back().number()) + 10;
  BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  for (auto& x : sockets)
    ::connect(x.number(), reinterpret_cast<sockaddr*>(&address), length);
  // Those who are let in first have to go again.
  auto first = is_hung_up(sockets.front());
  ::setrlimit(RLIMIT_NOFILE, &before);
  BOOST_TEST(first);
  BOOST_TEST(enter().has_value());
  BOOST_TEST(await_inside(1));
}

BOOST_AUTO_TEST_CASE(when_it_stops_everybody_is_hung_up_on) {
  open();
  auto silent = stranger();
  auto member = enter();
  BOOST_TEST(await_inside(1));
  auto port = door->port();
  door->stop();
  BOOST_TEST(is_hung_up(silent));
  BOOST_TEST(!connect_to("127.0.0.1", port, door_patience).has_value());
  // What was given away stays.
  BOOST_TEST(SSL_write(inside[0].session.get(), "a", 1) == 1);
}

BOOST_AUTO_TEST_CASE(an_address_in_use_is_named) {
  open();
  auto again = tls_door::open("127.0.0.1", door->port(), context);
  BOOST_REQUIRE(!again.has_value());
  BOOST_TEST(again.error().message
             == "cannot listen at 127.0.0.1:" + std::to_string(door->port())
                  + ": Address already in use");
  auto elsewhere = tls_door::open("192.0.2.1", 0, context);
  BOOST_REQUIRE(!elsewhere.has_value());
  BOOST_TEST((elsewhere.error().code == ec::invalid_request));
}

BOOST_AUTO_TEST_CASE(a_dial_tells_what_is_wrong) {
  open();
  auto fault = [&](uint16_t port, const tls_context& own,
                   std::chrono::milliseconds time) {
    auto dialled = dial_tls("127.0.0.1", port, own, time);
    return dialled ? "" : dialled.error().message;
  };
  auto at = "no TLS with 127.0.0.1:" + std::to_string(door->port()) + ": ";
  test_authority other;
  auto strange
    = tls_files::load(member_files{other.member(), other.certificate()}.paths())
        ->context();
  BOOST_TEST(fault(door->port(), strange, door_patience)
             == at
                  + "its certificate is not trusted: self-signed certificate "
                    "in certificate chain");
  auto silent = std::move(*listen_at("127.0.0.1", 0));
  BOOST_TEST(fault(own_port(silent), context, 50ms)
             == "no TLS with 127.0.0.1:" + std::to_string(own_port(silent))
                  + ": it does not answer");
  auto port = own_port(silent);
  silent = {};
  BOOST_TEST(fault(port, context, door_patience)
             == "cannot connect to 127.0.0.1:" + std::to_string(port)
                  + ": Connection refused");
}

BOOST_AUTO_TEST_SUITE_END()
