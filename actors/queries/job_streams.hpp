// The results and errors of a job, item by item in input order, as NDJSON.
#pragma once

#include "actors/queries/byte_stream.hpp"
#include "storage/store.hpp"

namespace batch {

/// Lines `{"index":0,"success":true,"result":…}` and
/// `{"index":1,"success":false,"error":"…","code":"…"}`, for the items that
/// are done by now.
/// @param view what to read from; the present state if null.
byte_stream_ptr make_results_stream(store_reader_ptr store, uint64_t job_number,
                                    snapshot_ptr view = nullptr);

/// Lines `{"index":1,"error":"…","code":"…","attempts":1,"payload":…}`. The
/// payload is the item as it was sent, on one line; one that is not JSON stands
/// as a string under `payloadText`.
byte_stream_ptr make_errors_stream(store_reader_ptr store, uint64_t job_number);

} // namespace batch
