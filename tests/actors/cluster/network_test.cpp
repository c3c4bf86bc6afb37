#include "actors/cluster/network.hpp"

#include "actors/cluster/openssl_handles.hpp"
#include "actors/cluster/tls_network.hpp"
#include "tests/actors/cluster/member_files.hpp"

#include <optional>
#include <set>
#include <vector>

#include <arpa/inet.h>
#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <caf/openssl/all.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

using namespace batch;
using namespace batch::test;
using namespace std::literals;

namespace {

/// Longer than anything here takes; so what hangs is an error.
constexpr auto patience = std::chrono::seconds{20};

struct settings : caf::actor_system_config {
  settings() { set("scheduler.max-threads", size_t{2}); }
};

caf::behavior adder() {
  return {[](int x) { return x + 1; },
          [](const std::string& text) { return text; }};
}

/// A process of the cluster, in this one.
struct member {
  explicit member(const member_files& files) {
    use_tls(config, *tls_files::load(files.paths()));
    system.emplace(config);
    network = tls_network_of(*system);
  }
  /// With settings of its own.
  explicit member(void (*set)(caf::actor_system_config&)) {
    set(config);
    system.emplace(config);
    network = system->middleman().actor_handle();
  }
  /// With TLS as CAF has it.
  explicit member(const tls_paths& paths) {
    config.openssl_certificate = paths.certificate;
    config.openssl_key = paths.key;
    config.openssl_cafile = paths.ca;
    use_plain_network(config);
    config.load<caf::openssl::manager>();
    system.emplace(config);
    network = system->openssl_manager().actor_handle();
  }
  ~member() { caf::anon_send_exit(served, caf::exit_reason::user_shutdown); }

  uint16_t publish() {
    caf::anon_send_exit(served, caf::exit_reason::user_shutdown);
    served = system->spawn(adder);
    uint16_t port = 0;
    caf::scoped_actor self{*system};
    self
      ->request(network, patience, caf::publish_atom::value, port,
                caf::actor_cast<caf::strong_actor_ptr>(served),
                std::set<std::string>{}, "127.0.0.1"s, true)
      .receive([&](uint16_t bound) { port = bound; },
               [&](const caf::error& error) { fault = describe(error); });
    return port;
  }

  /// Connects; answers nothing, and sets the fault, if it cannot.
  std::optional<caf::actor> dial(uint16_t port) {
    caf::scoped_actor self{*system};
    std::optional<caf::actor> found;
    self
      ->request(network, patience, caf::connect_atom::value, "127.0.0.1"s, port)
      .receive(
        [&](const caf::node_id&, const caf::strong_actor_ptr& actor,
            const std::set<std::string>&) {
          found = caf::actor_cast<caf::actor>(actor);
        },
        [&](const caf::error& error) { fault = describe(error); });
    return found;
  }
  std::string describe(const caf::error& error) const {
    return system->render(error);
  }

  /// What the adder answers; nothing if it does not.
  std::optional<int> ask(const caf::actor& server, int x) {
    caf::scoped_actor self{*system};
    std::optional<int> sum;
    self->request(server, patience, x)
      .receive([&](int y) { sum = y; }, [](const caf::error&) {});
    return sum;
  }
  std::optional<int> dial_and_ask(uint16_t port, int x) {
    auto server = dial(port);
    return server ? ask(*server, x) : std::nullopt;
  }

  std::string fault;
  // In the order that they need each other.
  settings config;
  std::optional<caf::actor_system> system;
  caf::actor served;
  caf::io::middleman_actor network;
};

/// A CA, a server that its members may dial, and one that does.
struct network_fixture {
  test_authority ca;
  member_files server_files{ca.member("server"), ca.certificate()};
  member_files client_files{ca.member("client"), ca.certificate()};
  member server{server_files};
  uint16_t port = server.publish();

