// The data of the measurements: things of a given size, from a seed.
#pragma once

#include <cstddef>
#include <string>

namespace batch::bench {

struct things_options {
  size_t count = 100'000;
  /// Bytes of the JSON text of one thing, about.
  size_t bytes = 250;
  /// Ids in random order instead of ascending.
  bool shuffled = false;
};

/// The JSON text of one thing, ids being numbered.
std::string make_thing(size_t number, size_t bytes);

/// A submission with all things, `{"type":"import-things","items":[…]}`.
std::string make_submission(const things_options& o);

} // namespace batch::bench
