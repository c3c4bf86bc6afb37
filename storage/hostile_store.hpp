// A store that does all the harm its interface allows, from a seed.
#pragma once

#include "storage/store.hpp"

#include <cstdint>

namespace batch {

/// How often each harm is done, in 1 of 1000 calls.
struct hostile_options {
  uint64_t seed = 1;
  /// Commits that change nothing and answer `retry`.
  unsigned retry_permille = 0;
  /// Commits that are applied, or not, and answer `unknown`.
  unsigned unknown_permille = 0;
  /// Commits that change nothing and answer `no_space`.
  unsigned no_space_permille = 0;
  /// Scans of a snapshot that answer `ec::snapshot_gone`.
  unsigned snapshot_gone_permille = 0;
};

/// Wraps a store. Beyond what the options say by chance, a test may order the
/// two great harms itself.
class hostile_store : public store {
public:
  /// Another process takes over: every later commit answers `stale_term`.
  virtual void depose() = 0;
  /// The power is cut: the state becomes that of the last durable commit plus
  /// the first `survivors` of the buffered commits after it; snapshots taken
  /// before are gone.
  virtual void cut_power(size_t survivors) = 0;
  /// Buffered commits since the last durable one.
  virtual size_t buffered_commits() const = 0;
};

/// Makes a hostile store around a memory store of its own.
std::shared_ptr<hostile_store> make_hostile_store(hostile_options options);

} // namespace batch
