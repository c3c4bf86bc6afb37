// A namespace as JSON, NDJSON or CSV.
#pragma once

#include "actors/queries/byte_stream.hpp"
#include "codecs/csv.hpp"
#include "codecs/job.hpp"
#include "storage/store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace batch {

enum class export_format { json, ndjson, csv };
enum class export_kind { things, relationships, embeddings };

struct export_request {
  std::string ns;
  export_format format = export_format::json;
  /// Nothing: things, then relationships.
  std::optional<export_kind> kind;
  csv_formulas formulas = csv_formulas::raw;
};

/// The records of a namespace by id, all from one snapshot that is taken here.
/// CSV reads the namespace twice, to know the columns first.
byte_stream_ptr make_export_stream(store_reader_ptr store,
                                   export_request request);

/// The JSON text of an embedding, e.g. for an export.
std::string render_embedding(std::string_view ns, std::string_view id,
                             const embedding& x);

} // namespace batch
