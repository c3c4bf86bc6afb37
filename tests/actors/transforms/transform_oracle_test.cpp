// Random items and random steps against a plain implementation on another
// JSON library, which keeps the order of keys but not the bytes of values.
#include "actors/transforms/transform.hpp"

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace batch;

namespace {

using json = nlohmann::ordered_json;

/// Draws items, fields and steps from a seed.
class generator {
public:
  size_t below(size_t bound) { return random_() % bound; }

  /// Few keys, so that fields often meet members.
  std::string key() {
    constexpr const char* keys[] = {"a", "b", "c", "é", "d/e", "0", "f~g"};
    return keys[below(std::size(keys))];
  }

  json value(size_t levels) {
    switch (below(levels == 0 ? 6 : 9)) {
    case 0:
      return nullptr;
    case 1:
      return below(2) == 0;
    case 2:
      return static_cast<int64_t>(below(2000)) - 1000;
    case 3:
      return static_cast<double>(below(1000)) / 8;
    case 4:
      return std::to_string(below(100)) + (below(2) == 0 ? ".5" : "");
    case 5:
      return text();
    case 6: {
      json array = json::array();
      for (auto n = below(4); n > 0; --n)
        array.push_back(value(levels - 1));
      return array;
    }
    default:
      return object(levels);
    }
  }

  json object(size_t levels) {
    json object = json::object();
    for (auto n = below(6); n > 0; --n)
      object[key()] = value(levels - 1);
    return object;
  }

  /// A field as tokens.
  std::vector<std::string> field() {
    std::vector<std::string> tokens{key()};
    while (below(2) == 0)
      tokens.push_back(below(3) == 0 ? std::to_string(below(3)) : key());
    return tokens;
  }

  /// JSON text with white space and escapes that need not be.
  std::string write(const json& value) {
    if (value.is_object() || value.is_array()) {
      std::string text = value.is_object() ? "{" : "[";
      size_t n = 0;
      for (const auto& [key, child] : value.items()) {
        text += n++ == 0 ? space() : space() + "," + space();
        if (value.is_object())
          text += write(key) + space() + ":" + space();
        text += write(child);
      }
      return text + space() + (value.is_object() ? "}" : "]");
    }
    // Escapes every other string.
    return value.dump(-1, ' ', below(2) == 0);
  }

private:
  std::string space() {
    constexpr const char* spaces[] = {"", "", "", " ", "\n\t"};
    return spaces[below(std::size(spaces))];
  }

  std::string text() {
    constexpr const char* parts[]
      = {"x", "Y", " ", "é", "\"", "\\", "\n", "{", ",", "]", "Ж", "🎉"};
    std::string text;
    for (auto n = below(6); n > 0; --n)
      text += parts[below(std::size(parts))];
    return text;
  }

  std::mt19937 random_{20261123};
};

std::string pointer(const std::vector<std::string>& tokens) {
  json::json_pointer pointer;
  for (const auto& token : tokens)
    pointer /= token;
  return pointer.to_string();
}

/// The value of a field, or nothing.
json* find(json& item, const std::vector<std::string>& tokens) {
  auto at = &item;
  for (const auto& token : tokens) {
    if (at->is_object() && at->contains(token))
      at = &(*at)[token];
    else if (at->is_array() && token.size() == 1 && token[0] >= '0'
             && token[0] <= '9'
             && static_cast<size_t>(token[0] - '0') < at->size())
      at = &(*at)[static_cast<size_t>(token[0] - '0')];
    else
      return nullptr;
  }
  return at;
}

/// Each function does a step with one field; false if it cannot be done.
bool omit(json& item, std::vector<std::string> tokens) {
  auto last = tokens.back();
  if (!find(item, tokens))
    return true;
  tokens.pop_back();
  auto parent = find(item, tokens);
  if (parent->is_array())
    parent->erase(static_cast<size_t>(last[0] - '0'));
  else
    parent->erase(last);
  return true;
}

bool pick(json& item, const std::vector<std::string>& tokens) {
  auto found = find(item, tokens);
  if (!found) {
    item = json::object();
    return true;
  }
  json picked = *found;
  for (size_t n = tokens.size(); n > 0; --n) {
    auto parent
      = find(item, {tokens.begin(), tokens.begin() + static_cast<long>(n - 1)});
    if (parent->is_array())
      picked = json::array({picked});
    else
      picked = json{{tokens[n - 1], picked}};
  }
  item = picked;
  return true;
}

bool rename(json& item, std::vector<std::string> tokens,
            const std::string& key) {
  if (!find(item, tokens))
    return true;
  auto last = tokens.back();
  tokens.pop_back();
  auto parent = find(item, tokens);
  if (parent->is_array())
    return false;
  json renamed = json::object();
  for (const auto& [name, value] : parent->items())
    if (name == last || name != key)
      renamed[name == last ? key : name] = value;
  *parent = renamed;
  return true;
}

bool set(json& item, const std::vector<std::string>& tokens, const json& value,
         bool only_if_null) {
  auto at = &item;
  for (const auto& token : tokens) {
    if (at->is_array()) {
      auto index = static_cast<size_t>(token[0] - '0');
      if (token.size() != 1 || index > 9 || index > at->size())
        return false;
      if (index == at->size())
        at->push_back(&token == &tokens.back() ? json{} : json::object());
      at = &(*at)[index];
    } else if (at->is_object()) {
      if (!at->contains(token))
        (*at)[token] = &token == &tokens.back() ? json{} : json::object();
      at = &(*at)[token];
    } else {
      return false;
    }
  }
  if (!only_if_null || at->is_null())
    *at = value;
  return true;
}

bool upper(json& item, const std::vector<std::string>& tokens) {
  auto found = find(item, tokens);
  if (!found || found->is_null())
    return true;
  if (!found->is_string())
    return false;
  auto text = found->get<std::string>();
  for (auto& c : text)
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  // The only other small letter that the generator draws.
  for (size_t i = 0; (i = text.find("é", i)) != std::string::npos;)
    text.replace(i, std::string_view{"é"}.size(), "É");
  *found = text;
  return true;
}

bool cast_to_string(json& item, const std::vector<std::string>& tokens) {
  auto found = find(item, tokens);
  if (!found || found->is_null() || found->is_string())
    return true;
  if (found->is_structured())
    return false;
  *found = found->dump();
  return true;
}

} // namespace

