#include "codecs/submission_scanner.hpp"

#include "codecs/json_reader.hpp"
#include "tests/codecs/checks.hpp"
#include "tests/codecs/random_source.hpp"

#include <vector>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

/// What a body says, with texts of its own.
struct content {
  job_kind type;
  std::string input;
  std::string options;
  std::vector<std::string> items;

  bool operator==(const content&) const = default;
};

content describe(const submission_view& x, std::vector<std::string> items) {
  return {x.type, std::string{x.input}, std::string{x.options},
          std::move(items)};
}

/// Reads a body whole: what the scanner must not contradict.
std::optional<content> read_whole(const std::string& body) {
  auto padded = body;
  padded.reserve(body.size() + json_padding);
  auto parts = parse_submission(padded);
  if (!parts || !parts->items)
    return std::nullopt;
  std::vector<std::string> items;
  json_reader reader;
  auto all_good = true;
  auto walked = split_elements(*parts->items, [&](const json_member& item) {
    auto checked = reader.check(item.value);
    all_good = checked || checked.error().code != ec::invalid_json;
    items.emplace_back(item.value);
    return all_good;
  });
  if (!walked || !all_good)
    return std::nullopt;
  return describe(*parts, std::move(items));
}

/// Feeds a body piece by piece, each time into another buffer.
template <class PieceSize>
std::optional<content> scan(const std::string& body, PieceSize&& next_size) {
  submission_scanner scanner;
  json_reader reader;
  std::vector<std::string> items;
  auto heads = 0;
  for (size_t came = 0; came < body.size();) {
    came = std::min(body.size(), came + next_size());
    auto so_far = body.substr(0, came);
    auto goes_on = scanner.scan(
      so_far, [&](const submission_view&) { return ++heads == 1; },
      [&](std::string_view item) {
        BOOST_TEST(heads == 1);
        items.emplace_back(item);
        auto checked = reader.check(item);
        return checked || checked.error().code != ec::invalid_json;
      });
    if (!goes_on) {
      BOOST_TEST(!scanner.finish(body).has_value());
      return std::nullopt;
    }
  }
  auto found = scanner.finish(body);
  if (!found)
    return std::nullopt;
  return describe(*found, std::move(items));
}

const std::vector<std::string> streamed_bodies{
  R"({"type":"import-things","items":[]})",
  R"( { "type" : "import-things" , "items" : [ ] } )",
  R"({"type":"import-things","items":[{"ns":"a","id":"b"}]})",
  R"({"type":"import-things","items":[{"a":[1,{"b":"}]"}]},2,"x",null]})",
  R"({"type":"transform-data","items":["\"","\\","]","\\\"]",""]})",
  R"({"type":"transform-data","items":[1,-2.5e3,true,false,null,[],{}]})",
  "{\"type\":\"transform-data\",\"items\":[ 1 ,\n2\t,\r3 ]}\n",
  R"({"type":"import-things","options":{"chunkSize":7},"items":[1]})",
  R"({"type":"import-things","items":[1],"options":{"chunkSize":7}})",
  R"({"input":{"a":"]"},"x":[1,"}"],"type":"import-things","items":[1,2]})",
  R"({"type":"import-things","items":["ä€𐍈"],"y":{"items":[3]}})",
};

const std::vector<std::string> whole_bodies{
  "",
  " ",
  "[]",
  "7",
  R"({"type":"import-things"})",
  R"({"items":[1],"type":"import-things"})",
  R"({"type":"no type","items":[1]})",
  R"({"type":"import-things","items":{}})",
  R"({"type":"import-things","items":[1],"items":[2]})",
  R"({"type":"import-things","items":[1],"type":"import-things"})",
  R"({"typ\u0065":"import-things","items":[1]})",
  R"({"type":"import-things","items":[1,]})",
  R"({"type":"import-things","items":[,1]})",
  R"({"type":"import-things","items":[1 2]})",
  R"({"type":"import-things","items":["a""b"]})",
  R"({"type":"import-things","items":[1}})",
  R"({"type":"import-things","items":[{"a":1]}]})",
  R"({"type":"import-things","items":[tru]})",
  R"({"type":"import-things","items":[1])",
  R"({"type":"import-things","items":[1)",
  R"({"type":"import-things","items":["a)",
  R"({"type":"import-things","items":[1]}})",
  R"({"type":"import-things","items":[1]} x)",
  R"({"type":"import-things","items":[1],})",
  R"({"type":"import-things","options":{"a":},"items":[1]})",
  R"({"type":"import-things","options":1,"items":[1]})",
};

} // namespace

BOOST_AUTO_TEST_SUITE(submission_scanner_test)

BOOST_AUTO_TEST_CASE(the_common_form_is_found_as_if_it_was_read_whole) {
  for (const auto& body : streamed_bodies)
    BOOST_TEST_CONTEXT(body) {
      auto whole = read_whole(body);
      BOOST_TEST_REQUIRE(whole.has_value());
      for (size_t size : {1, 2, 3, 7, 1000})
        BOOST_TEST((scan(body, [=] { return size; }) == whole));
    }
}

BOOST_AUTO_TEST_CASE(everything_else_is_left_to_be_read_whole) {
  for (const auto& body : whole_bodies)
    BOOST_TEST_CONTEXT(body) {
      for (size_t size : {1, 2, 3, 7, 1000})
        BOOST_TEST(!scan(body, [=] { return size; }).has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_long_head_or_tail_is_left_to_be_read_whole) {
  auto filler = "\"x\":\""s + std::string(200'000, 'x') + "\""s;
  for (const auto& body :
       {R"({"type":"import-things",)" + filler + R"(,"items":[1]})",
        R"({"type":"import-things","items":[1],)" + filler + "}"})
    BOOST_TEST(!scan(body, [] { return size_t{1000}; }).has_value());
}

BOOST_AUTO_TEST_CASE(a_visitor_ends_the_scan_for_good) {
  auto body = R"({"type":"import-things","items":[1,2]})"s;
  auto yes = [](const auto&) { return true; };
  auto no = [](const auto&) { return false; };
  submission_scanner refused_head;
  BOOST_TEST(!refused_head.scan(body, no, yes));
  BOOST_TEST(!refused_head.scan(body, yes, yes));
  submission_scanner refused_item;
  BOOST_TEST(!refused_item.scan(body, yes, no));
  BOOST_TEST(!refused_item.finish(body).has_value());
}

BOOST_AUTO_TEST_CASE(no_broken_body_is_taken_for_a_whole_one) {
  auto seed = chosen_seed();
  BOOST_TEST_MESSAGE("BATCH_TEST_SEED=" << seed);
  random_source random{seed};
  auto taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto body = random.any_of(streamed_bodies);
    for (auto changes = random.below(3); changes > 0; --changes) {
      auto at = random.below(body.size());
      auto c = random.any_of("{}[]\",:\\ 1atn\n\x80"s);
      if (random.one_in(3))
        body.erase(at, 1);
      else if (random.one_in(2))
        body.insert(at, 1, c);
      else
        body[at] = c;
    }
    auto found = scan(body, [&] { return 1 + random.below(9); });
    if (!found)
      continue;
    ++taken;
    auto whole = read_whole(body);
    BOOST_TEST_CONTEXT("seed " << seed << ": " << shown(body))
    BOOST_TEST((whole.has_value() && *whole == *found));
  }
  BOOST_TEST(taken > 1000);
}

BOOST_AUTO_TEST_SUITE_END()
