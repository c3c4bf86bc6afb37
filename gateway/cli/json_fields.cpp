#include "gateway/cli/json_fields.hpp"

#include "codecs/json_reader.hpp"

#include <charconv>

namespace batch::cli {

namespace {

/// One for all: a command runs in one thread.
json_reader& reader() {
  static thread_local json_reader instance;
  return instance;
}

} // namespace

std::optional<json_fields> json_fields::parse(std::string_view text) {
  if (text.empty())
    return {}; // what a member that is absent reads as
  json_fields out;
  auto copy = [&](const json_member& m) {
    out.members_.emplace_back(m.key, m.value);
    return true;
  };
  if (!reader().check_object(text, copy))
    return {};
  return out;
}

std::string_view json_fields::raw(std::string_view name) const {
  for (auto& [key, value] : members_)
    if (key == name)
      return value;
  return {};
}

std::string json_fields::text(std::string_view name) const {
  return text_of_json(raw(name));
}

std::optional<double> json_fields::number(std::string_view name) const {
  auto json = raw(name);
  double out = 0;
  auto last = json.data() + json.size();
  auto [end, err] = std::from_chars(json.data(), last, out);
  if (json.empty() || err != std::errc{} || end != last)
    return {};
  return out;
}

std::optional<uint64_t> json_fields::count(std::string_view name) const {
  auto x = number(name);
  if (!x || !(*x >= 0 && *x < 1e18))
    return {};
  return static_cast<uint64_t>(*x);
}

bool json_fields::flag(std::string_view name) const {
  return raw(name) == "true";
}

json_fields json_fields::object(std::string_view name) const {
  return parse(raw(name)).value_or(json_fields{});
}

std::vector<std::string> json_fields::elements(std::string_view name) const {
  std::vector<std::string> out;
  auto json = raw(name);
  if (!json.empty() && kind_of_json(json) == json_kind::array)
    reader().elements(json, [&](const json_member& element) {
      out.emplace_back(element.value);
      return true;
    });
  return out;
}

std::string text_of_json(std::string_view valid) {
  switch (kind_of_json(valid)) {
  case json_kind::string:
    return reader().string_value(valid);
  case json_kind::null:
    return {};
  default:
    return std::string{valid};
  }
}

std::optional<std::string>
walk_page(std::string_view page, std::string_view name,
          const std::function<bool(std::string_view)>& visit) {
  std::optional<std::string_view> list;
  std::string cursor;
  auto find = [&](const json_member& m) {
    if (m.key == name)
      list = m.value;
    else if (m.key == "nextCursor")
      cursor = text_of_json(m.value);
    return true;
  };
  if (!split_members(page, find) || !list)
    return {};
  bool has_stopped = false;
  auto pass_on = [&](const json_member& element) {
    has_stopped = !visit(element.value);
    return !has_stopped;
  };
  if (!split_elements(*list, pass_on) && !has_stopped)
    return {};
  return has_stopped ? std::string{} : cursor;
}

} // namespace batch::cli
