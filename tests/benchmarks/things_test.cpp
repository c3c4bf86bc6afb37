#include "benchmarks/things_body.hpp"
#include "codecs/items.hpp"
#include "codecs/json_reader.hpp"
#include "codecs/ndjson.hpp"
#include "codecs/submission_json.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace batch;
using namespace batch::bench;

namespace {

/// The ids in a body, in order; every item must be a valid thing.
std::vector<std::string> ids_of(body_form form, const std::string& body) {
  std::vector<std::string> ids;
  item_reader reader;
  auto take = [&](std::string_view text) {
    auto thing = reader.thing(text);
    BOOST_REQUIRE_MESSAGE(thing, text);
    ids.emplace_back(thing->id);
    return true;
  };
  if (form == body_form::json) {
    auto parts = parse_submission(body);
    BOOST_REQUIRE(parts && parts->items);
    split_elements(*parts->items,
                   [&](const json_member& x) { return take(x.value); });
  } else {
    auto visit = [&](const ndjson_splitter::line& x) { return take(x.text); };
    ndjson_splitter lines{1 << 20};
    lines.feed(body, visit);
    lines.finish(visit);
  }
  return ids;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_thing_is_as_long_as_it_should_be) {
  item_reader reader;
  for (size_t bytes : {thing_bytes_min, size_t{250}, size_t{5000}})
    for (size_t number : {size_t{0}, size_t{7}, size_t{9'999'999'999}}) {
      things_options o;
      o.bytes = bytes;
      o.ns = "sixteen-bytes-ns";
      std::string text;
      append_thing(text, o, number);
      BOOST_TEST(text.size() == bytes);
      BOOST_TEST(reader.thing(text).has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_body_is_as_long_as_it_announces_and_holds_all_things) {
  for (const auto& format : body_formats)
    for (size_t count : {1, 2, 3000})
      for (auto shuffled : {false, true}) {
        things_options o;
        o.count = count;
        o.shuffled = shuffled;
        o.first = 5;
        things_body body{o, format.form};
        auto text = whole_body(body);
        BOOST_TEST(text.size() == body.bytes());
        BOOST_TEST(text == whole_body(body)); // rewound
        auto ids = ids_of(format.form, text);
        BOOST_TEST(ids.size() == count);
        BOOST_TEST((std::set(ids.begin(), ids.end()).size() == count));
        BOOST_TEST(*std::ranges::min_element(ids) == "thing-0000000005");
        if (count == 3000)
          BOOST_TEST(std::ranges::is_sorted(ids) != shuffled);
      }
}

BOOST_AUTO_TEST_CASE(a_shuffled_order_has_each_number_once_and_few_neighbours) {
  for (size_t count : {1, 2, 3, 100, 4096, 4097, 100'000}) {
    shuffled_order order{count};
    std::vector<bool> seen(count);
    size_t neighbours = 0;
    for (size_t i = 0; i < count; ++i) {
      auto x = order[i];
      BOOST_REQUIRE(x < count);
      BOOST_REQUIRE(!seen[x]);
      seen[x] = true;
      neighbours += i > 0 && x == order[i - 1] + 1;
    }
    if (count >= 4096)
      BOOST_TEST(neighbours < count / 100);
  }
}
