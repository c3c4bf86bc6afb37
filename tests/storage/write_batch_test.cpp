#include "storage/write_batch.hpp"

#include "codecs/bytes.hpp"
#include "codecs/limits.hpp"
#include "tests/storage/stores.hpp"

#include <boost/test/data/test_case.hpp>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace data = boost::unit_test::data;

namespace {

using op = write_batch::op;

/// The byte form of one entry, with any numbers.
std::string raw_entry(int o, int f, size_t key_bytes, size_t value_bytes,
                      std::string rest) {
  std::string bytes{static_cast<char>(o), static_cast<char>(f)};
  append_fixed(bytes, static_cast<uint32_t>(key_bytes));
  append_fixed(bytes, static_cast<uint32_t>(value_bytes));
  return bytes + rest;
}

struct broken_form {
  const char* what;
  std::string bytes;

  friend std::ostream& operator<<(std::ostream& out, const broken_form& x) {
    return out << x.what;
  }
};

const broken_form broken_forms[] = {
  {"a header that is cut off", "\x01\x04\x01"s},
  {"a key that is cut off", raw_entry(1, 4, 5, 0, "key")},
  {"a value that is cut off", raw_entry(1, 4, 1, 9, "kvalue")},
  {"lengths whose sum overflows", raw_entry(1, 4, 1, UINT32_MAX, "kv")},
  {"an operation 0", raw_entry(0, 4, 1, 1, "kv")},
  {"an operation not known", raw_entry(6, 4, 1, 1, "kv")},
  {"a family not known", raw_entry(1, family_count, 1, 1, "kv")},
  {"an empty key", raw_entry(1, 4, 0, 1, "v")},
  {"a key too long",
   raw_entry(1, 4, key_bytes_max + 1, 0, std::string(key_bytes_max + 1, 'k'))},
  {"a value too long", raw_entry(1, 4, 1, value_bytes_max + 1,
                                 std::string(value_bytes_max + 2, 'v'))},
  {"an erasure with a value", raw_entry(2, 4, 1, 1, "kv")},
  {"a range without an end", raw_entry(3, 4, 1, 0, "k")},
  {"a good entry and then half of one",
   raw_entry(1, 4, 1, 1, "kv") + raw_entry(1, 4, 1, 1, "k")},
};

} // namespace

BOOST_AUTO_TEST_SUITE(write_batch_test)

BOOST_AUTO_TEST_CASE(entries_come_back_in_order_with_all_their_parts) {
  write_batch batch;
  batch.put(family::things, "key", "value");
  batch.put(family::jobs, "parts", {"a", "", "bc"});
  batch.erase(family::links, "gone");
  batch.erase_range(family::chunks, "from", "to");
  batch.expect(family::meta, "is", "so");
  batch.expect(family::dead, "is not", std::nullopt);
  BOOST_TEST(batch.entries() == 6u);
  std::vector<std::tuple<op, family, std::string, std::string>> seen;
  batch.for_each([&](const write_batch::entry& x) {
    seen.emplace_back(x.op, x.family, x.key, x.value);
  });
  decltype(seen) wanted = {
    {op::put, family::things, "key", "value"},
    {op::put, family::jobs, "parts", "abc"},
    {op::erase, family::links, "gone", ""},
    {op::erase_range, family::chunks, "from", "to"},
    {op::expect_value, family::meta, "is", "so"},
    {op::expect_absent, family::dead, "is not", ""},
  };
  BOOST_TEST((seen == wanted));
}

BOOST_AUTO_TEST_CASE(appending_a_batch_adds_its_entries_behind) {
  auto first = put_one(family::things, "a", "1");
  first.append(put_one(family::things, "b", "2"));
  std::string keys;
  first.for_each([&](const write_batch::entry& x) { keys += x.key; });
  BOOST_TEST(keys == "ab");
  BOOST_TEST(first.entries() == 2u);
  first.clear();
  BOOST_TEST(first.empty());
  BOOST_TEST(first.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(the_byte_form_makes_the_same_batch_again) {
  write_batch batch;
  batch.put(family::things, "key\0\xFF"s, std::string(1000, 'v'));
  batch.erase_range(family::marks, "a", "b");
  batch.expect(family::jobs, "k", "");
  auto again = must(write_batch::from_data(batch.data()));
  BOOST_TEST((again.data() == batch.data()));
  BOOST_TEST(again.entries() == batch.entries());
}

BOOST_AUTO_TEST_CASE(an_empty_byte_form_is_an_empty_batch) {
  BOOST_TEST(must(write_batch::from_data("")).empty());
}

BOOST_DATA_TEST_CASE(a_broken_byte_form_is_refused, data::make(broken_forms),
                     broken) {
  BOOST_TEST(code_of(write_batch::from_data(broken.bytes))
             == ec::storage_corrupt);
}

BOOST_AUTO_TEST_CASE(a_byte_form_with_too_many_entries_is_refused) {
  std::string bytes;
  for (size_t i = 0; i < batch_entries_max; ++i)
    bytes += raw_entry(2, 4, 1, 0, "k");
  BOOST_TEST(must(write_batch::from_data(bytes)).entries()
             == batch_entries_max);
  bytes += raw_entry(2, 4, 1, 0, "k");
  BOOST_TEST(code_of(write_batch::from_data(bytes)) == ec::storage_corrupt);
}

BOOST_AUTO_TEST_CASE(each_family_has_a_name_of_its_own) {
  std::map<std::string_view, int> names;
  for (size_t i = 0; i < family_count; ++i)
    ++names[to_string(static_cast<family>(i))];
  BOOST_TEST(names.size() == family_count);
}

BOOST_AUTO_TEST_SUITE_END()
