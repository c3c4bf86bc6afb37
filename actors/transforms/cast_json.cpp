#include "actors/transforms/cast_json.hpp"

#include "actors/transforms/json_number.hpp"
#include "actors/transforms/json_string.hpp"
#include "codecs/json_reader.hpp"

#include <algorithm>

namespace batch {

namespace {

/// The content of a JSON string, without copying it if it has no escapes.
class string_content {
public:
  explicit string_content(std::string_view value)
    : view_(value.substr(1, value.size() - 2)) {
    if (view_.find('\\') != std::string_view::npos) {
      unescaped_ = unescape_json(view_);
      view_ = unescaped_;
    }
  }
  string_content(const string_content&) = delete;
  string_content& operator=(const string_content&) = delete;

  std::string_view view() const { return view_; }

private:
  std::string unescaped_;
  std::string_view view_;
};

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
  });
}

auto cannot(std::string_view value, std::string_view what) {
  return fail(ec::transform_failed,
              clip_text(value) + " is not " + std::string{what});
}

expected<std::string> to_string(std::string_view value, json_kind kind) {
  if (kind == json_kind::string)
    return std::string{value};
  std::string text;
  text += '"';
  text += value;
  text += '"';
  return text;
}

expected<std::string> to_number(std::string_view value, json_kind kind) {
  if (kind == json_kind::boolean)
    return value == "true" ? "1" : "0";
  if (kind == json_kind::number)
    return std::string{value};
  string_content content{value};
  if (!is_json_number(content.view()))
    return cannot(value, "a number");
  return std::string{content.view()};
}

expected<std::string> to_integer(std::string_view value, json_kind kind) {
  auto number = to_number(value, kind);
  if (!number)
    return cannot(value, "an integer");
  auto integer = whole_number(*number);
  if (!integer)
    return cannot(value, "an integer of 64 bits");
  return *integer;
}

expected<std::string> to_boolean(std::string_view value, json_kind kind) {
  if (kind == json_kind::boolean)
    return std::string{value};
  if (kind == json_kind::string) {
    string_content content{value};
    if (content.view() == "1" || equals_ignoring_case(content.view(), "true"))
      return "true";
    if (content.view() == "0" || equals_ignoring_case(content.view(), "false"))
      return "false";
  } else if (auto integer = whole_number(value)) {
    if (*integer == "1")
      return "true";
    if (*integer == "0" || *integer == "-0")
      return "false";
  }
  return cannot(value, "a boolean");
}

} // namespace

std::optional<cast_type> parse_cast_type(std::string_view name) {
  if (name == "string")
    return cast_type::string;
  if (name == "number")
    return cast_type::number;
  if (name == "integer")
    return cast_type::integer;
  if (name == "boolean")
    return cast_type::boolean;
  return std::nullopt;
}

expected<std::string> cast_json(std::string_view value, cast_type type) {
  auto kind = kind_of_json(value);
  if (kind == json_kind::null)
    return std::string{value};
  if (kind == json_kind::object || kind == json_kind::array)
    return cannot(value, "a string, number or boolean");
  switch (type) {
  case cast_type::string:
    return to_string(value, kind);
  case cast_type::number:
    return to_number(value, kind);
  case cast_type::integer:
    return to_integer(value, kind);
  case cast_type::boolean:
    return to_boolean(value, kind);
  }
  return cannot(value, "of a known type");
}

} // namespace batch
