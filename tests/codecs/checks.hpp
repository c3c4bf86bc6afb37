// Short forms of what the tests of codecs ask.
#pragma once

#include "codecs/error.hpp"
#include "tests/contains.hpp"
#include "tests/printing.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace batch::test {

namespace data = boost::unit_test::data;

/// Members or elements of a JSON text: key and text of the value.
using member_list = std::vector<std::pair<std::string, std::string>>;

/// The value of an `expected` that must hold one.
template <class T>
T must(expected<T> x) {
  BOOST_REQUIRE_MESSAGE(x, (x ? "" : x.error().message));
  return std::move(*x);
}

/// The error of an `expected` that must have failed.
template <class T>
error error_of(const expected<T>& x) {
  BOOST_REQUIRE(!x);
  BOOST_TEST(!x.error().message.empty());
  return x.error();
}

template <class T>
ec code_of(const expected<T>& x) {
  return error_of(x).code;
}

/// A text for people: bytes that cannot be printed as \xHH, and the begin of
/// long ones.
inline std::string shown(std::string_view text) {
  constexpr auto digits = "0123456789abcdef";
  std::string out;
  for (unsigned char c : text.substr(0, 200))
    if (c >= 0x20 && c < 0x7F)
      out.push_back(static_cast<char>(c));
    else
      out += {'\\', 'x', digits[c >> 4], digits[c & 15]};
  return text.size() > 200 ? out + "…" : out;
}

/// Calls `check` with every shorter begin of a record.
template <class Check>
void for_each_truncation(const std::string& record, Check&& check) {
  for (size_t size = 0; size < record.size(); ++size)
    BOOST_TEST_CONTEXT("the first " << size << " bytes") {
      check(record.substr(0, size));
    }
}

/// Calls `check` with the record with each of its bits changed.
template <class Check>
void for_each_bit_flip(const std::string& record, Check&& check) {
  for (size_t bit = 0; bit < record.size() * 8; ++bit) {
    auto changed = record;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    BOOST_TEST_CONTEXT("bit " << bit) {
      check(std::move(changed));
    }
  }
}

} // namespace batch::test
