#include "gateway/cli/progress_text.hpp"

#include <algorithm>
#include <cstdio>

namespace batch::cli {

namespace {

/// Columns of the bar without its brackets.
constexpr size_t bar_columns_min = 8;
constexpr size_t bar_columns_max = 40;

std::string decimal(double x, int digits) {
  char text[64];
  auto size = std::snprintf(text, sizeof text, "%.*f", digits, x);
  return {text, std::min<size_t>(static_cast<size_t>(std::max(size, 0)),
                                 sizeof text - 1)};
}

double share_of(uint64_t done, uint64_t total) {
  if (total == 0)
    return 0;
  return std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
}

/// What follows the counts, each part after `separator`.
std::string tail(const job_progress_view& x, const char* separator) {
  std::string out;
  auto add = [&](const std::string& part) { out += separator + part; };
  if (x.items_per_second > 0 && x.done < x.total)
    add(rate_text(x.items_per_second));
  if (x.seconds_left && x.done < x.total)
    add(duration_text(*x.seconds_left) + " left");
  if (x.failed > 0)
    add(std::to_string(x.failed) + " failed");
  if (x.retrying > 0)
    add(std::to_string(x.retrying) + " retrying");
  return out;
}

} // namespace

std::string percent_text(uint64_t done, uint64_t total) {
  auto percent = share_of(done, total) * 100;
  if (done < total)
    percent = std::min(percent, 99.9);
  return decimal(percent, 1) + " %";
}

std::string rate_text(double items_per_second) {
  auto rate = std::clamp(items_per_second, 0.0, 1e15);
  return decimal(rate, rate < 10 ? 1 : 0) + " items/s";
}

std::string duration_text(uint64_t seconds) {
  char text[64];
  auto hours = seconds / 3600;
  auto minutes = seconds / 60 % 60;
  if (hours > 0)
    std::snprintf(text, sizeof text, "%llu:%02llu:%02llu",
                  static_cast<unsigned long long>(hours),
                  static_cast<unsigned long long>(minutes),
                  static_cast<unsigned long long>(seconds % 60));
  else
    std::snprintf(text, sizeof text, "%llu:%02llu",
                  static_cast<unsigned long long>(minutes),
                  static_cast<unsigned long long>(seconds % 60));
  return text;
}

std::string progress_line(const job_progress_view& x) {
  return x.state + ": " + std::to_string(x.done) + " of "
         + std::to_string(x.total) + " items, " + percent_text(x.done, x.total)
         + tail(x, ", ");
}

std::string progress_bar(const job_progress_view& x, size_t columns) {
  auto percent = percent_text(x.done, x.total);
  percent.insert(0, percent.size() < 7 ? 7 - percent.size() : 0, ' ');
  auto text = percent + "  " + std::to_string(x.done) + '/'
              + std::to_string(x.total) + tail(x, "  ");
  if (!x.state.empty() && x.state != "running")
    text += "  " + x.state;
  auto used = text.size() + 3; // brackets and a blank
  if (columns < used + bar_columns_min)
    return text.substr(0, columns);
  auto width = std::min(columns - used, bar_columns_max);
  auto full = static_cast<size_t>(share_of(x.done, x.total)
                                  * static_cast<double>(width));
  return '[' + std::string(full, '#') + std::string(width - full, '.') + "] "
         + text;
}

} // namespace batch::cli
