#include "actors/transforms/formula.hpp"
#include "actors/transforms/json_path.hpp"
#include "actors/transforms/operand.hpp"
#include "codecs/json_writer.hpp"

#include <algorithm>

namespace batch {

namespace {

/// A piece of a template: text, then perhaps a field.
struct template_piece {
  /// Content of a JSON string, escaped.
  std::string text;
  std::vector<operand> field; ///< One or none.
};

/// Appends a character of a template, escaped.
void append_plain(std::string& out, std::string_view text) {
  std::string quoted;
  append_json_string(quoted, text);
  out += std::string_view{quoted}.substr(1, quoted.size() - 2);
}

class template_formula : public formula {
public:
  explicit template_formula(std::vector<template_piece> pieces)
    : pieces_(std::move(pieces)) {}

  expected<std::string_view> value(json_node& item,
                                   text_pool& pool) const override {
    std::string text{"\""};
    for (const auto& piece : pieces_) {
      text += piece.text;
      for (const auto& field : piece.field)
        if (auto added = field.append_content(text, item, pool); !added)
          return fail(added);
    }
    text += '"';
    return pool.keep(std::move(text));
  }

private:
  std::vector<template_piece> pieces_;
};

} // namespace

expected<formula_ptr> parse_template(placed_json value, text_pool&) {
  if (!value.is_string())
    return value.fault("must be a string with fields in braces, as "
                       "\"Hello {name}\"");
  auto source = value.content();
  std::string_view rest = source;
  std::vector<template_piece> pieces(1);
  while (!rest.empty()) {
    auto brace = std::min(rest.find_first_of("{}"), rest.size());
    append_plain(pieces.back().text, rest.substr(0, brace));
    rest.remove_prefix(brace);
    if (rest.empty())
      break;
    if (rest.starts_with("{{") || rest.starts_with("}}")) {
      pieces.back().text += rest.front();
      rest.remove_prefix(2);
      continue;
    }
    auto end = rest.find('}');
    if (rest.front() == '}' || end == std::string_view::npos)
      return value.fault("a brace without its other half; a brace that is "
                         "meant as such is written twice");
    auto path = json_path::of_field(rest.substr(1, end - 1));
    if (!path)
      return value.fault(quote_clipped(rest.substr(0, end + 1)) + ": "
                         + path.error().message);
    pieces.back().field.emplace_back(std::move(*path));
    if (pieces.size() == formula_parts_max)
      return value.fault("has more than " + std::to_string(formula_parts_max)
                         + " fields");
    pieces.emplace_back();
    rest.remove_prefix(end + 1);
  }
  return std::make_shared<template_formula>(std::move(pieces));
}

} // namespace batch
