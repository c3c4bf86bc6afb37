#include "actors/transforms/json_compare.hpp"

#include "actors/transforms/json_number.hpp"
#include "actors/transforms/json_string.hpp"
#include "codecs/json_reader.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace batch {

namespace {

double to_double(std::string_view number) {
  double value = 0; // stays so if the number is too small for a double
  std::from_chars(number.data(), number.data() + number.size(), value);
  return value;
}

/// The order of two integers of decimal digits without leading zeros.
std::strong_ordering compare_integers(std::string_view a, std::string_view b) {
  auto is_negative = a.starts_with('-');
  if (is_negative != b.starts_with('-'))
    return is_negative ? std::strong_ordering::less
                       : std::strong_ordering::greater;
  if (is_negative)
    return compare_integers(b.substr(1), a.substr(1));
  if (a.size() != b.size())
    return a.size() <=> b.size();
  return a <=> b;
}

/// The content of a JSON string; `buffer` holds it if it has escapes.
std::string_view content_of(std::string_view text, std::string& buffer) {
  auto content = text.substr(1, text.size() - 2);
  if (content.find('\\') == std::string_view::npos)
    return content;
  buffer = unescape_json(content);
  return buffer;
}

/// The children in the order of their keys, of each key the last one.
std::vector<json_node> members_of(json_node& object) {
  auto members = std::move(object.children);
  std::ranges::reverse(members);
  std::ranges::stable_sort(members, {}, &json_node::key);
  auto doubled = std::ranges::unique(members, {}, &json_node::key);
  members.erase(doubled.begin(), doubled.end());
  return members;
}

bool equal(std::string_view a, std::string_view b, text_pool& pool) {
  auto kind = kind_of_json(a);
  if (kind != kind_of_json(b))
    return false;
  if (kind != json_kind::object && kind != json_kind::array) {
    auto order = compare_json(a, b);
    return order ? *order == std::strong_ordering::equal : a == b;
  }
  if (a == b)
    return true;
  json_node x;
  json_node y;
  x.text = a;
  y.text = b;
  if (!x.open(pool) || !y.open(pool))
    return false;
  if (kind == json_kind::object) {
    // Putting members in order takes longer than reading them.
    constexpr size_t bytes_per_member = 64;
    if (!pool.may_open((x.children.size() + y.children.size())
                       * bytes_per_member))
      return false;
    x.children = members_of(x);
    y.children = members_of(y);
  }
  return std::ranges::equal(
    x.children, y.children, [&](const json_node& m, const json_node& n) {
      return m.key == n.key && equal(m.text, n.text, pool);
    });
}

} // namespace

std::strong_ordering compare_json_numbers(std::string_view a,
                                          std::string_view b) {
  auto x = whole_number(a);
  auto y = whole_number(b);
  if (x && y) {
    auto plain = [](const std::string& n) { return n == "-0" ? "0" : n; };
    return compare_integers(plain(*x), plain(*y));
  }
  auto order = to_double(a) <=> to_double(b); // neither is NaN
  return order < 0   ? std::strong_ordering::less
         : order > 0 ? std::strong_ordering::greater
                     : std::strong_ordering::equal;
}

std::optional<std::strong_ordering> compare_json(std::string_view a,
                                                 std::string_view b) {
  auto kind = kind_of_json(a);
  if (kind != kind_of_json(b))
    return std::nullopt;
  if (kind == json_kind::number)
    return compare_json_numbers(a, b);
  if (kind != json_kind::string || a.size() < 2 || b.size() < 2)
    return std::nullopt;
  std::string x;
  std::string y;
  return content_of(a, x) <=> content_of(b, y);
}

bool equal_json(std::string_view a, std::string_view b, text_pool& pool) {
  return equal(trim_json(a), trim_json(b), pool);
}

} // namespace batch
