#include "actors/embedders/providers/retry_after.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace batch {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest = std::chrono::hours{24};

std::optional<int> digits(std::string_view text) {
  int x = 0;
  auto end = text.data() + text.size();
  if (text.empty() || text.front() < '0' || text.front() > '9')
    return std::nullopt;
  auto [stop, err] = std::from_chars(text.data(), end, x);
  if (err != std::errc{} || stop != end)
    return std::nullopt;
  return x;
}

/// The form that RFC 9110 has servers send; the two old ones are not known to
/// be sent by any provider.
std::optional<std::chrono::sys_seconds> parse_date(std::string_view text) {
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  // Sun, 06 Nov 1994 08:49:37 GMT
  if (text.size() != 29 || text.substr(3, 2) != ", "
      || text.substr(25) != " GMT" || text[7] != ' ' || text[11] != ' '
      || text[16] != ' ' || text[19] != ':' || text[22] != ':')
    return std::nullopt;
  auto month = std::ranges::find(months, text.substr(8, 3));
  auto day = digits(text.substr(5, 2));
  auto year = digits(text.substr(12, 4));
  auto hour = digits(text.substr(17, 2));
  auto minute = digits(text.substr(20, 2));
  auto second = digits(text.substr(23, 2));
  if (month == months.end() || !day || !year || !hour || !minute || !second
      || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  std::chrono::year_month_day date{
    std::chrono::year{*year},
    std::chrono::month{static_cast<unsigned>(month - months.begin() + 1)},
    std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok())
    return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{*hour}
         + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
}

} // namespace

std::optional<milliseconds>
parse_retry_after(std::string_view value,
                  std::chrono::system_clock::time_point now) {
  while (value.starts_with(' ') || value.starts_with('\t'))
    value.remove_prefix(1);
  while (value.ends_with(' ') || value.ends_with('\t'))
    value.remove_suffix(1);
  if (value.empty())
    return std::nullopt;
  if (value.front() >= '0' && value.front() <= '9') {
    double seconds = 0;
    auto end = value.data() + value.size();
    auto [stop, err]
      = std::from_chars(value.data(), end, seconds, std::chars_format::fixed);
    if (stop != end)
      return std::nullopt;
    if (err != std::errc{} || seconds > 86'400)
      return longest;
    return milliseconds{static_cast<int64_t>(seconds * 1000)};
  }
  auto date = parse_date(value);
  if (!date)
    return std::nullopt;
  // In seconds: a far date in nanoseconds is too large a number.
  milliseconds wait = *date - std::chrono::floor<std::chrono::seconds>(now);
  return std::clamp(wait, milliseconds{0}, longest);
}

} // namespace batch
