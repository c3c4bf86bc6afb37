#include "codecs/stamped.hpp"

#include "codecs/bytes.hpp"
#include "codecs/record.hpp"

namespace batch {

namespace {
constexpr uint8_t stamped_version = 1;
/// Bytes before the checksum.
constexpr size_t origin_bytes = 13;

uint32_t sum_of(std::string_view origin, std::string_view text) {
  return checksum_of(origin) ^ checksum_of(text);
}
} // namespace

std::array<char, stamp_bytes> make_stamp(uint64_t job, uint32_t item,
                                         std::string_view text) {
  std::array<char, stamp_bytes> stamp;
  stamp[0] = stamped_version;
  std::memcpy(&stamp[1], &job, sizeof job);
  std::memcpy(&stamp[9], &item, sizeof item);
  auto sum = sum_of({stamp.data(), origin_bytes}, text);
  std::memcpy(&stamp[origin_bytes], &sum, sizeof sum);
  return stamp;
}

expected<stamped_view> read_stamped(std::string_view record) {
  byte_reader reader{record};
  auto version = reader.fixed<uint8_t>();
  stamped_view x{};
  x.job = reader.fixed<uint64_t>();
  x.item = reader.fixed<uint32_t>();
  auto sum = reader.fixed<uint32_t>();
  x.text = reader.rest();
  if (!reader.ok() || version != stamped_version
      || sum_of(record.substr(0, origin_bytes), x.text) != sum)
    return fail(ec::storage_corrupt, "a stored thing fails its checksum");
  return x;
}

} // namespace batch
