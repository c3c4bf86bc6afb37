// Job ids: UUID version 7 (RFC 9562), which sort by time of creation.
#pragma once

#include "codecs/error.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace batch {

/// A UUID as 16 bytes in network order.
struct job_id {
  std::array<uint8_t, 16> bytes{};

  auto operator<=>(const job_id&) const = default;
  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

/// Makes an id from a time and 10 random bytes, so that tests can repeat it.
job_id make_job_id(std::chrono::system_clock::time_point now,
                   const std::array<uint8_t, 10>& random);
/// Makes an id from the system's clock and random source. Thread-safe.
job_id make_job_id();

/// The canonical form, e.g. "018f4e2a-7c3d-7b1e-9a55-0242ac120002".
std::string to_string(const job_id& id);
/// Reads the canonical form, in either case. Errors: `ec::invalid_request`.
expected<job_id> parse_job_id(std::string_view text);

/// 32 random hexadecimal digits, for request ids and names. Thread-safe.
std::string random_hex_id();

} // namespace batch
