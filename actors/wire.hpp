// How what actors tell each other crosses to another node.
//
// Inside a process a payload is a shared pointer, and a message that holds it
// is passed on without a copy. To another node it goes as one run of bytes,
// which is read with every length and every value checked: a peer is trusted,
// its bytes are not. What cannot be read is logged and dropped with its
// message, so that no handler ever sees it; who asked hears nothing and has a
// time limit.
//
// A type takes part by two functions in this namespace:
//
//   std::string to_wire(const T& x);
//   expected<void> from_wire(std::string_view bytes, T& x);
//
// and by standing, itself or as a `std::shared_ptr<const T>`, in the block of
// type ids of actors/messages.hpp.
#pragma once

#include "codecs/error.hpp"

#include <concepts>
#include <memory>
#include <string>
#include <string_view>

#include <caf/error.hpp>

namespace batch {

template <class T>
concept crosses_nodes
  = requires(const T& sent, T& read, std::string_view bytes) {
  { to_wire(sent) } -> std::same_as<std::string>;
  { from_wire(bytes, read) } -> std::same_as<expected<void>>;
};

/// Logs what could not be read, and makes CAF drop the message.
caf::error refuse_bytes(const error& why);

namespace detail {

/// CAF's inspectors that write or read bytes; others only print.
template <class Inspector>
concept carries_bytes
  = std::same_as<typename Inspector::result_type, caf::error>;

/// Reads the bytes of a `T` and hands them on once they are known to be good.
template <class T, class Inspector, class Take>
caf::error read_from(Inspector& f, Take&& take) {
  std::string bytes;
  if (auto failed = f(bytes))
    return failed;
  T x;
  if (auto read = from_wire(bytes, x); !read)
    return refuse_bytes(read.error());
  take(std::move(x));
  return caf::none;
}

} // namespace detail

/// CAF's hook for a value.
template <detail::carries_bytes Inspector, crosses_nodes T>
caf::error inspect(Inspector& f, T& x) {
  if constexpr (Inspector::reads_state) {
    auto bytes = to_wire(x);
    return f(bytes);
  } else {
    return detail::read_from<T>(f, [&](T&& read) { x = std::move(read); });
  }
}

/// CAF's hook for a payload, which is never null.
template <detail::carries_bytes Inspector, crosses_nodes T>
caf::error inspect(Inspector& f, std::shared_ptr<const T>& x) {
  if constexpr (Inspector::reads_state) {
    // A null one is refused by who reads it.
    auto bytes = x ? to_wire(*x) : std::string{};
    return f(bytes);
  } else {
    return detail::read_from<T>(
      f, [&](T&& read) { x = std::make_shared<const T>(std::move(read)); });
  }
}

} // namespace batch