BOOST_AUTO_TEST_CASE(steps_that_meet_nothing_keep_every_byte) {
  generator random;
  auto aut = *transform::parse(
    R"({"steps":[{"omit":["none","/a/none"]},{"rename":{"none":"a"}},
          {"upper":["none","/b/none/c"]},{"cast":{"/c/none":"string"}}]})");
  for (int round = 0; round < 1'000; ++round) {
    auto text = random.write(random.object(4));
    BOOST_TEST_REQUIRE(*aut.apply(text) == text);
  }
}

BOOST_AUTO_TEST_CASE(steps_that_change_nothing_keep_the_meaning) {
  generator random;
  auto aut = *transform::parse(
    R"({"steps":[{"set":{"new":1}},{"rename":{"new":"old"}},
          {"omit":["old"]}]})");
  for (int round = 0; round < 1'000; ++round) {
    auto item = random.object(4);
    auto result = aut.apply(random.write(item));
    BOOST_TEST_REQUIRE(result.has_value());
    BOOST_TEST_REQUIRE((json::parse(*result) == item), *result);
  }
}

BOOST_AUTO_TEST_CASE(random_steps_do_what_the_oracle_does) {
  generator random;
  size_t failed = 0;
  for (int round = 0; round < 5'000; ++round) {
    auto item = random.object(4);
    auto text = random.write(item);
    json steps = json::array();
    bool possible = true;
    for (auto n = random.below(4) + 1; n > 0 && possible; --n) {
      auto tokens = random.field();
      auto field = pointer(tokens);
      auto value = random.value(2);
      auto key = random.key();
      switch (random.below(7)) {
      case 0:
        steps.push_back({{"pick", json::array({field})}});
        possible = pick(item, tokens);
        break;
      case 1:
        steps.push_back({{"omit", json::array({field})}});
        possible = omit(item, tokens);
        break;
      case 2:
        steps.push_back({{"rename", {{field, key}}}});
        possible = rename(item, tokens, key);
        break;
      case 3:
        steps.push_back({{"set", {{field, value}}}});
        possible = set(item, tokens, value, false);
        break;
      case 4:
        steps.push_back({{"default", {{field, value}}}});
        possible = set(item, tokens, value, true);
        break;
      case 5:
        steps.push_back({{"upper", json::array({field})}});
        possible = upper(item, tokens);
        break;
      default:
        steps.push_back({{"cast", {{field, "string"}}}});
        possible = cast_to_string(item, tokens);
      }
    }
    auto aut = transform::parse(random.write(json{{"steps", steps}}));
    BOOST_TEST_REQUIRE(aut.has_value(), aut.error().message);
    auto result = aut->apply(text);
    BOOST_TEST_REQUIRE(result.has_value() == possible,
                       text << " by " << steps.dump());
    if (!possible) {
      ++failed;
      continue;
    }
    BOOST_TEST_REQUIRE((json::parse(*result) == item),
                       text << " by " << steps.dump() << " is " << *result
                            << ", not " << item.dump());
  }
  BOOST_TEST(failed > 200u);
  BOOST_TEST(failed < 2'500u);
}
