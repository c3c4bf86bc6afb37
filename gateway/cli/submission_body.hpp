// The body of a submission, put together while it is sent.
#pragma once

#include "gateway/cli/api_client.hpp"
#include "gateway/cli/item_source.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace batch::cli {

enum class item_format { json_array, ndjson, csv };

/// The format of items: the flag's if it is given ("json", "ndjson", "csv"),
/// else by the end of the file's name, else by the first byte: '[' begins a
/// JSON array. Fails with `exit_status::wrong_usage` if the format is a JSON
/// array and the first byte is another.
outcome<item_format> find_item_format(std::string_view flag,
                                      std::string_view path,
                                      item_source& items);

/// What is to be made of the items.
struct submission_head {
  std::string type;
  /// JSON text; empty if there are none.
  std::string options;
};

/// The document `{"type","items","options"}` around the text of an array.
upload json_body(const submission_head& head,
                 std::shared_ptr<item_source> items);

/// The document `{"type","input":{"ns"},"options"}`.
upload input_body(const submission_head& head, std::string_view input_ns);

/// Items as they are: NDJSON or CSV.
upload stream_body(item_format format, std::shared_ptr<item_source> items);

/// Where streams of items go: the head stands in the query. Fails with
/// `exit_status::wrong_usage` if the options are too long for it.
outcome<request_path> stream_path(const submission_head& head);

} // namespace batch::cli
