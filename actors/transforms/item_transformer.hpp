// What makes new values of items, whatever language it is written in.
#pragma once

#include "codecs/error.hpp"

#include <string>
#include <string_view>

namespace batch {

/// Makes new values of the items of one job.
/// Thread-safety: none; each worker has one of its own.
class item_transformer {
public:
  virtual ~item_transformer() = default;

  /// @param item one JSON value that has passed `json_reader::check`.
  /// @returns the JSON text of the new value; empty if the item is dropped.
  /// Errors: `ec::transform_failed` with the reason.
  virtual expected<std::string> apply(std::string_view item) = 0;
};

} // namespace batch
