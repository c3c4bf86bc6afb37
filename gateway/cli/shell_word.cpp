#include "gateway/cli/shell_word.hpp"

namespace batch::cli {

std::string shell_word(std::string_view text) {
  constexpr std::string_view harmless
    = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      "@%+=:,./_-";
  if (!text.empty() && text.find_first_not_of(harmless) == text.npos)
    return std::string{text};
  std::string word = "'";
  for (auto c : text)
    if (c == '\'')
      word += "'\\''";
    else
      word += c;
  return word + '\'';
}

} // namespace batch::cli
