#include "gateway/http/letter_filters.hpp"

#include "codecs/items.hpp"
#include "codecs/limits.hpp"
#include "codecs/utf8.hpp"
#include "gateway/http/json_body.hpp"

#include <algorithm>
#include <array>

namespace batch {

namespace {

using namespace std::literals;

/// What is wrong with a value, and what would be right.
using complaint = std::optional<std::string>;

constexpr std::string_view system_type = "system";

/// Messages of the system itself have a job of their own.
complaint take_job(letter_filter& filter, const job_id& job) {
  if (filter.job && *filter.job != job)
    return "messages of the system itself have no job; leave it out, or "
           "jobId";
  filter.job = job;
  return {};
}

complaint take_job_id(letter_filter& filter, const std::string& value) {
  auto id = parse_job_id(value);
  if (!id)
    return "expected the id of a job; " + id.error().message;
  return take_job(filter, *id);
}

complaint take_type(letter_filter& filter, const std::string& value) {
  if (value == system_type)
    return take_job(filter, job_id{});
  filter.type = job_kind_of(value);
  if (!filter.type)
    return "expected one of " + std::string{job_type_names()} + ", "
           + std::string{system_type} + ", or the name of one's own";
  return {};
}

complaint take_ns(letter_filter& filter, const std::string& value) {
  filter.ns = value;
  if (auto named = check_name("ns", value, ns_bytes_max); !named)
    return "expected the name of a namespace: 1 to "
           + std::to_string(ns_bytes_max) + " bytes, no control characters";
  return {};
}

complaint take_code(letter_filter& filter, const std::string& value) {
  filter.code = error_code_of(value);
  if (to_string(*filter.code) != value)
    return "expected the code of an error, e.g. invalid_item; there is no '"
           + to_valid_utf8(value.substr(0, 64)) + "'";
  return {};
}

complaint take_time(std::optional<time_ms>& out, const std::string& value) {
  auto time = parse_time(value);
  if (!time)
    return time.error().message;
  out = *time;
  return {};
}

/// Sets what a name stands for. @returns false if it stands for nothing.
bool set(letter_filter& filter, std::string_view name, const std::string& value,
         complaint& wrong) {
  if (name == "jobId")
    wrong = take_job_id(filter, value);
  else if (name == "type")
    wrong = take_type(filter, value);
  else if (name == "ns")
    wrong = take_ns(filter, value);
  else if (name == "code")
    wrong = take_code(filter, value);
  else if (name == "after")
    wrong = take_time(filter.after, value);
  else if (name == "before")
    wrong = take_time(filter.before, value);
  else
    return false;
  return true;
}

bool is_filter(std::string_view name) {
  constexpr std::array names{"jobId"sv, "type"sv,  "ns"sv,
                             "code"sv,  "after"sv, "before"sv};
  return std::ranges::find(names, name) != names.end();
}

expected<void> take_ids(letter_filter& filter, std::string_view json,
                        const std::string& pointer) {
  if (kind_of_json(json) != json_kind::array)
    return wrong_value(pointer, "expected an array of ids of dead letters");
  expected<void> taken;
  json_reader reader;
  reader.elements(json, [&](const json_member& m) {
    auto at = pointer_to(pointer, std::to_string(filter.ids.size()));
    auto text = string_at(at, m.value);
    if (!text) {
      taken = fail(text);
      return false;
    }
    auto id = parse_letter_id(*text);
    if (!id)
      taken = wrong_value(at, id.error().message);
    else if (filter.ids.size() == filter_ids_max)
      taken = wrong_value(pointer, "more than " + std::to_string(filter_ids_max)
                                     + " ids");
    else
      filter.ids.push_back(*id);
    return taken.has_value();
  });
  // No ids would mean any id.
  if (taken && filter.ids.empty())
    return wrong_value(pointer, "expected at least one id");
  return taken;
}

} // namespace

expected<letter_filter> read_query_filter(const http_request& request) {
  letter_filter filter;
  for (const auto& [name, value] : request.query) {
    complaint wrong;
    if (set(filter, name, value, wrong) && wrong)
      return fail(ec::invalid_request, name + ": " + *wrong);
  }
  return filter;
}

expected<letter_filter> read_json_filter(std::string_view json,
                                         const std::string& pointer) {
  letter_filter filter;
  auto take = [&](const json_member& m) -> expected<void> {
    auto at = pointer_to(pointer, m.key);
    if (m.key == "ids")
      return take_ids(filter, m.value, at);
    if (!is_filter(m.key))
      return unknown_member(pointer, m.key,
                            "jobId, type, ns, code, after, before, ids");
    auto value = string_at(at, m.value);
    if (!value)
      return fail(value);
    complaint wrong;
    set(filter, m.key, *value, wrong);
    if (wrong)
      return wrong_value(at, *wrong);
    return {};
  };
  if (auto read = read_members(json, pointer, take); !read)
    return fail(read);
  return filter;
}

} // namespace batch
