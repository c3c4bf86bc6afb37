#include "gateway/cli/follow_job.hpp"

#include "gateway/cli/console.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

namespace batch::cli {

namespace {

using namespace std::literals;
using steady_clock = std::chrono::steady_clock;

constexpr auto pause_min = 200ms;
constexpr auto pause_max = 1000ms;
/// How long a server may be away.
constexpr auto absence_max = 30s;
/// A poll that takes longer is better tried again.
constexpr auto silence_max = 10s;

} // namespace

outcome<void> followed_job::verdict() const {
  if (summary.status != "failed")
    return {};
  auto& progress = summary.progress;
  return fail(exit_status::failed,
              "job " + summary.id + " ended "
                + (progress.state == "cancelled" ? "cancelled" : "failed")
                + ": " + std::to_string(progress.failed) + " of "
                + std::to_string(progress.total) + " items failed");
}

outcome<followed_job> find_job(api_client& api, const std::string& id) {
  auto answer = api.get(request_path{"/batch"}.segment(id));
  if (!answer)
    return fail(answer);
  auto summary = parse_job_answer(*answer);
  if (!summary)
    return fail(exit_status::failed, "the answer of " + api.server().text
                                       + " is not a job; is the URL right?");
  return followed_job{std::move(*answer), std::move(*summary)};
}

outcome<followed_job> follow_job(api_client& api, const std::string& id) {
  api.silence_max(silence_max);
  progress_display display;
  auto pause = pause_min;
  std::optional<steady_clock::time_point> away_since;
  for (;;) {
    auto job = find_job(api, id);
    if (job) {
      if (away_since)
        display.note("the server is back");
      away_since.reset();
      display.show(job->summary.progress);
      if (job->summary.has_ended())
        return job;
    } else if (!job.error().may_pass) {
      return job;
    } else if (!away_since) {
      away_since = steady_clock::now();
      display.note("the server at " + api.server().text
                   + " does not answer; trying for 30 s");
    } else if (steady_clock::now() - *away_since > absence_max) {
      return job;
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 5 / 4, pause_max);
  }
}

} // namespace batch::cli
