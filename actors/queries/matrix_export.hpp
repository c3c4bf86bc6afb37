// The vectors of a namespace for programs that compute: as one array.
#pragma once

#include "actors/queries/export_stream.hpp"

namespace batch {

/// Begins an export of format `npy` or `ids`, of one snapshot. Both have the
/// vectors of the namespace's model and no others, by id: row i of the array
/// is the vector of line i of the ids, if nothing was written between the two
/// exports.
///
/// npy is version 1.0 of NumPy's format, with 4-byte floats row by row
/// (`<f4`, shape (rows, dimensions)); ids are texts with a line feed each,
/// which no id can hold.
///
/// Errors: those of the store; `ec::snapshot_gone` from the stream.
expected<begun_export> begin_matrix_export(store_reader_ptr store,
                                           const export_request& request);

} // namespace batch
