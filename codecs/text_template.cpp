#include "codecs/text_template.hpp"

#include <algorithm>
#include <optional>

namespace batch {

namespace {

/// Holes of a template. Source: far more than a text of use has.
constexpr size_t holes_max = 64;

tl::unexpected<error> wrong(const std::string& what) {
  return fail(ec::invalid_option,
              what
                + "; expected \"content\", or a template of fields of data "
                  "in brackets, e.g. \"{name}: {description}\"");
}

/// The tokens of a JSON Pointer; nothing if it is none.
std::optional<std::vector<std::string>> tokens_of(std::string_view pointer) {
  std::vector<std::string> tokens;
  for (size_t i = 0; i < pointer.size(); ++i) {
    auto c = pointer[i];
    if (c == '/') {
      tokens.emplace_back();
      continue;
    }
    if (c == '~') {
      auto escaped = ++i < pointer.size() ? pointer[i] : ' ';
      if (escaped != '0' && escaped != '1')
        return std::nullopt;
      c = escaped == '0' ? '~' : '/';
    }
    tokens.back().push_back(c);
  }
  return tokens;
}

/// The JSON text of a member or an element; empty if it is not there. Of
/// doubled members the first one counts.
std::string child_of(json_reader& reader, std::string_view json,
                     const std::string& token) {
  std::string found;
  size_t index = 0;
  auto take = [&](const json_member& m, bool is_meant) {
    if (is_meant)
      found = m.value;
    return found.empty();
  };
  switch (kind_of_json(json)) {
  case json_kind::object:
    reader.members(
      json, [&](const json_member& m) { return take(m, m.key == token); });
    break;
  case json_kind::array:
    reader.elements(json, [&](const json_member& m) {
      return take(m, std::to_string(index++) == token);
    });
    break;
  default:
    break;
  }
  return found;
}

/// The JSON text at a path; empty if nothing is there.
std::string value_at(json_reader& reader, std::string_view json,
                     const std::vector<std::string>& path) {
  std::string value{json};
  for (const auto& token : path)
    value = child_of(reader, value, token);
  return value;
}

} // namespace

expected<text_template> text_template::parse(std::string_view text) {
  text_template out;
  size_t holes = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    auto is_double = i + 1 < text.size() && text[i + 1] == c;
    if (c != '{' && c != '}') {
      out.add_text(text.substr(i, 1));
    } else if (is_double) {
      out.add_text(text.substr(i++, 1));
    } else {
      auto end = text.find('}', i);
      if (c == '}' || end == text.npos || end == i + 1)
        return wrong("the bracket at byte " + std::to_string(i)
                     + " is no field; a bracket itself is written twice");
      auto name = text.substr(i + 1, end - i - 1);
      auto path = name[0] == '/'
                    ? tokens_of(name)
                    : std::vector{std::string{"data"}, std::string{name}};
      if (!path)
        return wrong("'" + std::string{name} + "' is no JSON Pointer");
      out.parts_.push_back({{}, std::move(*path)});
      if (++holes > holes_max)
        return wrong("more than " + std::to_string(holes_max) + " fields");
      i = end;
    }
  }
  if (holes == 0)
    return wrong("names no field");
  return out;
}

void text_template::add_text(std::string_view text) {
  if (parts_.empty() || !parts_.back().path.empty())
    parts_.emplace_back();
  parts_.back().text += text;
}

std::string text_template::fill(json_reader& reader,
                                std::string_view thing) const {
  std::string out;
  bool is_empty = true;
  for (const auto& x : parts_) {
    out += x.text;
    if (x.path.empty())
      continue;
    auto value = value_at(reader, thing, x.path);
    if (value.empty() || value == "null")
      continue;
    auto text = kind_of_json(value) == json_kind::string
                  ? reader.string_value(value)
                  : value;
    is_empty &= text.empty();
    out += text;
  }
  return is_empty ? std::string{} : out;
}

} // namespace batch
