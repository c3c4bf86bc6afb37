// The key that a provider asks for.
#pragma once

#include "codecs/error.hpp"

#include <string>

namespace batch {

/// Where the key is when no file is named.
inline constexpr const char* provider_key_variable = "BATCHD_EMBEDDER_KEY";

/// Reads the first line of a file, or the environment; empty if there is none
/// in the environment.
/// @param file its path; empty: the environment.
/// Errors: `ec::provider_refused` if the file cannot be read or holds no key.
expected<std::string> read_provider_key(const std::string& file);

/// The text without the key, should somebody have put it there.
std::string without_key(std::string text, const std::string& key);

} // namespace batch
