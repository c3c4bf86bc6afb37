// Small JSON bodies: objects of which each member is known.
#pragma once

#include "codecs/json_reader.hpp"
#include "codecs/limits.hpp"
#include "gateway/http/byte_budget.hpp"
#include "gateway/http/message.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace batch {

/// Bytes of such a body. Source: a patch as large as an item, the options of a
/// job, and a thousand ids of dead letters.
inline constexpr size_t object_body_bytes_max
  = item_bytes_max + options_bytes_max + (64 << 10);

/// Reads the body of a request that may come without one; empty then.
/// Errors: `ec::unsupported_media_type` for a body that is not said to be
/// JSON, and those of `read_whole_body`.
expected<std::string> read_json_body(http_request& request,
                                     byte_budget::share& budget);

/// Says what is wrong with the value at a place, e.g. "/filter/jobId".
tl::unexpected<error> wrong_value(std::string_view pointer,
                                  const std::string& what);

/// Refuses a member that nobody reads.
/// @param known the names of those that are, e.g. "filter, dryRun".
tl::unexpected<error> unknown_member(const std::string& parent,
                                     std::string_view member,
                                     std::string_view known);

using member_taker = std::function<expected<void>(const json_member&)>;

/// Walks an object whose text comes from outside, and stops at the first error.
/// @param pointer where the object stands in the body; empty for the body.
/// Errors: those of `take`; `ec::invalid_json` with the byte; else
/// `ec::invalid_request`: no object, or a member that stands there twice.
expected<void> read_members(std::string_view json, const std::string& pointer,
                            const member_taker& take);

// The value of a member at a place. Errors: `ec::invalid_request`.
expected<std::string> string_at(std::string_view pointer,
                                std::string_view value);
expected<bool> boolean_at(std::string_view pointer, std::string_view value);
expected<int64_t> integer_at(std::string_view pointer, std::string_view value,
                             int64_t lowest, int64_t highest);

/// The place of a member (RFC 6901).
std::string pointer_to(const std::string& parent, std::string_view member);

} // namespace batch
