#include "codecs/results.hpp"

#include "codecs/record.hpp"

#include <algorithm>

namespace batch {

namespace {
constexpr uint8_t results_version = 1;
} // namespace

results_builder::results_builder() : record_(record_header_bytes, '\0') {}

void results_builder::add(uint32_t index, std::string_view result_json) {
  append_varint(record_, index);
  append_string(record_, result_json);
  empty_ = false;
}

std::string results_builder::take() {
  seal_record(record_, results_version);
  auto record = std::move(record_);
  record_.assign(record_header_bytes, '\0');
  empty_ = true;
  return record;
}

expected<std::vector<result_view>> read_results(std::string_view record) {
  auto body = open_record(record, results_version);
  if (!body)
    return fail(body);
  byte_reader reader{*body};
  std::vector<result_view> entries;
  while (reader.ok() && !reader.at_end()) {
    auto index = static_cast<uint32_t>(reader.varint());
    entries.push_back({index, reader.string()});
  }
  if (!reader.ok())
    return fail(ec::storage_corrupt, "a results record has the wrong length");
  std::ranges::sort(entries, {}, &result_view::index);
  return entries;
}

} // namespace batch
