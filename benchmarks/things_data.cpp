#include "benchmarks/things_data.hpp"

#include <cassert>
#include <random>
#include <string_view>

namespace batch::bench {

namespace {

constexpr size_t pool_bytes = 1 << 20;

/// Words of changing letters, so that compression has honest work: the texts
/// of things that stand together do not overlap.
const std::string& text_pool() {
  static const std::string pool = [] {
    std::string text;
    std::minstd_rand random{1};
    while (text.size() < pool_bytes)
      text.push_back(
        random() % 7 == 0 ? ' ' : static_cast<char>('a' + random() % 26));
    return text;
  }();
  return pool;
}

void append_digits(std::string& out, size_t number, int digits) {
  char text[20];
  for (int i = digits; i-- > 0; number /= 10)
    text[i] = static_cast<char>('0' + number % 10);
  out.append(text, static_cast<size_t>(digits));
}

void append_text(std::string& out, size_t from, size_t bytes) {
  const auto& pool = text_pool();
  for (from %= pool_bytes; bytes > 0; from = 0) {
    auto part = std::string_view{pool}.substr(from, bytes);
    out += part;
    bytes -= part.size();
  }
}

} // namespace

void append_thing(std::string& out, const things_options& o, size_t number) {
  assert(o.bytes >= thing_bytes_min);
  auto begin = out.size();
  out.append(R"({"ns":")").append(o.ns).append(R"(","id":"thing-)");
  append_digits(out, number, 10);
  out += R"(","type":"Product","data":{"name":"Product )";
  append_digits(out, number, 10);
  out += R"(","price":1)";
  append_digits(out, number, 3);
  out.push_back('.');
  append_digits(out, number, 2);
  out += R"(,"text":")";
  auto text_bytes = o.bytes - (out.size() - begin) - 3;
  append_text(out, number * text_bytes, text_bytes);
  out += "\"}}";
}

shuffled_order::shuffled_order(size_t count) : count_(count) {
  while (half_bits_ < 31 && (size_t{1} << (2 * half_bits_)) < count)
    ++half_bits_;
}

size_t shuffled_order::encrypt(size_t x) const {
  auto mask = (size_t{1} << half_bits_) - 1;
  auto left = x >> half_bits_, right = x & mask;
  for (size_t round = 1; round <= 4; ++round) {
    // The mixing step of SplitMix64.
    auto mixed = (right + round * 0x9E3779B97F4A7C15) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    auto next = left ^ ((mixed >> 31) & mask);
    left = right;
    right = next;
  }
  return left << half_bits_ | right;
}

size_t shuffled_order::operator[](size_t place) const {
  do
    place = encrypt(place);
  while (place >= count_);
  return place;
}

} // namespace batch::bench
