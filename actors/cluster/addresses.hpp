// Addresses of the network, by name.
#pragma once

#include "actors/cluster/descriptor.hpp"
#include "codecs/error.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace batch {

/// Listens at the first address of a name that can be listened at.
/// @param host empty means all addresses of one family. @param port 0 means
/// any. Errors: `ec::invalid_request`.
expected<descriptor> listen_at(const std::string& host, uint16_t port);

/// Connects to the first address of a name that answers.
/// @param patience how long to wait for all of them together, once the name is
/// looked up; one that is silent leaves the others their share.
/// @returns a socket that never blocks. Errors: `ec::invalid_request`.
expected<descriptor> connect_to(const std::string& host, uint16_t port,
                                std::chrono::milliseconds patience);

/// Lets a connection fail when its peer takes nothing or says nothing for that
/// long. Otherwise what was not taken is held for a quarter of an hour.
void set_silence_max(const descriptor& socket, std::chrono::seconds most);

/// The port at this end of a socket; 0 if it has none.
uint16_t own_port(const descriptor& socket);

/// "HOST:PORT", for messages.
std::string address_text(const std::string& host, uint16_t port);

/// Waits until something may be done with a descriptor.
/// @param events as poll(2) has them.
/// @returns whether it may, or has failed; not if the time is over.
bool await(int number, short events,
           std::chrono::steady_clock::time_point until);

} // namespace batch