  /// The server is well: it takes new connections.
  void check_server() {
    member client{client_files};
    BOOST_TEST((client.dial_and_ask(port, 41) == 42));
  }
  /// This member gets no connection, and does not wait for ever for one.
  void check_refused(member& stranger) {
    auto begin = std::chrono::steady_clock::now();
    BOOST_TEST(!stranger.dial(port).has_value());
    BOOST_TEST((std::chrono::steady_clock::now() - begin < patience));
    check_server();
  }
  /// A connection without TLS that waits no longer than the patience.
  int connection() const {
    auto x = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    timeval limit = {patience.count(), 0};
    ::setsockopt(x, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    auto connected
      = ::connect(x, reinterpret_cast<sockaddr*>(&address), sizeof address);
    BOOST_REQUIRE(connected == 0);
    return x;
  }
  /// Sends bytes without any TLS.
  /// @returns whether the server hangs up.
  bool hangs_up_on(const std::string& bytes) const {
    auto stranger = connection();
    auto sent = ::send(stranger, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    char buffer[512];
    ssize_t got = 1;
    while (sent > 0 && got > 0)
      got = ::recv(stranger, buffer, sizeof buffer, 0);
    auto ended = got == 0 || errno == ECONNRESET;
    ::close(stranger);
    return ended;
  }
  /// Speaks TLS, trusts everybody and has no certificate.
  /// @returns OpenSSL's reason why no byte of CAF's protocol came.
  std::string anonymous_fault() const {
    auto stranger = connection();
    ssl_context_ptr context{SSL_CTX_new(TLS_client_method())};
    ssl_ptr session{SSL_new(context.get())};
    SSL_set_fd(session.get(), stranger);
    ERR_clear_error();
    char byte = 0;
    auto got = SSL_connect(session.get()) == 1
                 ? SSL_read(session.get(), &byte, 1)
                 : -1;
    auto reason = got > 0 ? "it is let in" : take_openssl_reason();
    ::close(stranger);
    return reason;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(network_suite, network_fixture)

BOOST_AUTO_TEST_CASE(members_reach_each_other_without_their_files) {
  member client{client_files};
  server_files.remove();
  client_files.remove();
  for (int i = 0; i < 3; ++i) {
    auto adder = client.dial(port);
    BOOST_REQUIRE(adder.has_value());
    BOOST_TEST((client.ask(*adder, i) == i + 1));
  }
}

BOOST_AUTO_TEST_CASE(many_members_at_once) {
  std::vector<std::unique_ptr<member>> clients;
  for (int i = 0; i < 8; ++i)
    clients.push_back(std::make_unique<member>(client_files));
  for (auto& client : clients)
    BOOST_TEST((client->dial_and_ask(port, 1) == 2));
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_ca_is_refused) {
  test_authority other;
  // It trusts the server, but the server does not trust it.
  member_files files{other.member("stranger"),
                     other.certificate() + ca.certificate()};
  member stranger{files};
  check_refused(stranger);
}

BOOST_AUTO_TEST_CASE(a_server_of_another_ca_is_refused) {
  test_authority other;
  member_files files{other.member("stranger"),
                     other.certificate() + ca.certificate()};
  member stranger{files};
  auto strange_port = stranger.publish();
  member client{client_files};
  BOOST_TEST(!client.dial(strange_port).has_value());
}

BOOST_AUTO_TEST_CASE(a_peer_without_certificate_is_refused) {
  auto reason = anonymous_fault();
  BOOST_TEST((reason.find("certificate required") != std::string::npos),
             reason);
  check_server();
}

BOOST_AUTO_TEST_CASE(an_anonymous_peer_is_refused) {
  member stranger{tls_paths{}};
  check_refused(stranger);
}

BOOST_AUTO_TEST_CASE(tls_of_caf_is_understood) {
  member client{client_files.paths()};
  BOOST_TEST((client.dial_and_ask(port, 1) == 2));
  member other_server{server_files.paths()};
  auto other_port = other_server.publish();
  member dialler{client_files};
  BOOST_TEST((dialler.dial_and_ask(other_port, 1) == 2));
}

BOOST_AUTO_TEST_CASE(a_peer_in_the_clear_is_refused) {
  // The bytes that end a process whose port is in the clear: the header of a
  // handshake without its payload.
  for (char operation : {'\0', '\1'}) {
    std::string header(32, '\0');
    header[0] = operation;
    header[11] = 4; // version of the protocol
    BOOST_TEST(hangs_up_on(header));
  }
  BOOST_TEST(hangs_up_on(std::string(32, '\xff')));
  BOOST_TEST(hangs_up_on("GET / HTTP/1.1\r\n\r\n"));
  check_server();
}

BOOST_AUTO_TEST_CASE(a_member_in_the_clear_is_refused) {
  member stranger{use_plain_network};
  check_refused(stranger);
}

BOOST_AUTO_TEST_CASE(members_in_the_clear_reach_each_other) {
  member one{use_plain_network}, two{use_plain_network};
  BOOST_TEST((two.dial_and_ask(one.publish(), 1) == 2));
}

BOOST_AUTO_TEST_CASE(large_messages_come_whole) {
  member client{client_files};
  auto adder = client.dial(port);
  BOOST_REQUIRE(adder.has_value());
  caf::scoped_actor self{*client.system};
  for (size_t bytes : {1u, 16'384u, 16'385u, 1u << 20, 20u << 20}) {
    std::string text(bytes, 'x');
    text.back() = 'y';
    self->request(*adder, patience, text)
      .receive([&](const std::string& back) { BOOST_TEST((back == text)); },
               [&](const caf::error& error) {
                 BOOST_ERROR(bytes << " bytes: " << client.describe(error));
               });
  }
}

BOOST_AUTO_TEST_CASE(the_end_of_a_member_is_seen) {
  auto client = std::make_unique<member>(client_files);
  auto adder = client->dial(port);
  BOOST_REQUIRE(adder.has_value());
  caf::scoped_actor self{*client->system};
  self->monitor(*adder);
  caf::anon_send_exit(server.served, caf::exit_reason::kill);
  auto is_down = false;
  self->receive([&](const caf::down_msg&) { is_down = true; },
                caf::after(patience) >> [] {});
  BOOST_TEST(is_down);
}

BOOST_AUTO_TEST_CASE(a_lost_connection_is_seen) {
  auto other_server = std::make_unique<member>(server_files);
  auto other_port = other_server->publish();
  member client{client_files};
  auto adder = client.dial(other_port);
  BOOST_REQUIRE(adder.has_value());
  caf::scoped_actor self{*client.system};
  self->monitor(*adder);
  other_server.reset();
  auto is_down = false;
  self->receive([&](const caf::down_msg&) { is_down = true; },
                caf::after(patience) >> [] {});
  BOOST_TEST(is_down);
  BOOST_TEST(!client.dial(other_port).has_value());
  BOOST_TEST((client.fault.find("Connection refused") != std::string::npos),
             client.fault);
}

BOOST_AUTO_TEST_CASE(a_port_can_be_closed_and_opened_again) {
  caf::scoped_actor self{*server.system};
  auto closed = false;
  self->request(server.network, patience, caf::close_atom::value, port)
    .receive([&] { closed = true; }, [](const caf::error&) {});
  BOOST_TEST(closed);
  member client{client_files};
  BOOST_TEST(!client.dial(port).has_value());
  port = server.publish();
  check_server();
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_named) {
  member other{server_files};
  caf::scoped_actor self{*other.system};
  std::string fault;
  self
    ->request(other.network, patience, caf::publish_atom::value, port,
              caf::strong_actor_ptr{}, std::set<std::string>{}, "127.0.0.1"s,
              true)
    .receive([](uint16_t) {},
             [&](const caf::error& error) { fault = other.describe(error); });
  BOOST_TEST((fault.find("127.0.0.1:" + std::to_string(port)
                         + ": Address already in use")
              != std::string::npos),
             fault);
}

BOOST_AUTO_TEST_CASE(signs_of_life_are_sent_and_looked_for) {
  member plain{use_plain_network};
  for (auto x : {&server, &plain}) {
    const auto& config = x->system->config();
    caf::timespan none{0};
    BOOST_TEST((caf::get_or(config, "middleman.heartbeat-interval", none)
                == heartbeat_interval));
    BOOST_TEST((caf::get_or(config, "middleman.connection-timeout", none)
                == silence_max));
  }
}

BOOST_AUTO_TEST_SUITE_END()
