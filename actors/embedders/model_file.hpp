// Files that a model is read from.
#pragma once

#include "codecs/error.hpp"

#include <filesystem>
#include <string>

namespace batch {

/// Reads a whole file. Errors: `ec::invalid_request`, with the path and the
/// reason: it cannot be read, is no plain file, or is longer than that.
expected<std::string> read_model_file(const std::filesystem::path& path,
                                      uint64_t bytes_max);

} // namespace batch
