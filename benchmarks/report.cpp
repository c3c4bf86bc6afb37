#include "benchmarks/report.hpp"

#include "codecs/json_writer.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace batch::bench {

namespace {

/// Four digits that say something, whatever the size of the number.
std::string shown(double x) {
  auto size = std::abs(x);
  char text[40];
  std::snprintf(text, sizeof text, "%.*f",
                size >= 1000  ? 0
                : size >= 100 ? 1
                : size >= 1   ? 2
                              : 4,
                x);
  return text;
}

} // namespace

void report::condition(std::string key, std::string value) {
  conditions_.emplace_back(std::move(key), std::move(value));
}

void report::add(const figure& what, double sample) {
  auto found = std::ranges::find_if(
    rows_, [&](const row& x) { return x.what.key == what.key; });
  if (found == rows_.end())
    found = rows_.insert(found, {what, {}});
  found->samples.push_back(sample);
}

void report::add(const std::string& key, const std::string& text,
                 const latencies& of) {
  for (auto [name, percent] : {std::pair{"P50", 50.0}, std::pair{"P90", 90.0},
                               std::pair{"P99", 99.0}, std::pair{"Max", 100.0}})
    add({key + name, text + ", " + (percent == 100 ? "longest" : name), "ms"},
        of.percentile(percent) * 1000);
}

void report::add(const process_usage& used, double items,
                 std::string memory_target) {
  add({"cpuPerItem", "CPU of the service", "us/item"},
      used.cpu_seconds / items * 1e6);
  add({"peakMemory", "peak memory of the service", "MiB",
       std::move(memory_target)},
      used.peak_memory_mib);
  add({"written", "written by the service", "MiB"}, used.written_mib);
}

void report::print_table() const {
  std::printf("%s", scenario_.c_str());
  for (const auto& [key, value] : conditions_)
    std::printf("  %s %s", key.c_str(), value.c_str());
  std::printf("\n  %-36s %12s %12s %12s\n", "", "median", "lowest", "highest");
  for (const auto& x : rows_) {
    auto s = spread_of(x.samples);
    auto target = x.what.target.empty() ? "" : "  (" + x.what.target + ")";
    std::printf("  %-36s %12s %12s %12s  %s%s\n", x.what.text.c_str(),
                shown(s.median).c_str(), shown(s.lowest).c_str(),
                shown(s.highest).c_str(), x.what.unit.c_str(), target.c_str());
  }
}

std::string report::json() const {
  std::string out;
  json_writer w{out};
  w.begin_object().key("scenario").string(scenario_);
  w.key("conditions").begin_object();
  for (const auto& [key, value] : conditions_)
    w.key(key).string(value);
  w.end_object().key("figures").begin_object();
  for (const auto& x : rows_) {
    auto s = spread_of(x.samples);
    w.key(x.what.key).begin_object().key("unit").string(x.what.unit);
    if (!x.what.target.empty())
      w.key("target").string(x.what.target);
    w.key("median").number(s.median).key("lowest").number(s.lowest);
    w.key("highest").number(s.highest).key("samples").begin_array();
    for (auto sample : x.samples)
      w.number(sample);
    w.end_array().end_object();
  }
  w.end_object().end_object();
  return out;
}

void report::print() const {
  print_table();
  std::printf("%s\n", json().c_str());
  std::fflush(stdout);
}

} // namespace batch::bench
