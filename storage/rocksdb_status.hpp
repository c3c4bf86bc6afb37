// What RocksDB answers, in our words.
#pragma once

#include "codecs/error.hpp"
#include "storage/store.hpp"

#include <rocksdb/status.h>

#include <string_view>

namespace batch {

/// The error of a failed read or open. `doing` begins the message, e.g.
/// "Reading from /data".
tl::unexpected<error> fail(const rocksdb::Status& failed,
                           std::string_view doing);

/// What became of a write.
/// @param was_writable whether RocksDB took writes before this one: if not,
/// it has refused this one without touching the disk.
commit_status to_commit_status(const rocksdb::Status& s, bool was_writable);

} // namespace batch
