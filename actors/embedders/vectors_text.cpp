#include "actors/embedders/vectors_text.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace batch {

namespace {

/// Bytes of a line. Source: a word and 4096 numbers of 24 bytes each.
constexpr size_t line_bytes_max = 128 << 10;

struct first_line {
  uint64_t words;
  uint64_t dimensions;
};

template <class Number>
bool parse(std::string_view text, Number& out) {
  auto end = text.data() + text.size();
  auto [stop, err] = std::from_chars(text.data(), end, out);
  return err == std::errc{} && stop == end && !text.empty();
}

std::optional<first_line> read_first_line(std::string_view line) {
  auto space = line.find(' ');
  first_line x{};
  if (space == line.npos || !parse(line.substr(0, space), x.words)
      || !parse(line.substr(space + 1), x.dimensions))
    return std::nullopt;
  return x;
}

/// A line without what ends it.
std::string_view trim_end(std::string_view line) {
  while (line.ends_with(' ') || line.ends_with('\r'))
    line.remove_suffix(1);
  return line;
}

size_t numbers_of(std::string_view line) {
  size_t count = 0;
  for (float ignored = 0;; ++count) {
    auto space = line.rfind(' ');
    if (space == line.npos || !parse(line.substr(space + 1), ignored))
      return count;
    line = line.substr(0, space);
  }
}

/// Takes numbers from the right end; what is left is the word.
bool take_numbers(std::string_view& line, std::vector<float>& numbers) {
  for (auto x = numbers.rbegin(); x != numbers.rend(); ++x) {
    auto space = line.rfind(' ');
    if (space == line.npos || !parse(line.substr(space + 1), *x)
        || !std::isfinite(*x))
      return false;
    line = line.substr(0, space);
  }
  return !line.empty();
}

class text_reader {
public:
  explicit text_reader(std::istream& in) : in_(in) {}

  expected<void> read(const vector_visitor& visit) {
    while (auto line = next_line()) {
      if (line->size() > line_bytes_max)
        return refuse("is longer than " + std::to_string(line_bytes_max)
                      + " bytes");
      auto text = trim_end(*line);
      if (number_ == 1)
        if (first_ = read_first_line(text); first_) {
          if (auto ok = set_dimensions(first_->dimensions); !ok)
            return ok;
          continue;
        }
      if (numbers_.empty())
        if (auto ok = set_dimensions(numbers_of(text)); !ok)
          return ok;
      if (!take_numbers(text, numbers_))
        return refuse("expected a word and " + std::to_string(numbers_.size())
                      + " numbers, with single spaces between them");
      if (++words_ > vectors_words_max)
        return refuse("more than " + std::to_string(vectors_words_max)
                      + " words");
      if (!visit(text, numbers_))
        return {};
    }
    if (in_.bad())
      return refuse("cannot be read");
    if (words_ == 0)
      return refuse("the file has no words");
    if (first_ && first_->words != words_)
      return refuse("the file ends after " + std::to_string(words_)
                    + " words; its first line says "
                    + std::to_string(first_->words));
    return {};
  }

private:
  /// At most one byte more than a line may have.
  const std::string* next_line() {
    line_.clear();
    auto& buffer = *in_.rdbuf();
    auto c = buffer.sbumpc();
    if (c == EOF)
      return nullptr;
    ++number_;
    for (; c != EOF && c != '\n'; c = buffer.sbumpc()) {
      line_.push_back(static_cast<char>(c));
      if (line_.size() > line_bytes_max)
        break;
    }
    return &line_;
  }

  expected<void> set_dimensions(uint64_t count) {
    if (count == 0 || count > vectors_dimensions_max)
      return refuse("expected a word and its numbers, 1 to "
                    + std::to_string(vectors_dimensions_max)
                    + ", with single spaces between them");
    numbers_.resize(count);
    return {};
  }

  tl::unexpected<error> refuse(const std::string& what) const {
    return fail(ec::invalid_request,
                "line " + std::to_string(number_) + ": " + what);
  }

  std::istream& in_;
  std::string line_;
  size_t number_ = 0;
  std::optional<first_line> first_;
  std::vector<float> numbers_;
  size_t words_ = 0;
};

} // namespace

expected<void> read_vectors_text(std::istream& in,
                                 const vector_visitor& visit) {
  return text_reader{in}.read(visit);
}

} // namespace batch
