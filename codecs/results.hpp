// The results of the items of one chunk that succeeded, as one record.
//
//   results  :=  record header | entry*
//   entry    :=  item index varint (in its job) | result
//                string (JSON text)
#pragma once

#include "codecs/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

class results_builder {
public:
  results_builder();
  /// Each index once, in any order.
  void add(uint32_t index, std::string_view result_json);
  bool empty() const { return empty_; }
  size_t bytes() const { return record_.size(); }
  /// The record of what was added since the last call.
  std::string take();

private:
  std::string record_;
  bool empty_ = true;
};

struct result_view {
  uint32_t index;
  std::string_view json;
};

/// Reads a record; the entries come by ascending index. The views point into
/// the record.
/// Errors: `ec::storage_corrupt`.
expected<std::vector<result_view>> read_results(std::string_view record);

} // namespace batch
