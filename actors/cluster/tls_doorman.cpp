#include "actors/cluster/tls_doorman.hpp"

#include "actors/cluster/tls_scribe.hpp"

#include <caf/io/abstract_broker.hpp>

namespace batch {

namespace {

class tls_doorman : public caf::io::doorman {
public:
  tls_doorman(caf::io::network::default_multiplexer& multiplexer,
              std::unique_ptr<tls_door> door)
    : doorman(caf::io::network::accept_hdl_from_socket(door->number())),
      multiplexer_(multiplexer), door_(std::move(door)) {}

  void launch() override {
    if (std::exchange(is_launched_, true))
      return;
    door_->start([this](tls_connection connection) {
      // The thread of the door ends before this object does.
      caf::intrusive_ptr<tls_doorman> self{this};
      auto x = std::make_shared<tls_connection>(std::move(connection));
      multiplexer_.post([self, x] { self->hand_over(std::move(*x)); });
    });
  }

  void graceful_shutdown() override {
    // The broker may be the last who holds it.
    caf::intrusive_ptr<tls_doorman> self{this};
    door_->stop();
    detach(&multiplexer_, false);
  }

  /// The door brings connections by itself.
  bool new_connection() override { return true; }
  void add_to_loop() override { launch(); }
  void remove_from_loop() override {}
  std::string addr() const override { return door_->host(); }
  uint16_t port() const override { return door_->port(); }

private:
  /// On the thread of the multiplexer.
  void hand_over(tls_connection connection) {
    if (detached())
      return;
    auto scribe = make_tls_scribe(multiplexer_, std::move(connection));
    auto handle = scribe->hdl();
    parent()->add_scribe(std::move(scribe));
    doorman::new_connection(&multiplexer_, handle);
  }

  caf::io::network::default_multiplexer& multiplexer_;
  std::unique_ptr<tls_door> door_;
  bool is_launched_ = false;
};

} // namespace

caf::io::doorman_ptr
make_tls_doorman(caf::io::network::default_multiplexer& multiplexer,
                 std::unique_ptr<tls_door> door) {
  return caf::make_counted<tls_doorman>(multiplexer, std::move(door));
}

} // namespace batch
