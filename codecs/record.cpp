#include "codecs/record.hpp"

#include <xxhash.h>

namespace batch {

uint32_t checksum_of(std::string_view bytes) {
  return static_cast<uint32_t>(XXH3_64bits(bytes.data(), bytes.size()));
}

void seal_record(std::string& record, uint8_t version) {
  auto sum = checksum_of(std::string_view{record}.substr(record_header_bytes));
  record[0] = static_cast<char>(version);
  std::memcpy(record.data() + 1, &sum, sizeof sum);
}

expected<std::string_view> open_record(std::string_view record,
                                       uint8_t version) {
  byte_reader reader{record};
  auto found = reader.fixed<uint8_t>();
  auto sum = reader.fixed<uint32_t>();
  if (!reader.ok())
    return fail(ec::storage_corrupt, "a record is too short");
  if (found != version)
    return fail(ec::storage_corrupt, "a record has version "
                                       + std::to_string(found) + ", expected "
                                       + std::to_string(version));
  if (checksum_of(reader.rest()) != sum)
    return fail(ec::storage_corrupt, "a record fails its checksum");
  return reader.rest();
}

} // namespace batch
