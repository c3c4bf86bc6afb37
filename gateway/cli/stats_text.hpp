// The statistics of the service as tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace batch::cli {

/// Of `{"success":true,"stats":{…}}`: a line for each number, in the order of
/// the answer, then a table of the types of jobs. Nothing if the text is no
/// such answer.
std::optional<std::string> stats_text(std::string_view answer);

} // namespace batch::cli
