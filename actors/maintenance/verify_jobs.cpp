#include "actors/maintenance/verify_open_job.hpp"
#include "actors/maintenance/verify_parts.hpp"

#include "codecs/bytes.hpp"
#include "codecs/job_options.hpp"

namespace batch {

namespace {

class jobs_check {
public:
  explicit jobs_check(verify_run& run)
    : run_(run), chunks_(run, family::chunks), marks_(run, family::marks),
      results_(run), letters_(run) {}

  void check() {
    while (letters_.next_item(0))
      letters_.check(0, nullptr);
    row_walk rows{run_, family::jobs, keys::with_prefix("P")};
    for (; auto row = rows.row(); rows.pass())
      // Other keys are told of elsewhere.
      if (row->key.size() == 9)
        check_job(read_big_endian<uint64_t>(row->key.substr(1)), row->value);
    pass_rows_of_no_job(std::nullopt);
  }

private:
  void check_job(uint64_t number, std::string_view record) {
    run_.use_number(number);
    pass_rows_of_no_job(number);
    auto progress = decode_record<job_progress>(record);
    auto bytes = run_.get(family::jobs, keys::job_spec(number));
    auto spec = bytes ? decode_record<job_spec>(*bytes)
                      : expected<job_spec>{fail(ec::no_such_job, "absent")};
    if (!progress)
      run_.tell_unreadable("jobs P " + std::to_string(number),
                           progress.error());
    if (!bytes)
      run_.tell("jobs J " + std::to_string(number), "is not there",
                "the specification of " + job_name(number));
    ++run_.summary.jobs;
    if (!progress || !spec) {
      run_.summary.totals_compared = false;
      return pass_job(number);
    }
    verified_job job{std::move(*spec), std::move(*progress), {}};
    job.spec.number = number;
    check_rows(job);
    count(job);
    if (auto options = parse_job_options(job.spec.options))
      job.keeps_results = options->keep_results;
    else
      run_.tell("jobs J " + std::to_string(number),
                "has options that cannot be read (" + options.error().message
                  + ")",
                "those that were accepted");
    if (has_ended(job.progress.status))
      check_ended(job);
    else {
      ++run_.summary.open_jobs;
      open_job_check{run_, job, chunks_, marks_, results_, letters_}.check();
    }
    check_progress(job);
  }

  /// The rows that lead to the job.
  void check_rows(const verified_job& job) {
    auto number = job.spec.number;
    const auto& p = job.progress;
    std::string number_bytes;
    append_fixed(number_bytes, number);
    auto id = run_.get(family::jobs, keys::job_by_id(job.spec.id));
    if (id != number_bytes)
      run_.tell("jobs I " + to_string(job.spec.id),
                id ? "names another job" : "is not there", job_name(number));
    if (!run_.get(family::jobs,
                  keys::job_by_status(static_cast<uint8_t>(p.status), number)))
      run_.tell("jobs S " + std::string{to_string(p.status)} + " "
                  + std::to_string(number),
                "is not there", "the status of " + job_name(number));
    if (!has_ended(p.status))
      return;
    auto name
      = "jobs F " + time_text(p.finished_at) + " " + std::to_string(number);
    auto total
      = run_.get(family::jobs, keys::finished_job(p.finished_at, number));
    std::string total_bytes;
    append_fixed(total_bytes, job.spec.total);
    if (!total)
      run_.tell(name, "is not there", "the end of " + job_name(number));
    else if (*total != total_bytes)
      run_.tell(name, "has another total",
                std::to_string(job.spec.total) + " in 4 bytes");
  }

  void count(const verified_job& job) {
    const auto& p = job.progress;
    auto& all = run_.counted;
    auto& type = all.of(job.spec.type.base);
    run_.summary.items += job.spec.total;
    ++all.of(p.status);
    all.items += uint64_t{p.processed} + p.failed;
    ++type.jobs;
    type.completed += p.status == job_status::completed ? 1 : 0;
    type.failed += p.status == job_status::failed ? 1 : 0;
    type.items_processed += p.processed;
    type.items_failed += p.failed;
    if (has_ended(p.status))
      all.kept_items += job.spec.total;
  }

