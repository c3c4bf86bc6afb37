// A choice of the fields of a record.
#pragma once

#include "codecs/error.hpp"
#include "codecs/json_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// E.g. "id,content,data.price,data.name".
struct record_fields {
  /// Names of members; "data" is all of it.
  std::vector<std::string> names;
  /// Keys of `data`, without the "data." before them. A dot is part of a key:
  /// "data.a.b" is the key "a.b".
  std::vector<std::string> data_keys;

  bool has(std::string_view name) const;
  bool operator==(const record_fields&) const = default;
};

/// Reads names with commas between them. A name that no record has is fine.
/// Errors: `ec::invalid_request` for an empty list, an empty name and one that
/// is there twice.
expected<record_fields> parse_record_fields(std::string_view text);

/// Cuts records down to a choice of their fields.
/// Thread-safety: none.
class field_picker {
public:
  explicit field_picker(record_fields wanted) : wanted_(std::move(wanted)) {}

  /// The members that are wanted, in the order of the record and with their
  /// values as they are written there; `data` only if it has a wanted key.
  /// @param record valid JSON text of an object.
  /// @returns a text that is valid until the next call.
  std::string_view pick(std::string_view record);

private:
  void add_data(std::string_view data);
  /// Appends a comma where one is needed, and the key.
  void add_key(std::string_view key);

  record_fields wanted_;
  std::string out_;
  json_reader outer_;
  json_reader inner_;
};

} // namespace batch
