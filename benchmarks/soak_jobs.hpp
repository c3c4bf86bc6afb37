// One round of a soak: a job of every type, with items that fail among them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace batch::bench {

/// A job as a JSON document, and how its items must end.
struct soak_job {
  std::string body;
  size_t processed = 0;
  size_t failed = 0;
};

/// The jobs of a round, to be run one after the other; each has `items` items.
/// Rounds write over what the tenth round before them has written, so that the
/// data stops growing.
std::vector<soak_job> make_soak_jobs(size_t round, size_t items);

/// The id of a thing that this round has written.
std::string soak_thing_of(size_t round, size_t items);

} // namespace batch::bench
