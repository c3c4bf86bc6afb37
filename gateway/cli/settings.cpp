#include "gateway/cli/settings.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>

#include <CLI/CLI.hpp>

namespace batch::cli {

namespace {

/// Bytes of a file of settings. Source: far beyond any; a wrong path may be
/// a device that never ends.
constexpr size_t file_bytes_max = 1 << 20;

/// E.g. BATCHD_BODY_MAX of "body-max".
std::string variable_of(std::string_view name) {
  std::string variable = "BATCHD_";
  for (auto c : name)
    variable.push_back(c == '-'               ? '_'
                       : c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20)
                                              : c);
  return variable;
}

outcome<std::string> read_file(const std::string& path) {
  errno = 0;
  std::ifstream in{path, std::ios::binary};
  std::string text(file_bytes_max + 1, '\0');
  if (in)
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.is_open() || in.bad())
    return wrong_usage(
      path + ": cannot be read: " + std::strerror(errno != 0 ? errno : EIO));
  text.resize(static_cast<size_t>(in.gcount()));
  if (text.size() > file_bytes_max)
    return wrong_usage(path + ": is longer than "
                       + std::to_string(file_bytes_max) + " bytes");
  return text;
}

config_kind kind_of(const settings::target& value) {
  if (std::holds_alternative<bool*>(value))
    return config_kind::boolean;
  return std::holds_alternative<size_t*>(value) ? config_kind::number
                                                : config_kind::text;
}

std::string_view in_words(config_kind kind) {
  switch (kind) {
  case config_kind::text:
    return "a text in quotes";
  case config_kind::number:
    return "a whole number";
  case config_kind::boolean:
    return "true or false";
  }
  return {};
}

std::string as_config_text(std::string_view text) {
  std::string out{'"'};
  for (auto c : text) {
    constexpr std::string_view meant = "\"\\\t\n\r", escapes = "\"\\tnr";
    if (auto found = meant.find(c); found != meant.npos)
      (out += '\\') += escapes[found];
    else
      out += c;
  }
  return out + '"';
}

std::string render_value(const settings::target& value) {
  if (auto flag = std::get_if<bool*>(&value))
    return **flag ? "true" : "false";
  if (auto number = std::get_if<size_t*>(&value))
    return std::to_string(**number);
  return as_config_text(*std::get<std::string*>(value));
}

} // namespace

settings::settings(CLI::App& app, environment variables)
  : app_(app), variables_(std::move(variables)) {
  app_.add_option("--config", file_,
                  "File of settings, a line 'name = value' for each "
                  "[BATCHD_CONFIG]");
}

settings::environment settings::default_variables() {
  return [](const char* name) { return std::getenv(name); };
}

CLI::Option* settings::add(const std::string& name, target value,
                           const std::string& description) {
  auto flag = "--" + name;
  auto help = description + " [" + variable_of(name) + "]";
  auto option = std::visit(
    [&](auto* out) {
      if constexpr (std::is_same_v<decltype(out), bool*>)
        return app_.add_flag(flag, *out, help);
      else
        return app_.add_option(flag, *out, help)->capture_default_str();
    },
    value);
  settings_.push_back({name, value, option, false, "default"});
  return option;
}

void settings::hide(const std::string& name) {
  find(name)->hidden = true;
}

outcome<void> settings::complete() {
  std::vector<config_entry> entries;
  auto path = file_path();
  if (!path.empty()) {
    auto text = read_file(path);
    if (!text)
      return fail(text);
    auto parsed = parse_config(*text);
    if (!parsed)
      return wrong_usage(path + ":" + std::to_string(parsed.error().line) + ": "
                         + parsed.error().message);
    entries = std::move(*parsed);
    if (auto ok = check(path, entries); !ok)
      return ok;
  }
  for (auto& x : settings_) {
    if (x.option->count() > 0) {
      x.source = "flag --" + x.name;
      continue;
    }
    auto variable_name = variable_of(x.name);
    outcome<void> taken;
    if (auto given = variable(variable_name))
      taken = take(x, given, "environment " + variable_name, variable_name);
    else if (auto entry
             = std::ranges::find(entries, x.name, &config_entry::name);
             entry != entries.end()) {
      auto where = path + ":" + std::to_string(entry->line);
      taken = take(x, entry->value, "file " + where, where);
    }
    if (!taken)
      return taken;
  }
  return {};
}

std::string settings::render() const {
  std::vector<std::string> lines;
  size_t width = 0;
  for (const auto& x : settings_) {
    auto is_hidden = x.hidden && !std::get<std::string*>(x.value)->empty();
    lines.push_back(x.name + " = "
                    + (is_hidden ? "\"********\"" : render_value(x.value)));
    width = std::max(width, lines.back().size());
  }
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) {
    lines[i].resize(width, ' ');
    text += lines[i] + "  # " + settings_[i].source + '\n';
  }
  return text;
}

const char* settings::variable(const std::string& name) const {
  auto value = variables_(name.c_str());
  return value && *value != '\0' ? value : nullptr;
}

settings::setting* settings::find(const std::string& name) {
  auto found = std::ranges::find(settings_, name, &setting::name);
  return found == settings_.end() ? nullptr : &*found;
}

std::string settings::file_path() const {
  if (!file_.empty())
    return file_;
  auto given = variable(variable_of("config"));
  return given ? given : "";
}

outcome<void> settings::check(const std::string& path,
                              const std::vector<config_entry>& entries) {
  for (const auto& x : entries) {
    auto where = path + ":" + std::to_string(x.line) + ": ";
    auto known = find(x.name);
    if (!known) {
      std::string names;
      for (const auto& one : settings_)
        names += (names.empty() ? "" : ", ") + one.name;
      return wrong_usage(where + "unknown setting '" + x.name
                         + "'; expected one of " + names);
    }
    if (auto wanted = kind_of(known->value); wanted != x.kind)
      return wrong_usage(where + x.name + ": expected "
                         + std::string{in_words(wanted)});
  }
  return {};
}

outcome<void> settings::take(setting& x, const std::string& value,
                             std::string source, const std::string& where) {
  try {
    x.option->add_result(value);
    x.option->run_callback();
  } catch (const CLI::ParseError& e) {
    return wrong_usage(where + ": " + e.what());
  }
  x.source = std::move(source);
  return {};
}

} // namespace batch::cli
