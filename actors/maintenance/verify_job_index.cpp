#include "actors/maintenance/verify_parts.hpp"

#include "codecs/bytes.hpp"

#include <map>

namespace batch {

namespace {

std::string uuid_of(std::string_view key) {
  job_id id;
  std::ranges::copy(key.substr(1), id.bytes.begin());
  return to_string(id);
}

bool exists(verify_run& run, std::string_view key) {
  return run.get(family::jobs, key).has_value();
}

void check_spec_row(verify_run& run, const page::row& row) {
  auto number = keys::job_of_listed(row.key);
  run.use_number(number);
  auto name = "jobs J " + std::to_string(number);
  auto spec = decode_record<job_spec>(row.value);
  if (!spec) {
    run.summary.totals_compared = false;
    run.tell_unreadable(name, spec.error());
  } else if (spec->number != number)
    run.tell(name, "says that it is " + job_name(spec->number),
             job_name(number));
  // The other way round is looked at with the job.
  if (!exists(run, keys::job_progress(number))) {
    run.summary.totals_compared = false;
    run.tell("jobs P " + std::to_string(number), "is not there",
             "the progress of " + job_name(number));
  }
}

void check_id_row(verify_run& run, const page::row& row) {
  auto name = "jobs I " + uuid_of(row.key);
  if (row.value.size() != 8)
    return run.tell(name, "has " + plural(row.value.size(), "byte"),
                    "a job number of 8 bytes");
  auto number = byte_reader{row.value}.fixed<uint64_t>();
  auto bytes = run.get(family::jobs, keys::job_spec(number));
  if (!bytes) {
    if (!exists(run, keys::job_progress(number)))
      run.tell(name, "names " + job_name(number) + ", which is not there",
               "no row, or the job");
    return;
  }
  auto spec = decode_record<job_spec>(*bytes);
  if (spec && spec->id.view() != row.key.substr(1))
    run.tell(name,
             "names " + job_name(number) + ", which has the id "
               + to_string(spec->id),
             "no row, or a job of this id");
}

void check_status_row(verify_run& run, const page::row& row) {
  auto status = static_cast<job_status>(row.key[1]);
  auto number = keys::job_of_listed(row.key);
  auto is_known = std::ranges::find(job_statuses, status) != job_statuses.end();
  auto name
    = "jobs S "
      + (is_known ? std::string{to_string(status)} : std::to_string(row.key[1]))
      + " " + std::to_string(number);
  auto bytes = run.get(family::jobs, keys::job_progress(number));
  if (!bytes && !exists(run, keys::job_spec(number)))
    return run.tell(name, "names a job that is not there",
                    "no row, or the job");
  if (!row.value.empty())
    run.tell(name, "has a value", "none");
  if (!bytes)
    return;
  auto progress = decode_record<job_progress>(*bytes);
  if (progress && progress->status != status)
    run.tell(name, "is not the status of the job",
             std::string{to_string(progress->status)} + " alone");
}

void check_control_row(verify_run& run, const page::row& row) {
  auto number = read_big_endian<uint64_t>(row.key.substr(1));
  auto name = "jobs C " + std::to_string(number);
  if (auto control = decode_record<job_control>(row.value); !control)
    run.tell_unreadable(name, control.error());
  auto bytes = run.get(family::jobs, keys::job_progress(number));
  if (!bytes) {
    if (!exists(run, keys::job_spec(number)))
      run.tell(name, "is of a job that is not there", "no row, or the job");
    return;
  }
  auto progress = decode_record<job_progress>(*bytes);
  if (progress && has_ended(progress->status))
    run.tell(name, "is there although the job has ended", "no row");
}

void check_finished_row(verify_run& run, const page::row& row) {
  auto number = keys::job_of_finished(row.key);
  auto at = keys::finished_at_of(row.key);
  auto name = "jobs F " + time_text(at) + " " + std::to_string(number);
  auto bytes = run.get(family::jobs, keys::job_progress(number));
  if (!bytes) {
    if (!exists(run, keys::job_spec(number)))
      run.tell(name, "names a job that is not there", "no row, or the job");
    return;
  }
  auto progress = decode_record<job_progress>(*bytes);
  if (!progress)
    return;
  if (!has_ended(progress->status))
    run.tell(name, "is there although the job has not ended", "no row");
  else if (progress->finished_at != at)
    run.tell(name, "is not the time at which the job ended",
             time_text(progress->finished_at) + " alone");
}

/// A row that goes at some time has a row that says so.
void check_has_expiry(verify_run& run, const std::string& name,
                      std::string_view key, time_ms expires_at) {
  if (!exists(run, keys::expiry(expires_at, key)))
    run.tell(name, "has no row X for " + time_text(expires_at),
             "one, or it stays for ever");
}

void check_key_row(verify_run& run, const page::row& row) {
  auto name = "jobs K " + std::string{row.key.substr(1)};
  auto record = decode_record<idempotency_record>(row.value);
  if (!record)
    return run.tell_unreadable(name, record.error());
  check_has_expiry(run, name, row.key, record->expires_at);
  if (record->expires_at > run.now && !exists(run, keys::job_by_id(record->id))
      && !exists(run, keys::tombstone(record->id)))
    run.tell(name,
             "names the job " + to_string(record->id) + ", which never was",
             "a job that is there, or was");
}

void check_tombstone(verify_run& run, const page::row& row) {
  auto name = "jobs T " + uuid_of(row.key);
  auto record = decode_record<tombstone_record>(row.value);
  if (!record)
    return run.tell_unreadable(name, record.error());
  check_has_expiry(run, name, row.key, record->expires_at);
  job_id id;
  std::ranges::copy(row.key.substr(1), id.bytes.begin());
  if (exists(run, keys::job_by_id(id)))
    run.tell(name, "is there although the job is", "no row");
}

void check_expiry_row(verify_run& run, const page::row& row) {
  auto at = static_cast<time_ms>(read_big_endian<uint64_t>(row.key.substr(1)));
  auto target = keys::expiring_key(row.key);
  auto is_key = target.size() == 65 && target[0] == 'K';
  auto is_tombstone = target.size() == 17 && target[0] == 'T';
  auto name = "jobs X " + time_text(at) + " "
              + (is_key         ? "K " + std::string{target.substr(1)}
                 : is_tombstone ? "T " + uuid_of(target)
                                : key_digits(family::jobs, target));
  if (!is_key && !is_tombstone)
    return run.tell(name, "names a row that is not to expire", "a row K or T");
  // Of rows whose time has come, some may have been removed already.
  if (at > run.now && !exists(run, target))
    run.tell(name, "names a row that is not there", "the row, or none");
}

struct row_kind {
  /// Bytes of a key, the letter included; those of X have no fixed number.
  size_t bytes;
  void (*check)(verify_run&, const page::row&);
};

const std::map<char, row_kind> row_kinds{
  {'J', {9, check_spec_row}},
  // Looked at with the job.
  {'P', {9, [](verify_run&, const page::row&) {}}},
  {'I', {17, check_id_row}},
  {'S', {10, check_status_row}},
  {'C', {9, check_control_row}},
  {'F', {17, check_finished_row}},
  {'K', {65, check_key_row}},
  {'T', {17, check_tombstone}},
  {'X', {0, check_expiry_row}},
};

} // namespace

void verify_job_index(verify_run& run) {
  row_walk rows{run, family::jobs};
  for (; auto row = rows.row(); rows.pass()) {
    auto kind = row_kinds.find(row->key[0]);
    auto is_known
      = kind != row_kinds.end()
        && (kind->first == 'X' ? row->key.size() > 9
                               : row->key.size() == kind->second.bytes);
    if (is_known)
      kind->second.check(run, *row);
    else
      run.tell(key_digits(family::jobs, row->key), "is of no kind of rows",
               "one of J, P, I, S, C, K, F, T, X");
  }
}

} // namespace batch