  void check_ended(verified_job& job) {
    auto number = job.spec.number;
    auto refuse = [&](job_row_walk& rows, family f) {
      if (auto count = rows.pass_job(number); count > 0)
        run_.tell(std::string{to_string(f)} + " " + std::to_string(number),
                  plural(count, "row") + " of a job that has ended", "none");
    };
    refuse(chunks_, family::chunks);
    refuse(marks_, family::marks);
    std::optional<uint32_t> last;
    while (auto chunk = results_.next(job)) {
      auto name = "results " + std::to_string(number) + " "
                  + std::to_string(chunk->chunk);
      if (last && !chunk->items.empty() && chunk->items.front() <= *last)
        run_.tell(
          name, "has a result of item " + std::to_string(chunk->items.front()),
          "items behind " + std::to_string(*last)
            + ", the last one of the chunks before");
      for (auto item : chunk->items)
        if (check_letters_until(job, item))
          run_.tell(name,
                    "has a result of item " + std::to_string(item)
                      + ", which is a dead letter",
                    "one of both");
      if (!chunk->items.empty())
        last = chunk->items.back();
    }
    check_letters_until(job, UINT32_MAX);
  }

  /// Looks at the letters of items up to this one, and says whether it has
  /// one.
  bool check_letters_until(verified_job& job, uint32_t item) {
    auto number = job.spec.number;
    for (;;) {
      auto next = letters_.next_item(number);
      if (!next || *next > item)
        return false;
      letters_.check(number, &job);
      if (*next == item)
        return true;
    }
  }

  void check_progress(const verified_job& job) {
    const auto& p = job.progress;
    auto name = "jobs P " + std::to_string(job.spec.number);
    auto ended = has_ended(p.status);
    auto sum = uint64_t{p.processed} + p.failed + p.not_started;
    if (ended ? sum != job.spec.total : sum > job.spec.total)
      run_.tell(name,
                "processed, failed and notStarted are " + std::to_string(sum),
                std::to_string(job.spec.total) + (ended ? "" : " at most"));
    if (p.failed != job.letters)
      run_.tell(name, "failed is " + std::to_string(p.failed),
                std::to_string(job.letters) + ", as there are dead letters");
    check_results(job, name);
    auto state_is_right
      = p.status == job_status::completed ? p.state == job_state::succeeded
        : p.status == job_status::failed
          ? p.state == job_state::failed || p.state == job_state::cancelled
          : p.state <= job_state::retrying;
    if (!state_is_right)
      run_.tell(name, "state is " + std::string{to_string(p.state)},
                "one of status " + std::string{to_string(p.status)});
    if (ended != (p.finished_at != 0))
      run_.tell(name, ended ? "has no finishedAt" : "has a finishedAt",
                ended ? "the time of its end" : "none before its end");
    if (ended && p.retrying != 0)
      run_.tell(name, "retrying is " + std::to_string(p.retrying), "0");
    if (p.status == job_status::pending && sum + p.retrying != 0)
      run_.tell(name, "has outcomes of items, but was not begun", "none");
  }

  void check_results(const verified_job& job, const std::string& name) {
    if (!job.results_are_whole || !job.keeps_results)
      return;
    if (!*job.keeps_results && job.results > 0)
      run_.tell("results " + std::to_string(job.spec.number),
                plural(job.results, "result"),
                "none, as keepResults is errors");
    // Of a job that is open, each chunk was compared.
    if (*job.keeps_results && has_ended(job.progress.status)
        && job.results != job.progress.processed)
      run_.tell(name, "processed is " + std::to_string(job.progress.processed),
                std::to_string(job.results) + ", as there are results");
  }

  /// Passes the rows of a job that cannot be judged.
  void pass_job(uint64_t number) {
    for (auto rows : {&chunks_, &marks_, &results_.rows(), &letters_.rows()})
      rows->pass_job(number);
  }

  /// Passes rows up to a job, or to the end.
  void pass_rows_of_no_job(std::optional<uint64_t> end) {
    auto each = [&](job_row_walk& rows, auto visit) {
      for (;;) {
        auto number = rows.next_job();
        if (!number || (end && *number >= *end))
          return;
        auto count = rows.pass_job(*number);
        // Of a job without progress it was told already.
        if (!run_.get(family::jobs, keys::job_spec(*number)))
          visit(*number, count);
      }
    };
    // What an upload has left that was cut off, or is not closed yet.
    each(chunks_,
         [&](uint64_t, uint64_t) { ++run_.summary.unaccepted_uploads; });
    auto refuse = [&](job_row_walk& rows, family f) {
      each(rows, [&](uint64_t number, uint64_t count) {
        run_.tell(std::string{to_string(f)} + " " + std::to_string(number),
                  plural(count, "row") + " of a job that is not there", "none");
      });
    };
    refuse(marks_, family::marks);
    refuse(results_.rows(), family::results);
    refuse(letters_.rows(), family::dead);
  }

  verify_run& run_;
  job_row_walk chunks_;
  job_row_walk marks_;
  results_walk results_;
  letter_walk letters_;
};

} // namespace

void verify_jobs(verify_run& run) {
  jobs_check{run}.check();
}

} // namespace batch
