// What the hardware and the libraries give without a service around them: the
// ceiling that the service is held against.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace batch::bench {

/// Imports the submission with simdjson and one RocksDB writer: split and
/// check the body, keep it in chunks of 100, sync once, then write things,
/// chunk marks and progress chunk by chunk, synced every 100 chunks.
/// RocksDB is set up as the service sets it up.
/// @param body with `json_padding` readable bytes behind its end.
/// @returns seconds.
double import_ceiling(const std::filesystem::path& folder,
                      const std::string& body);

/// Scans all things in a folder that `import_ceiling` has filled, from a
/// snapshot, and copies keys and values into one buffer.
/// @returns seconds.
double scan_ceiling(const std::filesystem::path& folder, uint64_t& rows);

} // namespace batch::bench
