#include "gateway/cli/options_text.hpp"

#include "codecs/json_reader.hpp"
#include "codecs/json_writer.hpp"
#include "gateway/cli/terminal_text.hpp"

#include <set>

namespace batch::cli {

namespace {

/// The JSON text of the value of a pair.
outcome<std::string> value_text(const std::string& pair,
                                const std::string& value) {
  json_reader reader;
  auto checked = reader.check(value);
  if (checked)
    return minify_json(value);
  auto is_meant_as_json = value.starts_with('{') || value.starts_with('[')
                          || value.starts_with('"')
                          || checked.error().code != ec::invalid_json;
  if (is_meant_as_json)
    return wrong_usage("--option " + one_line(pair) + ": the value is "
                       + one_line(checked.error().message));
  std::string out;
  append_json_string(out, value);
  return out;
}

} // namespace

outcome<std::string> object_text(const std::string& json, const char* flag,
                                 const char* example) {
  json_reader reader;
  if (auto checked = reader.check_object(json, [](auto&) { return true; });
      !checked)
    return wrong_usage(std::string{flag} + " takes one JSON object, e.g. '"
                       + example + "': " + one_line(checked.error().message));
  return minify_json(json);
}

outcome<std::pair<std::string, std::string>> split_pair(const std::string& pair,
                                                        const char* flag) {
  auto equals = pair.find('=');
  if (equals == pair.npos || equals == 0)
    return wrong_usage(std::string{flag} + " takes name=value, not '"
                       + one_line(pair) + "'");
  return std::pair{pair.substr(0, equals), pair.substr(equals + 1)};
}

outcome<std::string> options_text(const std::vector<std::string>& pairs,
                                  const std::string& json) {
  if (!pairs.empty() && !json.empty())
    return wrong_usage("give either --options or --option, not both");
  if (!json.empty())
    return object_text(json, "--options", "{\"priority\":5}");
  if (pairs.empty())
    return {};
  std::set<std::string> names;
  std::string out;
  json_writer w{out};
  w.begin_object();
  for (auto& pair : pairs) {
    auto split = split_pair(pair, "--option");
    if (!split)
      return fail(split);
    if (!names.insert(split->first).second)
      return wrong_usage("--option " + one_line(split->first)
                         + " is given twice");
    auto value = value_text(pair, split->second);
    if (!value)
      return fail(value);
    w.key(split->first).raw(*value);
  }
  w.end_object();
  return out;
}

} // namespace batch::cli
