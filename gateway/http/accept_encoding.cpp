#include "gateway/http/accept_encoding.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace batch {

namespace {

constexpr std::string_view white_space = " \t";

std::string_view trimmed(std::string_view text) {
  auto begin = text.find_first_not_of(white_space);
  if (begin == text.npos)
    return {};
  return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

/// Cuts the text up to the separator off the front of `rest`.
std::string_view cut(std::string_view& rest, char separator) {
  auto end = rest.find(separator);
  auto head = rest.substr(0, end);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  return trimmed(head);
}

std::string lower_case(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  });
  return out;
}

/// A weight in thousandths: "0" to "1", with up to three digits of fraction.
std::optional<int> read_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')
      || (text.size() > 1 && text[1] != '.'))
    return std::nullopt;
  int weight = text[0] - '0';
  for (size_t i = 2; i < 5; ++i) {
    auto digit = i < text.size() ? text[i] : '0';
    if (digit < '0' || digit > '9')
      return std::nullopt;
    weight = weight * 10 + (digit - '0');
  }
  return weight <= 1000 ? std::optional{weight} : std::nullopt;
}

/// The weight among the parameters of a coding; 1 if none is given.
std::optional<int> weight_of(std::string_view parameters) {
  while (!parameters.empty()) {
    auto parameter = cut(parameters, ';');
    auto name = cut(parameter, '=');
    if (name == "q" || name == "Q")
      return read_weight(parameter);
  }
  return 1000;
}

struct weights {
  /// By coding; nothing for one that was not named.
  std::array<std::optional<int>, 3> named;
  std::optional<int> others;

  void take(const std::string& coding, int weight) {
    if (coding == "*")
      others = weight;
    else if (coding == "identity")
      named[0] = weight;
    else if (coding == "gzip" || coding == "x-gzip")
      named[1] = weight;
    else if (coding == "zstd")
      named[2] = weight;
  }

  std::optional<int> of(content_coding coding) const {
    const auto& weight = named[static_cast<size_t>(coding)];
    return weight ? weight : others;
  }
};

} // namespace

std::string_view to_string(content_coding coding) {
  switch (coding) {
  case content_coding::identity:
    return "identity";
  case content_coding::gzip:
    return "gzip";
  case content_coding::zstd:
    return "zstd";
  }
  return "identity";
}

content_coding choose_coding(std::string_view header) {
  weights given;
  while (!header.empty()) {
    auto part = cut(header, ',');
    auto coding = lower_case(cut(part, ';'));
    if (auto weight = weight_of(part))
      given.take(coding, *weight);
  }
  auto best = content_coding::identity;
  // One that was not named is better than none at all.
  auto highest = given.of(best).value_or(0);
  for (auto coding : {content_coding::gzip, content_coding::zstd}) {
    auto weight = given.of(coding).value_or(0);
    if (weight > 0 && weight >= highest) {
      best = coding;
      highest = weight;
    }
  }
  return best;
}

} // namespace batch
