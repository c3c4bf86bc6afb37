// What became of the tries of an item.
#pragma once

#include "codecs/error.hpp"
#include "codecs/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace batch {

/// One try of an item that did not succeed.
struct attempt {
  time_ms at = 0;
  ec code = ec::internal;
  std::string message;
  /// The worker that tried, e.g. "embed-2", and the node it ran on.
  std::string worker;
  std::string node;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.at, x.code, x.message, x.worker, x.node);
  }
};

/// The attempts of one item, in order.
struct attempt_list {
  /// The last `attempts_kept_max` of them.
  std::vector<attempt> kept;
  /// How many there were.
  uint32_t count = 0;

  void add(attempt x);

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.kept, x.count);
  }
};

/// An item that failed at first and then succeeded.
struct retried_item {
  static constexpr uint8_t record_version = 1;

  /// In its job.
  uint32_t index = 0;
  attempt_list failures;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.index, x.failures);
  }
};

} // namespace batch
