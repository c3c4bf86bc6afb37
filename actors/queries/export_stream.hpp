// A namespace as JSON, NDJSON or CSV.
#pragma once

#include "actors/queries/byte_stream.hpp"
#include "actors/queries/export_request.hpp"
#include "storage/store.hpp"

#include <optional>

namespace batch {

/// An export whose first piece has been read.
struct begun_export {
  byte_stream_ptr stream;
  /// How many records the whole answer has, if that is known by now: those of
  /// CSV were counted when its columns were found, and an answer that fits
  /// into one piece was read.
  std::optional<uint64_t> records;
};

/// The records of a namespace by id, all from one snapshot that is taken here.
/// CSV reads them twice, the first time here, to know the columns. Nothing is
/// held but three pages of rows, a piece of text, and the names of the columns.
/// @param request has passed `check_export`.
/// Errors: those of the store, so that an export which cannot even begin is
/// refused and not broken off.
expected<begun_export> begin_export(store_reader_ptr store,
                                    export_request request);

} // namespace batch
