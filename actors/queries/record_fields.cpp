#include "actors/queries/record_fields.hpp"

#include "codecs/json_writer.hpp"

#include <algorithm>

namespace batch {

namespace {

constexpr std::string_view data_prefix = "data.";

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

} // namespace

bool record_fields::has(std::string_view name) const {
  return contains(names, name);
}

expected<record_fields> parse_record_fields(std::string_view text) {
  record_fields fields;
  for (;;) {
    auto name = text.substr(0, text.find(','));
    if (name.empty())
      return fail(ec::invalid_request,
                  "fields: expected names with commas between them, e.g. "
                  "fields=id,type,data.price");
    auto is_key = name.starts_with(data_prefix);
    auto& names = is_key ? fields.data_keys : fields.names;
    auto listed = is_key ? name.substr(data_prefix.size()) : name;
    if (contains(names, listed))
      return fail(ec::invalid_request,
                  "fields: '" + std::string{name} + "' stands there twice");
    names.emplace_back(listed);
    if (name.size() == text.size())
      return fields;
    text.remove_prefix(name.size() + 1);
  }
}

std::string_view field_picker::pick(std::string_view record) {
  out_.assign(1, '{');
  outer_.members(record, [this](const json_member& m) {
    if (wanted_.has(m.key)) {
      add_key(m.key);
      out_ += m.value;
    } else if (m.key == "data" && !wanted_.data_keys.empty()) {
      add_data(m.value);
    }
    return true;
  });
  out_.push_back('}');
  return out_;
}

void field_picker::add_data(std::string_view data) {
  if (kind_of_json(data) != json_kind::object)
    return;
  auto before = out_.size();
  add_key("data");
  auto begin = out_.size();
  out_.push_back('{');
  inner_.members(data, [this](const json_member& m) {
    if (contains(wanted_.data_keys, m.key)) {
      add_key(m.key);
      out_ += m.value;
    }
    return true;
  });
  if (out_.size() == begin + 1)
    out_.resize(before);
  else
    out_.push_back('}');
}

void field_picker::add_key(std::string_view key) {
  if (out_.back() != '{')
    out_.push_back(',');
  append_json_string(out_, key);
  out_.push_back(':');
}

} // namespace batch
