#include "actors/maintenance/verify_job_rows.hpp"

#include "codecs/bytes.hpp"
#include "codecs/dead_letter.hpp"
#include "codecs/results.hpp"

#include <algorithm>

namespace batch {

bool job_row_walk::has_known_size(std::string_view key) const {
  switch (family_) {
  case family::marks:
    return key.size() == 12 || key.size() == 16;
  case family::results:
    return key.size() == 16;
  case family::dead:
    return key.size() == 12 || (key.size() == 13 && key.back() == 'c');
  default:
    return key.size() == 12;
  }
}

std::optional<page::row> job_row_walk::row() {
  for (;; rows_.pass()) {
    auto row = rows_.row();
    if (!row || has_known_size(row->key))
      return row;
    run_.tell(key_digits(family_, row->key), "is of no kind of rows",
              "a key of " + std::string{to_string(family_)});
  }
}

std::optional<page::row> job_row_walk::row_of(uint64_t job) {
  auto x = row();
  return x && keys::job_of(x->key) == job ? x : std::nullopt;
}

std::optional<page::row> job_row_walk::row_of(uint64_t job, uint32_t chunk) {
  auto x = row_of(job);
  return x && keys::chunk_of(x->key) == chunk ? x : std::nullopt;
}

std::optional<uint64_t> job_row_walk::next_job() {
  auto x = row();
  return x ? std::optional{keys::job_of(x->key)} : std::nullopt;
}

uint64_t job_row_walk::pass_job(uint64_t job) {
  uint64_t count = 0;
  for (; row_of(job); pass())
    ++count;
  return count;
}

std::optional<uint32_t> letter_walk::next_item(uint64_t job) {
  for (;; rows_.pass()) {
    auto row = rows_.row_of(job);
    if (!row)
      return std::nullopt;
    auto item = keys::item_of(row->key);
    if (!keys::is_claim(row->key))
      return item;
    run_.tell("dead " + std::to_string(job) + "." + std::to_string(item) + " c",
              "claims a letter that is not there", "no row, or the letter");
  }
}

void letter_walk::check(uint64_t number, verified_job* job) {
  auto row = rows_.row_of(number);
  auto item = keys::item_of(row->key);
  auto name = "dead " + std::to_string(number) + "." + std::to_string(item);
  auto is_purged = false;
  check_record(name, row->value, item, job, is_purged);
  ++run_.summary.dead_letters;
  if (job)
    ++job->letters;
  else
    ++run_.summary.system_letters;
  rows_.pass();
  row = rows_.row_of(number, item);
  auto is_claimed = row && keys::is_claim(row->key);
  if (is_claimed) {
    check_claim(name + " c", row->value);
    rows_.pass();
  }
  if (is_claimed || is_purged)
    return;
  ++run_.summary.open_letters;
  ++run_.counted.dead_letters;
}

void letter_walk::check_record(const std::string& name, std::string_view record,
                               uint32_t item, const verified_job* job,
                               bool& purged) {
  auto letter = decode_record<dead_letter>(record);
  if (!letter) {
    run_.summary.totals_compared = false;
    return run_.tell_unreadable(name, letter.error());
  }
  purged = letter->purged;
  run_.use_number(letter->place.job);
  if (!job) {
    if (letter->type || letter->job != job_id{})
      run_.tell(name, "names a job", "none, as a message of the system");
    return;
  }
  if (letter->job != job->spec.id || letter->type != job->spec.type)
    run_.tell(name, "is of another job", "id and type of its own");
  if (item >= job->spec.total)
    run_.tell(name, "is of an item that the job has not",
              "one of its " + plural(job->spec.total, "item"));
  if (letter->attempts.kept.size() > letter->attempts.count)
    run_.tell(name,
              "keeps " + plural(letter->attempts.kept.size(), "attempt")
                + " of " + std::to_string(letter->attempts.count),
              "no more than there were");
  if (!letter->origin.empty() && !parse_letter_id(letter->origin))
    run_.tell(name, "comes from \"" + letter->origin + "\"",
              "the id of a letter");
}

void letter_walk::check_claim(const std::string& name, std::string_view value) {
  if (value.size() != 8)
    return run_.tell(name, "has " + plural(value.size(), "byte"),
                     "a job number of 8 bytes");
  auto claimer = byte_reader{value}.fixed<uint64_t>();
  // An upload that was not accepted yet has a number and chunks.
  if (claimer == 0
      || (claimer >= run_.stored.next_job
          && !run_.has_rows(family::chunks, keys::of_job(claimer))))
    run_.tell(name, "names " + job_name(claimer) + ", which never was",
              "a job that is there, or was");
}

chunk_results results_walk::of(verified_job& job, uint32_t chunk) {
  auto number = job.spec.number;
  // Those of chunks that are not there.
  for (;;) {
    auto row = rows_.row_of(number);
    if (!row || keys::chunk_of(row->key) >= chunk)
      break;
    of(job, keys::chunk_of(row->key));
  }
  chunk_results found{chunk, {}};
  for (; auto row = rows_.row_of(number, chunk); rows_.pass()) {
    if (keys::is_result_attempts(row->key)) {
      check_attempts(job, *row, found);
      continue;
    }
    auto entries = read_results(row->value);
    if (!entries) {
      job.results_are_whole = false;
      run_.tell_unreadable(
        "results " + std::to_string(number) + " " + std::to_string(chunk)
          + " round "
          + std::to_string(read_big_endian<uint16_t>(row->key.substr(12)))
          + " part "
          + std::to_string(read_big_endian<uint16_t>(row->key.substr(14))),
        entries.error());
      continue;
    }
    auto middle = static_cast<std::ptrdiff_t>(found.items.size());
    for (const auto& x : *entries)
      found.items.push_back(x.index);
    std::inplace_merge(found.items.begin(), found.items.begin() + middle,
                       found.items.end());
  }
  auto name = "results " + std::to_string(number) + " " + std::to_string(chunk);
  for (auto at = found.items.begin();
       (at = std::adjacent_find(at, found.items.end())) != found.items.end();
       ++at)
    run_.tell(name, "item " + std::to_string(*at) + " has two results", "one");
  if (!found.items.empty() && found.items.back() >= job.spec.total)
    run_.tell(name,
              "has a result of item " + std::to_string(found.items.back()),
              "one of the " + plural(job.spec.total, "item") + " of the job");
  job.results += found.items.size();
  run_.summary.results += found.items.size();
  return found;
}

std::optional<chunk_results> results_walk::next(verified_job& job) {
  auto row = rows_.row_of(job.spec.number);
  if (!row)
    return std::nullopt;
  return of(job, keys::chunk_of(row->key));
}

void results_walk::check_attempts(const verified_job& job, const page::row& row,
                                  const chunk_results& found) {
  auto name = "results " + std::to_string(job.spec.number) + " "
              + std::to_string(found.chunk) + " attempts "
              + std::to_string(read_big_endian<uint16_t>(row.key.substr(14)));
  auto item = decode_record<retried_item>(row.value);
  if (!item)
    return run_.tell_unreadable(name, item.error());
  // These stand behind all results of the chunk.
  if (job.results_are_whole
      && !std::ranges::binary_search(found.items, item->index))
    run_.tell(name,
              "is of item " + std::to_string(item->index)
                + ", which has no result",
              "no row, or the result");
}

} // namespace batch
