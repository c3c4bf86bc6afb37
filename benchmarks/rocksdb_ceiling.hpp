// What the libraries and the hardware give without a service around them: the
// ceilings that the service is held against. RocksDB is set up as the service
// sets it up. Every call throws std::runtime_error if something fails.
#pragma once

#include "benchmarks/statistics.hpp"
#include "benchmarks/things_body.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

namespace batch::bench {

/// Imports a body with simdjson and one RocksDB writer, on one thread: every
/// thing is checked and kept in chunk records of 100, one sync, then things,
/// chunk mark and progress are written chunk by chunk, with a sync every 100
/// chunks.
///
/// A JSON body is there when the time begins, and is parsed once. Lines are
/// made while they are read, as a client makes them while it sends, and memory
/// does not grow with them: the second half scans the chunk records and parses
/// the things again.
/// @returns seconds.
double import_ceiling(const std::filesystem::path& folder, things_body& body);

/// Runs the engine's part of a job without effects: chunk records, one sync,
/// then each chunk record is read back and its mark and the progress are
/// written, with a sync every 100 chunks. Nothing is parsed.
/// @returns seconds.
double chunks_ceiling(const std::filesystem::path& folder, things_body& body);

/// Scans all things in a folder that `import_ceiling` has filled, from a
/// snapshot, and copies the values into one buffer.
/// @returns seconds.
double scan_ceiling(const std::filesystem::path& folder, uint64_t& rows);

/// Opens the database in a folder, and no more.
/// @returns seconds.
double open_ceiling(const std::filesystem::path& folder);

/// Writes one small record after the other, each synced.
latencies sync_ceiling(const std::filesystem::path& folder, size_t count);

/// Chunk records as they come in, and the sync that makes them durable.
class chunk_record_writer {
public:
  explicit chunk_record_writer(const std::filesystem::path& folder);
  ~chunk_record_writer();
  void add(std::string_view record);
  void sync();

private:
  struct implementation;
  std::unique_ptr<implementation> impl_;
};

} // namespace batch::bench
