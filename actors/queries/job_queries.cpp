#include "actors/queries/job_queries.hpp"

#include "actors/queries/answer_bytes.hpp"
#include "actors/queries/cursor.hpp"
#include "actors/queries/rows.hpp"
#include "codecs/bytes.hpp"
#include "codecs/record.hpp"

namespace batch {

namespace {

/// The letters come without their items, of which a hundred are a lot.
expected<std::vector<job_error>> first_errors(const store_reader& store,
                                              const snapshot_ptr& view,
                                              uint64_t number) {
  std::vector<job_error> errors;
  row_cursor rows{store, view,    family::dead, keys::of_job(number),
                  {},    64 << 10};
  while (errors.size() < inline_errors_max) {
    auto more = rows.next();
    if (!more)
      return fail(more);
    if (!*more)
      break;
    if (keys::is_claim(rows.row().key))
      continue;
    auto letter = decode_record<dead_letter>(rows.row().value);
    if (!letter)
      return fail(letter);
    // An assignment would keep its memory.
    std::string{}.swap(letter->payload);
    errors.push_back({keys::item_of(rows.row().key), std::move(*letter)});
  }
  return errors;
}

/// What was ordered of a job that has not ended. Nothing, too, if it has ended
/// since its progress was read.
expected<std::optional<job_control>> read_control(const store_reader& store,
                                                  const snapshot_ptr& view,
                                                  uint64_t number) {
  auto record = find_row(store, view, family::jobs, keys::job_control(number));
  if (!record)
    return fail(record);
  if (!*record)
    return std::nullopt;
  auto control = decode_record<job_control>(**record);
  if (!control)
    return fail(control);
  return *control;
}

/// The status that all jobs of a state have, if it is one.
std::optional<job_status> status_of(std::optional<job_state> state) {
  if (!state)
    return std::nullopt;
  switch (*state) {
  case job_state::queued:
  case job_state::scheduled:
    return job_status::pending;
  case job_state::running:
  case job_state::retrying:
    return job_status::processing;
  case job_state::succeeded:
    return job_status::completed;
  case job_state::failed:
  case job_state::cancelled:
    return job_status::failed;
  case job_state::paused:
    break;
  }
  return std::nullopt;
}

bool has_labels(const job_spec& spec,
                const std::map<std::string, std::string>& wanted) {
  if (wanted.empty())
    return true;
  auto options = parse_job_options(spec.options);
  if (!options)
    return false;
  for (const auto& [name, value] : wanted) {
    auto found = options->labels.find(name);
    if (found == options->labels.end() || found->second != value)
      return false;
  }
  return true;
}

} // namespace

expected<job_report> read_job(const store_reader& store, uint64_t number,
                              const snapshot_ptr& view) {
  job_report report;
  auto spec = find_row(store, view, family::jobs, keys::job_spec(number));
  if (!spec)
    return fail(spec);
  auto progress
    = find_row(store, view, family::jobs, keys::job_progress(number));
  if (!progress)
    return fail(progress);
  if (!*spec || !*progress)
    return fail(ec::no_such_job, "no job has this id");
  auto decoded_spec = decode_record<job_spec>(**spec);
  if (!decoded_spec)
    return fail(decoded_spec);
  auto decoded_progress = decode_record<job_progress>(**progress);
  if (!decoded_progress)
    return fail(decoded_progress);
  report.spec = std::move(*decoded_spec);
  report.progress = std::move(*decoded_progress);
  if (has_ended(report.progress.status))
    return report;
  auto control = read_control(store, view, number);
  if (!control)
    return fail(control);
  report.control = *control;
  return report;
}

expected<job_id> read_job_id(std::string_view text) {
  auto id = parse_job_id(text);
  if (!id)
    return fail(ec::no_such_job, "no job has this id; " + id.error().message);
  return id;
}

expected<uint64_t> find_job_number(const store_reader& store,
                                   const job_id& id) {
  auto number = store.get(family::jobs, keys::job_by_id(id));
  if (!number)
    return fail(number);
  if (*number)
    return byte_reader{**number}.fixed<uint64_t>();
  auto tombstone = store.get(family::jobs, keys::tombstone(id));
  if (!tombstone)
    return fail(tombstone);
  if (*tombstone)
    return fail(ec::job_gone, "the job was deleted");
  return fail(ec::no_such_job, "no job has this id");
}

expected<job_status> find_job_status(const store_reader& store,
                                     const job_id& id) {
  auto number = find_job_number(store, id);
  if (!number)
    return fail(number);
  auto report = read_job(store, *number);
  if (!report)
    return fail(report);
  return report->progress.status;
}

expected<job_status> find_last_status(const store_reader& store,
                                      const job_id& id) {
  auto status = find_job_status(store, id);
  if (status || status.error().code != ec::job_gone)
    return status;
  auto tombstone = store.get(family::jobs, keys::tombstone(id));
  if (!tombstone)
    return fail(tombstone);
  if (!*tombstone)
    return fail(ec::no_such_job, "no job has this id");
  auto record = decode_record<tombstone_record>(**tombstone);
  if (!record)
    return fail(record);
  return record->status;
}

expected<job_report> find_job(const store_reader& store, const job_id& id,
                              const snapshot_ptr& view) {
  auto number = find_job_number(store, id);
  if (!number)
    return fail(number);
  auto job = *number;
  auto report = read_job(store, job, view);
  if (!report || report->progress.failed == 0)
    return report;
  if (!view)
    return find_job(store, id, store.take_snapshot());
  auto errors = first_errors(store, view, job);
  if (!errors)
    return fail(errors);
  report->errors = std::move(*errors);
  return report;
}

expected<job_list> list_jobs(const store_reader& store,
                             const job_filter& filter) {
  auto status = filter.status ? filter.status : status_of(filter.state);
  auto range = status ? keys::jobs_by_status(static_cast<uint8_t>(*status))
                      : keys::job_specs();
  auto after = read_cursor(filter.cursor, range);
  if (!after)
    return fail(after);
  row_cursor rows{store,   store.take_snapshot(), family::jobs, range, *after,
                  64 << 10};
  job_list list;
  std::string last;
  size_t bytes = 0;
  for (size_t looked_at = 0;; ++looked_at) {
    auto more = rows.next();
    if (!more)
      return fail(more);
    if (!*more)
      return list;
    if (list.jobs.size() == filter.limit || bytes >= filter.bytes_max
        || looked_at == rows_looked_at_max) {
      list.next_cursor = make_cursor(last);
      return list;
    }
    last = rows.row().key;
    auto report = read_job(store, keys::job_of_listed(last));
    if (!report && report.error().code == ec::no_such_job)
      continue;
    if (!report)
      return fail(report);
    if ((!filter.type || report->spec.type == *filter.type)
        && (!filter.state || report->progress.state == *filter.state)
        && has_labels(report->spec, filter.labels)) {
      bytes += report->spec.input.size() + report->spec.options.size();
      list.jobs.push_back(std::move(*report));
    }
  }
}

expected<service_counters> read_counters(const store_reader& store) {
  auto record = store.get(family::meta, keys::counters);
  if (!record)
    return fail(record);
  if (!*record)
    return service_counters{};
  return decode_record<service_counters>(**record);
}

} // namespace batch
