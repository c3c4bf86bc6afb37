#include "actors/transforms/json_node.hpp"

#include "actors/transforms/json_string.hpp"

#include <algorithm>

namespace batch {

namespace {

/// Cuts a JSON text into tokens of one level. Nothing is read beyond the end,
/// whatever the text.
class json_cutter {
public:
  explicit json_cutter(std::string_view text)
    : at_(text.data()), end_(text.data() + text.size()) {}

  /// The next character that is no white space; 0 at the end.
  char peek() {
    while (at_ != end_ && is_space(*at_))
      ++at_;
    return at_ != end_ ? *at_ : '\0';
  }

  /// Takes the next character if it is this one.
  bool take(char expected) {
    if (peek() != expected)
      return false;
    ++at_;
    return true;
  }

  /// Takes a string with its quotes; empty if there is none.
  std::string_view take_string() {
    if (peek() != '"')
      return {};
    auto begin = at_;
    return skip_string() ? slice(begin) : std::string_view{};
  }

  /// Takes a value, nested ones as a whole; empty if there is none.
  std::string_view take_value() {
    auto begin = (peek(), at_);
    size_t depth = 0;
    while (at_ != end_) {
      switch (*at_) {
      case '"':
        if (!skip_string())
          return {};
        break;
      case '{':
      case '[':
        ++depth;
        ++at_;
        break;
      case '}':
      case ']':
        if (depth == 0)
          return slice(begin);
        --depth;
        ++at_;
        break;
      case ',':
      case ' ':
      case '\t':
      case '\n':
      case '\r':
        if (depth == 0)
          return slice(begin);
        ++at_;
        continue;
      default:
        ++at_;
        continue;
      }
      if (depth == 0)
        return slice(begin);
    }
    return {};
  }

  static bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }

private:
  /// Skips a string; false if it does not end.
  bool skip_string() {
    for (++at_; at_ != end_; ++at_) {
      if (*at_ == '"') {
        ++at_;
        return true;
      }
      if (*at_ == '\\' && ++at_ == end_)
        return false;
    }
    return false;
  }

  std::string_view slice(const char* begin) const {
    return {begin, static_cast<size_t>(at_ - begin)};
  }

  const char* at_;
  const char* end_;
};

/// The content of a key, in place if it has no escapes.
std::string_view resolve(std::string_view name, text_pool& pool) {
  auto content = name.substr(1, name.size() - 2);
  if (content.find('\\') == std::string_view::npos)
    return content;
  return pool.keep(unescape_json(content));
}

} // namespace

bool json_node::open(text_pool& pool) {
  if (is_open)
    return true;
  if (!pool.may_open(text.size()))
    return false;
  json_cutter rest{text};
  auto with_keys = is_object();
  auto closing = with_keys ? '}' : ']';
  rest.take(text.front());
  constexpr size_t children_as_a_rule = 16;
  children.reserve(children_as_a_rule);
  while (!rest.take(closing)) {
    if (!children.empty() && !rest.take(','))
      return false;
    auto& child = children.emplace_back();
    if (with_keys) {
      child.name = rest.take_string();
      if (child.name.empty() || !rest.take(':'))
        return false;
      child.key = resolve(child.name, pool);
    }
    child.text = rest.take_value();
    if (child.text.empty())
      return false;
  }
  is_open = true;
  return true;
}

void json_node::replace(std::string_view value) {
  text = value;
  children.clear();
  is_open = false;
  is_changed = false;
}

void json_node::sweep() {
  std::erase_if(children, [](const json_node& x) { return x.is_dropped; });
}

void json_node::write(std::string& out) const {
  if (!is_changed) {
    out += text;
    return;
  }
  out += text.front();
  const char* comma = "";
  for (const auto& child : children) {
    out += comma;
    if (!child.name.empty()) {
      out += child.name;
      out += ':';
    }
    child.write(out);
    comma = ",";
  }
  out += is_object() ? '}' : ']';
}

size_t json_node::written_bytes() const {
  if (!is_changed)
    return text.size();
  size_t bytes = 2;
  for (const auto& child : children)
    bytes += child.name.size() + child.written_bytes() + 2;
  return bytes;
}

std::string_view trim_json(std::string_view text) {
  while (!text.empty() && json_cutter::is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && json_cutter::is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

size_t json_depth(std::string_view text) {
  size_t depth = 0;
  size_t depth_max = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
    case '\\':
      ++i;
      break;
    case '"':
      in_string = !in_string;
      break;
    case '{':
    case '[':
      if (!in_string)
        depth_max = std::max(depth_max, ++depth);
      break;
    case '}':
    case ']':
      if (!in_string)
        --depth;
      break;
    default:
      break;
    }
  }
  return depth_max;
}

} // namespace batch
