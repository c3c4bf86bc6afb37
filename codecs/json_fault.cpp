#include "codecs/json_fault.hpp"

#include <cstdint>
#include <vector>

namespace batch {

namespace {

/// Walks the grammar of RFC 8259 with a stack of its own, so that no text can
/// exhaust the thread's.
class checker {
public:
  explicit checker(std::string_view text) : text_(text) {}

  std::optional<json_fault> run() {
    if (text_.starts_with("\xEF\xBB\xBF"))
      fault("a byte order mark is not part of JSON");
    else if (document())
      return std::nullopt;
    return json_fault{at_, what_};
  }

private:
  bool document() {
    if (!value_begin())
      return false;
    while (!open_.empty())
      if (!(open_.back() == '{' ? object_goes_on() : array_goes_on()))
        return false;
    skip_space();
    return at_ == text_.size() || fault("expected the end of the text");
  }

  /// Reads a scalar whole, or the opening of a container and up to the begin
  /// of its first value (so that a closing bracket is only legal there).
  bool value_begin() {
    skip_space();
    switch (peek()) {
    case '{':
      ++at_;
      open_.push_back('{');
      fresh_ = true;
      return true;
    case '[':
      ++at_;
      open_.push_back('[');
      fresh_ = true;
      return true;
    case '"':
      fresh_ = false;
      return string();
    case 't':
      return word("true");
    case 'f':
      return word("false");
    case 'n':
      return word("null");
    default:
      fresh_ = false;
      return number();
    }
  }

  bool object_goes_on() {
    if (closes('}'))
      return true;
    if (!fresh_ && !comma("expected ',' or '}'"))
      return false;
    skip_space();
    if (peek() != '"')
      return fault("expected a member name in double quotes");
    if (!string())
      return false;
    skip_space();
    if (peek() != ':')
      return fault("expected ':'");
    ++at_;
    return value_begin();
  }

  bool array_goes_on() {
    if (closes(']'))
      return true;
    if (!fresh_ && !comma("expected ',' or ']'"))
      return false;
    return value_begin();
  }

  bool closes(char bracket) {
    skip_space();
    if (peek() != bracket)
      return false;
    ++at_;
    open_.pop_back();
    fresh_ = false;
    return true;
  }

  bool comma(const char* otherwise) {
    if (peek() != ',')
      return fault(otherwise);
    ++at_;
    return true;
  }

  bool word(std::string_view expected) {
    fresh_ = false;
    if (text_.substr(at_, expected.size()) != expected)
      return fault("expected a value");
    at_ += expected.size();
    return true;
  }

  bool number() {
    auto begin = at_;
    if (peek() == '-')
      ++at_;
    if (!is_digit(peek())) {
      at_ = begin;
      return fault(at_ == text_.size() ? "the text ends too early"
                                       : "expected a value");
    }
    if (peek() == '0')
      ++at_;
    else
      skip_digits();
    if (is_digit(peek()))
      return fault("a number must not begin with 0");
    if (peek() == '.') {
      ++at_;
      if (!is_digit(peek()))
        return fault("expected a digit behind '.'");
      skip_digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-')
        ++at_;
      if (!is_digit(peek()))
        return fault("expected a digit of the exponent");
      skip_digits();
    }
    return true;
  }

  bool string() {
    auto begin = at_++;
    while (at_ < text_.size()) {
      auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c < 0x20)
        return fault("a control character must be escaped");
      if (c == '\\' ? !escape() : !utf8(c))
        return false;
    }
    at_ = begin;
    return fault("the string has no end");
  }

  bool escape() {
    ++at_;
    switch (peek()) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      ++at_;
      return true;
    case 'u':
      return unicode_escape();
    default:
      return fault("unknown escape");
    }
  }

  bool unicode_escape() {
    auto begin = at_ - 1;
    auto first = hex4();
    if (first < 0)
      return fault("expected four hexadecimal digits");
    if (first < 0xD800 || first > 0xDFFF)
      return true;
    if (first < 0xDC00 && text_.substr(at_, 2) == "\\u") {
      ++at_;
      auto second = hex4();
      if (second >= 0xDC00 && second <= 0xDFFF)
        return true;
    }
    at_ = begin;
    return fault("half of a surrogate pair");
  }

  /// Reads "uXXXX"; -1 if it is something else.
  int hex4() {
    ++at_;
    int code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      auto c = peek();
      auto digit = is_digit(c)                          ? c - '0'
                   : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                        : -1;
      if (digit < 0)
        return -1;
      code = code * 16 + digit;
    }
    return code;
  }

  /// Reads one encoded character; the tables of Unicode 15, section 3.9.
  bool utf8(unsigned char lead) {
    auto next = [this](size_t i) {
      return at_ + i < text_.size() ? static_cast<unsigned char>(text_[at_ + i])
                                    : 0U;
    };
    auto tail = [&](size_t i) { return (next(i) & 0xC0) == 0x80; };
    size_t length = 0;
    if (lead < 0x80)
      length = 1;
    else if (lead >= 0xC2 && lead <= 0xDF && tail(1))
      length = 2;
    else if (lead >= 0xE0 && lead <= 0xEF && tail(1) && tail(2)
             && !(lead == 0xE0 && next(1) < 0xA0)
             && !(lead == 0xED && next(1) > 0x9F))
      length = 3;
    else if (lead >= 0xF0 && lead <= 0xF4 && tail(1) && tail(2) && tail(3)
             && !(lead == 0xF0 && next(1) < 0x90)
             && !(lead == 0xF4 && next(1) > 0x8F))
      length = 4;
    else
      return fault("not UTF-8");
    at_ += length;
    return true;
  }

  static bool is_digit(int c) { return c >= '0' && c <= '9'; }

  void skip_digits() {
    while (is_digit(peek()))
      ++at_;
  }

  void skip_space() {
    while (at_ < text_.size()
           && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n'
               || text_[at_] == '\r'))
      ++at_;
  }

  /// The byte to come, or -1 at the end (a NUL is a byte like others).
  int peek() const {
    return at_ < text_.size() ? static_cast<unsigned char>(text_[at_]) : -1;
  }

  bool fault(const char* what) {
    what_ = at_ < text_.size() ? what : "the text ends too early";
    return false;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string what_;
  /// The open brackets, outermost first.
  std::vector<char> open_;
  /// True right behind an opening bracket, where no comma is due.
  bool fresh_ = false;
};

} // namespace

std::optional<json_fault> find_json_fault(std::string_view text) {
  return checker{text}.run();
}

} // namespace batch
