#include "codecs/dead_letter.hpp"

#include "codecs/digits.hpp"

#include <charconv>

namespace batch {

namespace {

bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || c == '_' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
}

/// The end of the word that begins at `at`; a quoted text is one word. An
/// apostrophe inside a word quotes nothing.
size_t end_of_word(std::string_view text, size_t at) {
  auto inside = at > 0 && is_word(text[at - 1]);
  if (auto quote = text[at]; quote == '"' || (quote == '\'' && !inside)) {
    auto end = text.find(quote, at + 1);
    return end == text.npos ? at + 1 : end + 1;
  }
  auto end = at;
  while (end < text.size() && is_word(text[end]))
    ++end;
  return end == at ? at + 1 : end;
}

/// Ids and numbers have digits, quoted texts have quotes.
bool differs(std::string_view word) {
  if (word.size() > 1 && (word.front() == '"' || word.front() == '\''))
    return true;
  for (auto c : word)
    if (is_digit(c))
      return true;
  return false;
}

} // namespace

std::string to_string(const letter_id& id) {
  return to_string(id.job) + "." + std::to_string(id.item);
}

expected<letter_id> parse_letter_id(std::string_view text) {
  auto dot = text.find('.');
  letter_id id;
  if (dot != text.npos)
    if (auto job = parse_job_id(text.substr(0, dot))) {
      id.job = *job;
      auto item = text.substr(dot + 1);
      auto end = item.data() + item.size();
      auto read = std::from_chars(item.data(), end, id.item);
      if (read.ec == std::errc{} && read.ptr == end
          && std::to_string(id.item) == item)
        return id;
    }
  return fail(ec::invalid_request,
              "the id of a dead letter is that of its job, a dot, and the "
              "index of its item");
}

std::string fingerprint_of(std::string_view message) {
  std::string out;
  for (size_t at = 0; at < message.size();) {
    auto end = end_of_word(message, at);
    auto word = message.substr(at, end - at);
    if (differs(word))
      out.push_back('#');
    else
      out += word;
    at = end;
  }
  return out;
}

} // namespace batch
