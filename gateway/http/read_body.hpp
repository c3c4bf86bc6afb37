// Reads a body whole, within bounds.
#pragma once

#include "gateway/http/byte_budget.hpp"
#include "gateway/http/message.hpp"

namespace batch {

/// Told of a body that is not whole yet: all of it that has come.
using body_watcher = std::function<void(std::string_view)>;

/// Reads the body into one string with `json_padding` bytes of room behind it.
/// Bytes count after inflation.
/// @param watch told after each piece, if not empty.
/// Errors: `ec::body_too_large` beyond `bytes_max`, `ec::overloaded` if the
/// share of the budget is used up, and those of `http_request::read_body`.
expected<std::string> read_whole_body(http_request& request, size_t bytes_max,
                                      byte_budget::share& budget,
                                      const body_watcher& watch = {});

/// Errors: `ec::invalid_request` if the request does not say that it has a
/// body.
expected<void> check_announced(const http_request& request);

} // namespace batch
