// The right to change dead letters.
#pragma once

#include "actors/service_client.hpp"
#include "storage/store.hpp"

namespace batch {

/// Held by whoever replays, purges or removes dead letters, by one at a time.
/// Given back when destroyed. Must not outlive the client.
/// Thread-safety: none.
class letters_ticket {
public:
  /// Errors: as `service_client::open`; `ec::conflict` while another one is
  /// held.
  static expected<letters_ticket> take(service_client& client);

  ~letters_ticket();
  letters_ticket(letters_ticket&& other) noexcept;
  letters_ticket& operator=(letters_ticket&&) = delete;

  /// Writes changes and waits until they are as durable as asked for: what
  /// somebody has asked for and is told of must not come back.
  expected<void> write(write_batch changes, counter_changes counters,
                       durability d);

private:
  letters_ticket(service_client& client, uint64_t number)
    : client_(&client), number_(number) {}

  service_client* client_;
  uint64_t number_;
};

} // namespace batch
