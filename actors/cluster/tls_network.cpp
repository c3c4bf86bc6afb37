#include "actors/cluster/tls_network.hpp"

#include "actors/cluster/network.hpp"
#include "actors/cluster/tls_dial.hpp"
#include "actors/cluster/tls_doorman.hpp"
#include "actors/cluster/tls_scribe.hpp"

#include <caf/actor_registry.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/middleman_actor_impl.hpp>
#include <caf/scoped_actor.hpp>

namespace batch {

namespace {

/// How long a peer may take to answer, and to do the handshake. Source: whoever
/// dials waits for ten seconds.
constexpr std::chrono::seconds dial_patience{4};

constexpr auto registered_name = caf::atom("batch_tls");

/// CAF's middleman actor, with connections of ours.
class tls_middleman_actor : public caf::io::middleman_actor_impl {
public:
  tls_middleman_actor(caf::actor_config& config, caf::actor broker,
                      tls_context context)
    : middleman_actor_impl(config, std::move(broker)),
      context_(std::move(context)) {}

  const char* name() const override { return "batch_tls"; }

protected:
  caf::expected<caf::io::scribe_ptr> connect(const std::string& host,
                                             uint16_t port) override {
    auto connection = dial_tls(host, port, context_, dial_patience);
    if (!connection)
      return caf::make_error(caf::sec::cannot_connect_to_node,
                             connection.error().message);
    return make_tls_scribe(multiplexer(), std::move(*connection));
  }

  caf::expected<caf::io::doorman_ptr> open(uint16_t port, const char* host,
                                           bool) override {
    auto door = tls_door::open(host ? host : "", port, context_);
    if (!door)
      return caf::make_error(caf::sec::cannot_open_port, door.error().message);
    return make_tls_doorman(multiplexer(), std::move(*door));
  }

private:
  caf::io::network::default_multiplexer& multiplexer() {
    return static_cast<caf::io::network::default_multiplexer&>(
      system().middleman().backend());
  }

  tls_context context_;
};

/// The part of an actor system that has the actor above.
class tls_module : public caf::actor_system::module {
public:
  tls_module(caf::actor_system& system, tls_context context)
    : system_(system), context_(std::move(context)) {}

  void init(caf::actor_system_config&) override {}

  void start() override {
    auto broker = system_.middleman().named_broker<caf::io::basp_broker>(
      caf::atom("BASP"));
    actor_ = system_.spawn<tls_middleman_actor, caf::detached + caf::hidden>(
      std::move(broker), context_);
    system_.registry().put(registered_name, actor_);
  }

  void stop() override {
    system_.registry().erase(registered_name);
    caf::scoped_actor self{system_, true};
    self->send_exit(actor_, caf::exit_reason::kill);
    self->wait_for(actor_);
    actor_ = nullptr;
  }

  /// CAF leaves this place in its fixed list of modules to later versions.
  id_t id() const override { return network_manager; }
  void* subtype_ptr() override { return this; }

private:
  caf::actor_system& system_;
  tls_context context_;
  caf::io::middleman_actor actor_;
};

} // namespace

void use_tls(caf::actor_system_config& config, const tls_files& files) {
  use_plain_network(config);
  config.module_factories.emplace_back(
    [context = files.context()](caf::actor_system& system) {
      return new tls_module(system, context);
    });
}

caf::io::middleman_actor tls_network_of(caf::actor_system& system) {
  auto found = system.registry().get<caf::strong_actor_ptr>(registered_name);
  return caf::actor_cast<caf::io::middleman_actor>(std::move(found));
}

} // namespace batch
