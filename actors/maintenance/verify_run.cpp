#include "actors/maintenance/verify_run.hpp"

namespace batch {

std::string to_string(const verify_finding& x) {
  return x.key + ": " + x.fault + "; expected " + x.expected;
}

void verify_run::tell(std::string key, std::string fault, std::string right) {
  if (stopped)
    return;
  ++summary.findings;
  on_finding_({std::move(key), std::move(fault), std::move(right)});
}

void verify_run::tell_unreadable(std::string key, const error& why) {
  tell(std::move(key), "cannot be read (" + why.message + ")",
       "a whole record");
}

std::optional<std::string> verify_run::get(family f, std::string_view key) {
  if (stopped)
    return std::nullopt;
  auto value = store.get(f, key);
  if (!value) {
    stopped = std::move(value).error();
    return std::nullopt;
  }
  return std::move(*value);
}

bool verify_run::has_rows(family f, const keys::range& range) {
  if (stopped)
    return false;
  auto rows = store.scan(nullptr, f, range.from, range.to, {}, 1);
  if (!rows)
    stopped = std::move(rows).error();
  return !stopped && !rows->empty();
}

std::optional<page::row> row_walk::row() {
  if (!at_row_ && !at_end_ && !run_.stopped) {
    auto more = rows_.next();
    if (!more)
      run_.stopped = std::move(more).error();
    at_row_ = more && *more;
    at_end_ = !at_row_;
  }
  if (!at_row_ || run_.stopped)
    return std::nullopt;
  return rows_.row();
}

std::string job_name(uint64_t number) {
  return "job " + std::to_string(number);
}

std::string time_text(time_ms t) {
  constexpr time_ms end_of_9999 = 253'402'300'799'999;
  return t >= 0 && t <= end_of_9999 ? format_time(t) : std::to_string(t);
}

std::string plural(uint64_t count, std::string_view one) {
  return std::to_string(count) + " " + std::string{one}
         + (count == 1 ? "" : "s");
}

std::string key_digits(family f, std::string_view key) {
  constexpr auto digits = "0123456789abcdef";
  std::string text{to_string(f)};
  text += " 0x";
  for (auto c : key) {
    auto byte = static_cast<unsigned char>(c);
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 15]);
  }
  return text;
}

std::string named_key(family f, std::string_view key) {
  std::string text{to_string(f)};
  text += ' ';
  auto begin = text.size();
  text += key;
  std::replace(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(),
               '\0', '/');
  return text;
}

} // namespace batch
