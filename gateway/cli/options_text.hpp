// The options of a submission, as the command line has them.
#pragma once

#include "gateway/cli/outcome.hpp"

#include <string>
#include <vector>

namespace batch::cli {

/// The JSON text of `options`; empty if there are none.
///
/// @param pairs are `name=value`. A value that is JSON stands as it is
/// (`priority=5`, `labels={"team":"search"}`), any other is a string
/// (`into=copies`); so a string that looks like a number takes quotes
/// (`into='"2024"'`).
/// @param json is a JSON object, given instead of pairs.
/// Fails with `exit_status::wrong_usage`. What the options mean is checked by
/// the server.
outcome<std::string> options_text(const std::vector<std::string>& pairs,
                                  const std::string& json);

/// The text of a JSON object on one line. Fails with
/// `exit_status::wrong_usage`; `flag` and `example` are for the message.
outcome<std::string> object_text(const std::string& json, const char* flag,
                                 const char* example);

/// Splits `name=value`. Fails with `exit_status::wrong_usage` if there is no
/// '=' or no name; `flag` is for the message.
outcome<std::pair<std::string, std::string>> split_pair(const std::string& pair,
                                                        const char* flag);

} // namespace batch::cli
