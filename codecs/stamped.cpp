#include "codecs/stamped.hpp"

#include "codecs/bytes.hpp"
#include "codecs/record.hpp"

namespace batch {

namespace {
constexpr uint8_t stamped_version = 1;
} // namespace

std::array<char, stamp_bytes> make_stamp(uint64_t job, uint32_t item,
                                         std::string_view text) {
  auto sum = checksum_of(text);
  std::array<char, stamp_bytes> stamp;
  stamp[0] = stamped_version;
  std::memcpy(&stamp[1], &job, sizeof job);
  std::memcpy(&stamp[9], &item, sizeof item);
  std::memcpy(&stamp[13], &sum, sizeof sum);
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
      || checksum_of(x.text) != sum)
    return fail(ec::storage_corrupt, "a stored thing fails its checksum");
  return x;
}

} // namespace batch
