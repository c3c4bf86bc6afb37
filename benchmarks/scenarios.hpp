// The scenarios of batch_bench; each asks one question and stands in a file of
// its own. Every one prints its report and throws std::runtime_error if the
// service does not do what it should.
#pragma once

#include "benchmarks/options.hpp"

namespace batch::bench {

/// How near to the libraries does an import come?
void measure_import(const bench_options& o);

/// How many jobs of one item a second, and how long does one take?
void measure_small_jobs(const bench_options& o);

/// What does the engine cost for each item that does nothing?
void measure_noop(const bench_options& o);

/// How near to a plain scan does an export come?
void measure_export(const bench_options& o);

/// What do small jobs wait for beside imports and exports, and what do those
/// lose?
void measure_mixed(const bench_options& o);

/// How soon after kill -9 in the middle of an import is the service ready?
void measure_restart(const bench_options& o);

/// Does anything grow that should not, or get slower?
void measure_soak(const bench_options& o);

} // namespace batch::bench
