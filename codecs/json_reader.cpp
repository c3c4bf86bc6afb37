#include "codecs/json_reader.hpp"

#include "codecs/json_fault.hpp"
#include "codecs/limits.hpp"

#include <simdjson.h>

namespace batch {

static_assert(json_padding >= simdjson::SIMDJSON_PADDING);

namespace {

namespace od = simdjson::ondemand;

std::string_view trimmed(std::string_view text) {
  auto last = text.find_last_not_of(" \t\n\r");
  return last == std::string_view::npos ? std::string_view{}
                                        : text.substr(0, last + 1);
}

/// The text of a value up to where the next token begins.
template <class Value>
simdjson::error_code raw_text_of(Value& value, std::string_view& out) {
  od::json_type type;
  if (auto err = value.type().get(type))
    return err;
  if (type == od::json_type::object) {
    od::object object;
    if (auto err = value.get_object().get(object))
      return err;
    return object.raw_json().get(out);
  }
  if (type == od::json_type::array) {
    od::array array;
    if (auto err = value.get_array().get(array))
      return err;
    return array.raw_json().get(out);
  }
  out = value.raw_json_token();
  if (type != od::json_type::string)
    return simdjson::SUCCESS;
  // Left unread, a string before a colon would pass for a key, and all that
  // follows in "[1,"a":2}]" be skipped as if it were the rest of an object.
  od::raw_json_string read;
  return value.get_raw_json_string().get(read);
}

/// The text of a value: containers to their closing bracket, scalars as they
/// stand.
template <class Value>
simdjson::error_code text_of(Value& value, std::string_view& out) {
  auto err = raw_text_of(value, out);
  out = trimmed(out);
  return err;
}

/// True if nothing but white space follows what was read.
bool at_end(od::document& doc) {
  return doc.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

enum class walk { done, stopped, malformed };

walk walk_members(od::document& doc, const member_visitor& visit) {
  od::object object;
  if (doc.get_object().get(object))
    return walk::malformed;
  for (auto found : object) {
    od::field field;
    if (std::move(found).get(field))
      return walk::malformed;
    json_member member;
    if (field.unescaped_key().get(member.key)
        || text_of(field.value(), member.value))
      return walk::malformed;
    if (!visit(member))
      return walk::stopped;
  }
  return at_end(doc) ? walk::done : walk::malformed;
}

walk walk_elements(od::document& doc, const member_visitor& visit) {
  od::array array;
  if (doc.get_array().get(array))
    return walk::malformed;
  for (auto found : array) {
    od::value value;
    if (std::move(found).get(value))
      return walk::malformed;
    json_member element;
    if (text_of(value, element.value))
      return walk::malformed;
    if (!visit(element))
      return walk::stopped;
  }
  return at_end(doc) ? walk::done : walk::malformed;
}

error why_not_checked(std::string_view text, simdjson::error_code code) {
  if (auto fault = find_json_fault(text))
    return {ec::invalid_json, "not JSON: " + fault->what + " at byte "
                                + std::to_string(fault->offset)};
  switch (code) {
  case simdjson::DEPTH_ERROR:
    return {ec::invalid_item,
            "nested deeper than " + std::to_string(json_depth_max) + " levels"};
  case simdjson::NUMBER_ERROR:
    return {ec::invalid_item,
            "a number is outside of what a 64-bit integer or a double holds"};
  default:
    return {ec::invalid_item, simdjson::error_message(code)};
  }
}

} // namespace

struct json_reader::parsers {
  simdjson::dom::parser dom;
  od::parser on_demand;
  /// A copy of the text with the padding that simdjson asks for.
  std::string text;

  od::document* iterate(std::string_view source) {
    text.reserve(source.size() + json_padding);
    text.assign(source);
    auto padded
      = simdjson::padded_string_view(text.data(), text.size(), text.capacity());
    return on_demand.iterate(padded).get(document) ? nullptr : &document;
  }
  od::document document;
};

json_reader::json_reader() : parsers_(std::make_unique<parsers>()) {}
json_reader::~json_reader() = default;
json_reader::json_reader(json_reader&&) noexcept = default;
json_reader& json_reader::operator=(json_reader&&) noexcept = default;

expected<void> json_reader::check(std::string_view text) {
  simdjson::dom::element root;
  if (auto err = parsers_->dom.parse(text.data(), text.size()).get(root))
    return tl::unexpected{why_not_checked(text, err)};
  return {};
}

expected<void> json_reader::check_object(std::string_view text,
                                         const member_visitor& visit) {
  if (auto checked = check(text); !checked)
    return checked;
  if (kind_of_json(text) != json_kind::object)
    return fail(ec::invalid_item, "expected an object");
  members(text, visit);
  return {};
}

bool json_reader::members(std::string_view valid_object,
                          const member_visitor& visit) {
  auto doc = parsers_->iterate(valid_object);
  return doc && walk_members(*doc, visit) == walk::done;
}

bool json_reader::elements(std::string_view valid_array,
                           const member_visitor& visit) {
  auto doc = parsers_->iterate(valid_array);
  return doc && walk_elements(*doc, visit) == walk::done;
}

std::string json_reader::string_value(std::string_view valid_string) {
  auto doc = parsers_->iterate(valid_string);
  std::string_view value;
  if (!doc || doc->get_string().get(value))
    return {};
  return std::string{value};
}

json_kind kind_of_json(std::string_view valid) {
  auto first = valid.find_first_not_of(" \t\n\r");
  switch (first == std::string_view::npos ? 'n' : valid[first]) {
  case '{':
    return json_kind::object;
  case '[':
    return json_kind::array;
  case '"':
    return json_kind::string;
  case 't':
  case 'f':
    return json_kind::boolean;
  case 'n':
    return json_kind::null;
  default:
    return json_kind::number;
  }
}

std::string minify_json(std::string_view valid) {
  std::string out(valid.size() + json_padding, '\0');
  size_t size = 0;
  if (simdjson::minify(valid.data(), valid.size(), out.data(), size))
    size = 0; // only for an unclosed string, which a valid text has not
  out.resize(size);
  return out;
}

bool has_line_end(std::string_view text) {
  // Two searches for one byte each: one for either is ten times slower.
  return text.find('\n') != text.npos || text.find('\r') != text.npos;
}

bool split_members(std::string_view text, const member_visitor& visit) {
  od::parser parser;
  od::document doc;
  auto padded = simdjson::padded_string_view(text.data(), text.size(),
                                             text.size() + json_padding);
  return !parser.iterate(padded).get(doc)
         && walk_members(doc, visit) == walk::done;
}

bool split_elements(std::string_view text, const member_visitor& visit) {
  od::parser parser;
  od::document doc;
  auto padded = simdjson::padded_string_view(text.data(), text.size(),
                                             text.size() + json_padding);
  return !parser.iterate(padded).get(doc)
         && walk_elements(doc, visit) == walk::done;
}

} // namespace batch
