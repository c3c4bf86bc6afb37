// Records as the bytes that cross nodes.
#pragma once

#include "codecs/record.hpp"

#include <utility>

namespace batch {

/// What was read of another node's bytes and is not what may be sent.
/// Errors: always; `ec::invalid_request`.
inline tl::unexpected<error> not_sendable(std::string_view what,
                                          std::string_view why) {
  return fail(ec::invalid_request, "a message of another node, "
                                     + std::string{what} + ": "
                                     + std::string{why});
}

/// Reads a record.
/// Errors: `ec::invalid_request`, naming what should have been there.
template <class T>
expected<void> read_record(std::string_view what, std::string_view bytes,
                           T& x) {
  auto read = decode_record<T>(bytes);
  if (!read)
    return not_sendable(what, read.error().message);
  x = std::move(*read);
  return {};
}

/// Whether a number or an enum has one of its values.
template <class T>
constexpr bool is_within(T x, T first, T last) {
  return x >= first && x <= last;
}

} // namespace batch
