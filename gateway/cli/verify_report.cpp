#include "gateway/cli/verify_report.hpp"

#include "codecs/json_writer.hpp"
#include "codecs/utf8.hpp"
#include "gateway/cli/table.hpp"
#include "gateway/cli/terminal_text.hpp"

#include <array>
#include <cstdio>

namespace batch::cli {

namespace {

struct count {
  const char* title;
  const char* member;
  uint64_t verify_summary::*value;
  /// Shown in the table even if it is 0.
  bool always;
};

constexpr std::array counts{
  count{"jobs", "jobs", &verify_summary::jobs, true},
  count{"  open", "openJobs", &verify_summary::open_jobs, false},
  count{"items", "items", &verify_summary::items, true},
  count{"results", "results", &verify_summary::results, true},
  count{"dead letters", "deadLetters", &verify_summary::dead_letters, true},
  count{"  open", "openDeadLetters", &verify_summary::open_letters, false},
  count{"  of the system", "systemDeadLetters", &verify_summary::system_letters,
        false},
  count{"things", "things", &verify_summary::things, true},
  count{"relationships", "relationships", &verify_summary::relationships, true},
  count{"links", "links", &verify_summary::links, true},
  count{"  stale", "staleLinks", &verify_summary::stale_links, false},
  count{"embeddings", "embeddings", &verify_summary::embeddings, true},
  count{"  without thing", "embeddingsWithoutThing",
        &verify_summary::embeddings_without_thing, false},
  count{"unaccepted uploads", "unacceptedUploads",
        &verify_summary::unaccepted_uploads, false},
};

std::string seconds_text(std::chrono::milliseconds took) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s",
                static_cast<double>(took.count()) / 1000);
  return text;
}

} // namespace

void verify_report::add(const verify_finding& x) {
  if (shown.size() < shown_max)
    shown.push_back(x);
}

std::string verify_text(const verify_report& report) {
  const auto& s = report.summary;
  table rows{{{"COUNTED"}, {"", align::right}}};
  for (const auto& x : counts)
    if (x.always || s.*x.value > 0)
      rows.row({x.title, std::to_string(s.*x.value)});
  auto verdict = report.is_clean() ? std::string{"nothing is wrong"}
                 : s.findings == 1 ? "1 finding"
                                   : std::to_string(s.findings) + " findings";
  auto text = rows.text() + verdict + "; took " + seconds_text(report.took);
  if (!s.totals_compared)
    text += "; the statistics were not compared, as not all could be read";
  return text + '\n';
}

std::string findings_text(const verify_report& report) {
  std::string text;
  for (const auto& x : report.shown)
    text += one_line(to_string(x)) + '\n';
  if (report.summary.findings > report.shown.size())
    text += "and "
            + std::to_string(report.summary.findings - report.shown.size())
            + " more\n";
  return text;
}

std::string verify_json(const verify_report& report) {
  const auto& s = report.summary;
  std::string text;
  json_writer w{text};
  w.begin_object().key("success").boolean(true).key("verify").begin_object();
  w.key("clean").boolean(report.is_clean());
  w.key("findingCount").number(s.findings);
  w.key("seconds").number(static_cast<double>(report.took.count()) / 1000);
  for (const auto& x : counts)
    w.key(x.member).number(s.*x.value);
  w.key("totalsCompared").boolean(s.totals_compared);
  w.key("findings").begin_array();
  for (const auto& x : report.shown) {
    // A damaged record may say anything.
    w.begin_object().key("key").string(to_valid_utf8(x.key));
    w.key("fault").string(to_valid_utf8(x.fault));
    w.key("expected").string(to_valid_utf8(x.expected)).end_object();
  }
  w.end_array().end_object().end_object();
  return text;
}

} // namespace batch::cli
