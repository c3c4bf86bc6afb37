#include "tests/codecs/json_samples.hpp"

namespace batch::test {

namespace {

void append(json_tokens& out, const json_tokens& more) {
  out.insert(out.end(), more.begin(), more.end());
}

} // namespace

json_tokens json_samples::value(int depth_max) {
  switch (random.below(depth_max > 0 ? 8 : 5)) {
  case 0:
    return {string()};
  case 1:
  case 2:
    return {number()};
  case 3:
    return {random.one_in(2) ? "true" : "false"};
  case 4:
    return {"null"};
  case 5:
    return array(depth_max - 1);
  default:
    return object(depth_max - 1);
  }
}

json_tokens json_samples::object(int depth_max) {
  json_tokens out{"{"};
  for (size_t i = 0, size = random.below(5); i < size; ++i) {
    if (i > 0)
      out.push_back(",");
    append(out, {string(), ":"});
    append(out, value(depth_max));
  }
  out.push_back("}");
  return out;
}

json_tokens json_samples::array(int depth_max) {
  json_tokens out{"["};
  for (size_t i = 0, size = random.below(5); i < size; ++i) {
    if (i > 0)
      out.push_back(",");
    append(out, value(depth_max));
  }
  out.push_back("]");
  return out;
}

std::string json_samples::string() {
  static const std::vector<std::string> pieces{"a",
                                               "id",
                                               "ns",
                                               " ",
                                               ",",
                                               ":",
                                               "{",
                                               "}",
                                               "[",
                                               "]",
                                               "'",
                                               "\\\"",
                                               "\\\\",
                                               "\\/",
                                               "\\b",
                                               "\\f",
                                               "\\n",
                                               "\\r",
                                               "\\t",
                                               "\\u0041",
                                               "\\ud83d\\ude00",
                                               "\\u0000",
                                               "\xC3\xA9",
                                               "\xE2\x82\xAC",
                                               "\xF0\x9F\x98\x80",
                                               "\x7F",
                                               "\xC2\x85"};
  std::string out{'"'};
  for (auto size = random.below(6); size > 0; --size)
    out += random.any_of(pieces);
  return out + '"';
}

std::string json_samples::number() {
  static const std::vector<std::string> odd{"0",
                                            "-0",
                                            "0.0",
                                            "1e5",
                                            "1E+05",
                                            "-1.5e-7",
                                            "1.0",
                                            "1e-99",
                                            "9e300",
                                            "1.50",
                                            "18446744073709551615",
                                            "-9223372036854775808"};
  return random.one_in(2) ? random.any_of(odd)
                          : std::to_string(random.below(100000));
}

std::string json_samples::spaced(const json_tokens& tokens) {
  std::string out;
  for (auto& token : tokens)
    out += random.text(" \t\n\r", random.one_in(2) ? 3 : 0) + token;
  return out + random.text(" \t\n\r", 2);
}

std::string json_samples::broken(std::string text) {
  static const std::vector<std::string> pieces{"{",
                                               "}",
                                               "[",
                                               "]",
                                               ",",
                                               ":",
                                               "\"",
                                               "\\",
                                               "0",
                                               "-",
                                               ".",
                                               "e",
                                               "true",
                                               "null",
                                               "01",
                                               "1.",
                                               "\\u",
                                               "\\x",
                                               "\x01",
                                               "\x7F",
                                               "\\ud800",
                                               "\xFF",
                                               "\x80",
                                               "\xC0",
                                               "\xED\xA0\x80",
                                               "\xF4\x90\x80\x80",
                                               "\xEF\xBB\xBF",
                                               "\t",
                                               "\n",
                                               "\f",
                                               "/**/",
                                               "'",
                                               "NaN",
                                               "1e999",
                                               "\x1A",
                                               "\x0C",
                                               "}{"};
  for (auto changes = 1 + random.below(3); changes > 0; --changes) {
    auto at = random.below(text.size() + 1);
    auto rest = text.size() - at;
    switch (random.below(6)) {
    case 0:
      text.insert(at, random.any_of(pieces));
      break;
    case 1:
      text.replace(at, 1, random.any_of(pieces));
      break;
    case 2:
      text.erase(at, 1 + random.below(3));
      break;
    case 3: // twice the same
      text.insert(at, text.substr(at, random.below(rest + 1)));
      break;
    case 4:
      if (rest > 1)
        std::swap(text[at], text[at + 1 + random.below(rest - 1)]);
      break;
    default:
      if (rest > 0)
        text[at] = static_cast<char>(text[at] ^ 1 << random.below(8));
    }
  }
  return text;
}

std::string joined(const json_tokens& tokens) {
  std::string out;
  for (auto& token : tokens)
    out += token;
  return out;
}

} // namespace batch::test
