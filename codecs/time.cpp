#include "codecs/time.hpp"

#include <charconv>
#include <cstdio>

namespace batch {

namespace {

using namespace std::chrono;

/// Reads exactly `digits` digits at the front of `text`.
bool take_number(std::string_view& text, size_t digits, int& out) {
  if (text.size() < digits)
    return false;
  auto [end, err] = std::from_chars(text.data(), text.data() + digits, out);
  if (err != std::errc{} || end != text.data() + digits || text[0] == '-')
    return false;
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c)
    return false;
  text.remove_prefix(1);
  return true;
}

/// Letters may be in either case (RFC 3339, 5.6).
bool take_letter(std::string_view& text, char upper) {
  return take(text, upper) || take(text, static_cast<char>(upper | 0x20));
}

/// Reads ".123456" into whole milliseconds; no fraction is fine.
bool take_fraction(std::string_view& text, int& millis) {
  millis = 0;
  if (!take(text, '.'))
    return true;
  int digits = 0;
  for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; ++digits) {
    if (digits < 3)
      millis = millis * 10 + (text[0] - '0');
    text.remove_prefix(1);
  }
  for (int i = digits; i < 3; ++i)
    millis *= 10;
  return digits >= 1 && digits <= 9;
}

/// Reads "Z" or "+hh:mm" into minutes east of UTC.
bool take_offset(std::string_view& text, int& minutes_east) {
  minutes_east = 0;
  if (take_letter(text, 'Z'))
    return true;
  int sign = take(text, '+') ? 1 : take(text, '-') ? -1 : 0;
  int hours_east = 0;
  int minutes = 0;
  if (sign == 0 || !take_number(text, 2, hours_east) || !take(text, ':')
      || !take_number(text, 2, minutes) || hours_east > 23 || minutes > 59)
    return false;
  minutes_east = sign * (hours_east * 60 + minutes);
  return true;
}

} // namespace

time_ms now_ms() {
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch())
    .count();
}

moment this_moment() {
  auto ticks = std::chrono::steady_clock::now().time_since_epoch();
  return {now_ms(),
          std::chrono::duration_cast<std::chrono::milliseconds>(ticks).count()};
}

std::string format_time(time_ms t) {
  auto time = sys_time<milliseconds>{milliseconds{t}};
  auto day = floor<days>(time);
  year_month_day date{day};
  hh_mm_ss clock{time - day};
  char text[32];
  auto size = std::snprintf(
    text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
    static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
    static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
    static_cast<int>(clock.minutes().count()),
    static_cast<int>(clock.seconds().count()),
    static_cast<int>(clock.subseconds().count()));
  return {text, static_cast<size_t>(size)};
}

expected<time_ms> parse_time(std::string_view text) {
  auto bad = [whole = text] {
    return fail(ec::invalid_request,
                "'" + std::string{whole.substr(0, 64)}
                  + "' is no time like 2026-03-01T12:00:00.000Z");
  };
  int y, mo, d, h, mi, s, millis, east;
  auto rest = text;
  if (!take_number(rest, 4, y) || !take(rest, '-') || !take_number(rest, 2, mo)
      || !take(rest, '-') || !take_number(rest, 2, d) || !take_letter(rest, 'T')
      || !take_number(rest, 2, h) || !take(rest, ':')
      || !take_number(rest, 2, mi) || !take(rest, ':')
      || !take_number(rest, 2, s) || !take_fraction(rest, millis)
      || !take_offset(rest, east) || !rest.empty())
    return bad();
  year_month_day date{year{y}, month{static_cast<unsigned>(mo)},
                      day{static_cast<unsigned>(d)}};
  if (!date.ok() || h > 23 || mi > 59 || s > 59)
    return bad();
  auto time = sys_time<milliseconds>{sys_days{date}} + hours{h} + minutes{mi}
              + seconds{s} + milliseconds{millis} - minutes{east};
  return time.time_since_epoch().count();
}

} // namespace batch
