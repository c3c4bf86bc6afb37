#include "codecs/hash.hpp"

#include "tests/codecs/checks.hpp"

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

struct hash_row {
  std::string text;
  std::string digits;
};

std::ostream& operator<<(std::ostream& out, const hash_row& x) {
  return out << shown(x.text);
}

/// Source: the examples of FIPS 180-4 and sha256sum(1).
const std::vector<hash_row> hashes{
  {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
  {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
  {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
   "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
  {"\0"s, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
  {std::string(1'000'000, 'a'),
   "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(hash_test)

BOOST_DATA_TEST_CASE(a_text_has_the_digits_of_sha256, data::make(hashes), x) {
  BOOST_TEST(sha256_hex(x.text) == x.digits);
}

BOOST_DATA_TEST_CASE(a_stream_has_the_same_digits_in_any_pieces,
                     data::make(hashes), x) {
  for (size_t piece : {size_t{63}, size_t{64}, size_t{1000}}) {
    sha256 hash;
    for (size_t at = 0; at < x.text.size(); at += piece)
      hash.update(std::string_view{x.text}.substr(at, piece));
    hash.update("");
    BOOST_TEST(hash.finish_hex() == x.digits);
  }
}

BOOST_AUTO_TEST_SUITE_END()
