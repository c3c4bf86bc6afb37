// What is told of an answer that is an error.
#pragma once

#include <string>
#include <string_view>

namespace batch::cli {

/// The lines for the terminal of a problem document (RFC 9457), e.g.
///
///     the body is not a valid job (invalid_job, request 42)
///       /items/3/ns: is missing
///
/// of `{"error","code","requestId","errors":[{"index","pointer","message"}]}`.
/// A body that is no such document came from something else than batchd; that
/// is said with its status.
std::string describe_problem(int status, std::string_view body);

} // namespace batch::cli
