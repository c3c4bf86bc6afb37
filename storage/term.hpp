// How the term and the schema are stored in the family `meta`.
#pragma once

#include "codecs/bytes.hpp"
#include "codecs/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace batch {

/// The value of `keys::term`: the term, 8 bytes little-endian.
inline std::string render_term(uint64_t term) {
  std::string value;
  append_fixed(value, term);
  return value;
}

/// Reads the value of `keys::term`; a store without one is at term 0.
/// Errors: `ec::storage_corrupt`.
inline expected<uint64_t> parse_term(const std::optional<std::string>& value) {
  if (!value)
    return 0;
  byte_reader reader{*value};
  auto term = reader.fixed<uint64_t>();
  if (!reader.ok() || !reader.at_end())
    return fail(ec::storage_corrupt, "The stored term has "
                                       + std::to_string(value->size())
                                       + " bytes; it must have 8");
  return term;
}

} // namespace batch
