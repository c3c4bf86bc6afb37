#include "gateway/cli/config_file.hpp"

#include <algorithm>

namespace batch::cli {

namespace {

constexpr std::string_view letters
  = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view digits = "0123456789";

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

bool is_of(char c, std::string_view set) {
  return set.find(c) != set.npos;
}

bool is_name_char(char c) {
  return is_of(c, letters) || is_of(c, digits) || c == '-' || c == '_';
}

/// Reads one line from left to right.
class line_reader {
public:
  explicit line_reader(std::string_view line) : rest_(line) {}

  /// Whether nothing but white space and a comment is left.
  bool at_end() {
    skip_space();
    return rest_.empty() || rest_.front() == '#';
  }

  /// @returns what is wrong; empty if the line is right.
  std::string read(config_entry& out) {
    if (rest_.front() == '[')
      return "tables are not supported; write name = value";
    while (!rest_.empty() && is_name_char(rest_.front()))
      out.name.push_back(take());
    skip_space();
    if (out.name.empty() || rest_.empty() || rest_.front() != '=')
      return "expected name = value";
    take();
    skip_space();
    if (auto fault = read_value(out); !fault.empty())
      return out.name + ": " + fault;
    return at_end() ? ""
                    : out.name
                        + ": expected one value and nothing behind "
                          "it";
  }

private:
  std::string read_value(config_entry& out) {
    constexpr auto wanted
      = "expected \"text\", 'text', a whole number, true or false";
    if (rest_.empty())
      return wanted;
    if (rest_.front() == '"' || rest_.front() == '\'')
      return read_text(out.value);
    std::string word;
    while (!rest_.empty() && !is_space(rest_.front()) && rest_.front() != '#')
      word.push_back(take());
    if (word == "true" || word == "false")
      out.kind = config_kind::boolean;
    else if (is_number(word)) {
      std::erase(word, '_');
      out.kind = config_kind::number;
    } else
      return wanted;
    out.value = word;
    return {};
  }

  std::string read_text(std::string& out) {
    auto quote = take();
    if (rest_.size() >= 2 && rest_[0] == quote && rest_[1] == quote)
      return "texts of several lines are not supported";
    for (;;) {
      if (rest_.empty())
        return "the text has no end";
      auto c = take();
      if (c == quote)
        return {};
      if (c == '\\' && quote == '"') {
        constexpr std::string_view escapes = "\"\\tnr", meant = "\"\\\t\n\r";
        auto found = rest_.empty() ? escapes.npos : escapes.find(rest_.front());
        if (found == escapes.npos)
          return "unknown escape; \\\", \\\\, \\t, \\n and \\r are known, and "
                 "'text' has none";
        take();
        c = meant[found];
      }
      out.push_back(c);
    }
  }

  /// Digits, with single '_' between them.
  static bool is_number(std::string_view word) {
    return !word.empty() && is_of(word.front(), digits)
           && is_of(word.back(), digits) && word.find("__") == word.npos
           && std::ranges::all_of(
             word, [](char c) { return is_of(c, digits) || c == '_'; });
  }

  void skip_space() {
    while (!rest_.empty() && is_space(rest_.front()))
      take();
  }

  char take() {
    auto c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::string_view rest_;
};

} // namespace

tl::expected<std::vector<config_entry>, config_fault>
parse_config(std::string_view text) {
  std::vector<config_entry> entries;
  for (size_t number = 1; !text.empty(); ++number) {
    auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    auto fault = [&](std::string what) {
      return tl::unexpected{config_fault{number, std::move(what)}};
    };
    line_reader reader{line};
    if (reader.at_end())
      continue;
    config_entry entry;
    entry.line = number;
    if (auto what = reader.read(entry); !what.empty())
      return fault(std::move(what));
    auto before = std::ranges::find(entries, entry.name, &config_entry::name);
    if (before != entries.end())
      return fault(entry.name + ": stands in line "
                   + std::to_string(before->line) + " already");
    entries.push_back(std::move(entry));
  }
  return entries;
}

} // namespace batch::cli
