// Which dead letters are meant, as queries and bodies say it.
#pragma once

#include "actors/queries/letter_queries.hpp"
#include "gateway/http/message.hpp"

#include <string>
#include <string_view>

namespace batch {

/// Ids that one filter may name. Source: a page of a list holds 500.
inline constexpr size_t filter_ids_max = 1000;

/// Reads `jobId`, `type`, `ns`, `code`, `after` and `before` of a query. The
/// type "system" stands for messages of the system itself.
/// Errors: `ec::invalid_request` naming the parameter.
expected<letter_filter> read_query_filter(const http_request& request);

/// Reads the same of an object, and `ids`, an array. May be empty.
/// @param pointer where the object stands in the body.
/// Errors: `ec::invalid_request` with the place.
expected<letter_filter> read_json_filter(std::string_view json,
                                         const std::string& pointer);

} // namespace batch
