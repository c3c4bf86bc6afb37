#include "actors/embedders/overlong_text.hpp"

#include "actors/embedders/unit_vector.hpp"

#include <algorithm>

namespace batch {

namespace {

constexpr std::string_view white_space = " \t\n\r";

bool continues_point(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

} // namespace

std::string_view begin_of_text(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max)
    return text;
  auto begin = text.substr(0, bytes_max);
  auto space = begin.find_last_of(white_space);
  if (space != begin.npos && space + 1 > bytes_max / 2)
    return begin.substr(0, space + 1);
  auto size = bytes_max;
  while (size > 1 && continues_point(text[size]))
    --size;
  return text.substr(0, size);
}

std::vector<std::string_view> parts_of_text(std::string_view text,
                                            size_t bytes_max) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    auto part = begin_of_text(text, bytes_max);
    if (part.find_first_not_of(white_space) != part.npos)
      parts.push_back(part);
    text.remove_prefix(part.size());
  }
  return parts;
}

embed_answer mean_of_parts(const std::vector<std::string_view>& parts,
                           std::vector<embed_answer> answers) {
  std::vector<double> sum;
  for (size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i]) {
      if (answers[i].error().why.code != ec::no_text)
        return std::move(answers[i]);
      continue;
    }
    const auto& vector = *answers[i];
    sum.resize(std::max(sum.size(), vector.size()));
    for (size_t j = 0; j < vector.size(); ++j)
      sum[j] += static_cast<double>(parts[i].size()) * double{vector[j]};
  }
  auto mean = unit_vector(sum);
  if (!mean)
    return fail(ec::no_text, "no part of the text has anything to embed");
  return std::move(*mean);
}

} // namespace batch
