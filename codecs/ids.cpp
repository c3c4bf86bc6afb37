#include "codecs/ids.hpp"

#include <cstring>
#include <sys/random.h>
#include <system_error>

namespace batch {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

void fill_random(void* out, size_t size) {
  // Up to 256 bytes come whole or not at all (getrandom(2)).
  while (getrandom(out, size, 0) != static_cast<ssize_t>(size))
    if (errno != EINTR)
      throw std::system_error(errno, std::generic_category(), "getrandom");
}

bool is_hyphen_place(size_t i) {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

} // namespace

job_id make_job_id(std::chrono::system_clock::time_point now,
                   const std::array<uint8_t, 10>& random) {
  job_id id;
  auto ms = static_cast<uint64_t>(
    std::chrono::duration_cast<std::chrono::milliseconds>(
      now.time_since_epoch())
      .count());
  for (size_t i = 0; i < 6; ++i)
    id.bytes[i] = static_cast<uint8_t>(ms >> (40 - 8 * i));
  std::memcpy(id.bytes.data() + 6, random.data(), random.size());
  id.bytes[6] = static_cast<uint8_t>((id.bytes[6] & 0x0F) | 0x70); // version 7
  id.bytes[8] = static_cast<uint8_t>((id.bytes[8] & 0x3F) | 0x80); // variant
  return id;
}

job_id make_job_id() {
  std::array<uint8_t, 10> random;
  fill_random(random.data(), random.size());
  return make_job_id(std::chrono::system_clock::now(), random);
}

std::string to_string(const job_id& id) {
  std::string text;
  text.reserve(36);
  for (auto byte : id.bytes) {
    if (is_hyphen_place(text.size()))
      text.push_back('-');
    text.push_back(hex_digits[byte >> 4]);
    text.push_back(hex_digits[byte & 15]);
  }
  return text;
}

expected<job_id> parse_job_id(std::string_view text) {
  auto bad = [] {
    return fail(ec::invalid_request,
                "a job id looks like 018f4e2a-7c3d-7b1e-9a55-0242ac120002");
  };
  if (text.size() != 36)
    return bad();
  job_id id;
  size_t digits = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (is_hyphen_place(i)) {
      if (text[i] != '-')
        return bad();
      continue;
    }
    auto value = hex_value(text[i]);
    if (value < 0)
      return bad();
    auto& byte = id.bytes[digits++ / 2];
    byte = static_cast<uint8_t>(byte << 4 | value);
  }
  return id;
}

std::string random_hex_id() {
  std::array<uint8_t, 16> random;
  fill_random(random.data(), random.size());
  std::string text;
  text.reserve(32);
  for (auto byte : random) {
    text.push_back(hex_digits[byte >> 4]);
    text.push_back(hex_digits[byte & 15]);
  }
  return text;
}

} // namespace batch
