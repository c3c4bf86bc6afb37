// Paths and queries of request targets, decoded with every fault noticed.
#pragma once

#include "codecs/error.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace batch {

/// A request target, e.g. "/things/a%2Fb?limit=5", taken apart.
struct uri {
  /// The segments of the path, decoded one by one: an encoded slash is part of
  /// its segment. Empty for "/".
  std::vector<std::string> segments;
  /// The parameters of the query in the order sent.
  std::vector<std::pair<std::string, std::string>> query;
};

/// Errors: `ec::invalid_request` for bad percent-encoding, for text that is
/// not UTF-8 and for control characters.
expected<uri> parse_uri(std::string_view target);

} // namespace batch
