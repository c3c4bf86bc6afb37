#include "actors/queries/letter_queries.hpp"

#include "actors/queries/answer_bytes.hpp"
#include "actors/queries/cursor.hpp"
#include "actors/queries/job_queries.hpp"
#include "codecs/bytes.hpp"
#include "codecs/limits.hpp"
#include "codecs/record.hpp"

#include <algorithm>
#include <map>

namespace batch {

namespace {

constexpr size_t groups_max = 10'000;
constexpr size_t samples_max = 3;

/// The row of a position, as a cursor that begins behind it.
std::string row_of(const item_position& at) {
  return keys::dead_item(at.job, at.item);
}

/// The range of all letters has no bounds that could tell a key of them from
/// one of another list; its length does.
expected<std::string> read_letter_cursor(std::string_view cursor,
                                         const keys::range& range) {
  auto key = read_cursor(cursor, range);
  if (key && !key->empty() && key->size() != row_of({}).size())
    return fail(ec::invalid_request, "cursor: is not one of this list");
  return key;
}

bool is_among(const std::vector<letter_id>& ids, const letter_id& id) {
  return ids.empty() || std::ranges::find(ids, id) != ids.end();
}

bool is_missing(ec code) {
  return code == ec::no_such_job || code == ec::job_gone;
}

void add_to(letter_group& group, const stored_letter& x) {
  if (group.count++ == 0) {
    group.code = x.letter.code;
    group.message = x.letter.message;
    group.first_at = group.last_at = x.letter.failed_at;
  }
  group.first_at = std::min(group.first_at, x.letter.failed_at);
  group.last_at = std::max(group.last_at, x.letter.failed_at);
  if (group.samples.size() < samples_max)
    group.samples.push_back(x.id());
}

} // namespace

letter_cursor::letter_cursor(const store_reader& store, snapshot_ptr view,
                             keys::range range, std::string after)
  : rows_(store, std::move(view), family::dead, std::move(range),
          std::move(after)) {}

expected<bool> letter_cursor::advance() {
  auto more = rows_.next();
  at_row_ = more && *more;
  return more;
}

expected<std::optional<stored_letter>> letter_cursor::next() {
  // A cursor may begin between a letter and its claim.
  while (!at_row_ || keys::is_claim(rows_.row().key)) {
    auto more = advance();
    if (!more)
      return fail(more);
    if (!*more)
      return std::nullopt;
  }
  auto key = rows_.row().key;
  stored_letter x;
  x.at = {keys::job_of(key), keys::item_of(key)};
  auto letter = decode_record<dead_letter>(rows_.row().value);
  if (!letter)
    return fail(letter);
  x.letter = std::move(*letter);
  auto more = advance();
  if (!more)
    return fail(more);
  if (at_row_ && keys::is_claim(rows_.row().key))
    x.claimed_by = byte_reader{rows_.row().value}.fixed<uint64_t>();
  return x;
}

bool letter_filter::is_empty() const {
  return !job && !type && ns.empty() && !code && !after && !before
         && ids.empty();
}

bool matches(const letter_filter& filter, const stored_letter& x) {
  const auto& letter = x.letter;
  return (!filter.job || letter.job == *filter.job)
         && (!filter.type || letter.type == filter.type)
         && (filter.ns.empty() || letter.ns == filter.ns)
         && (!filter.code || letter.code == *filter.code)
         && (!filter.after || letter.failed_at >= *filter.after)
         && (!filter.before || letter.failed_at < *filter.before)
         && is_among(filter.ids, x.id());
}

expected<keys::range> letters_of(const store_reader& store,
                                 const letter_filter& filter) {
  auto job = filter.job;
  if (!job && filter.ids.size() == 1)
    job = filter.ids.front().job;
  if (!job)
    return keys::range{};
  if (*job == job_id{})
    return keys::of_job(0);
  auto number = find_job_number(store, *job);
  // An id that names nothing matches nothing, alone as among others; any range
  // will do then, and that of no job is short.
  if (!number && !filter.job && is_missing(number.error().code))
    return keys::of_job(0);
  if (!number)
    return fail(number);
  return keys::of_job(*number);
}

expected<letter_list> list_letters(const store_reader& store,
                                   const letter_filter& filter, size_t limit,
                                   std::string_view cursor, size_t bytes_max) {
  auto range = letters_of(store, filter);
  if (!range)
    return fail(range);
  auto after = read_letter_cursor(cursor, *range);
  if (!after)
    return fail(after);
  letter_cursor letters{store, store.take_snapshot(), *range, *after};
  letter_list list;
  size_t bytes = 0;
  item_position last;
  for (size_t looked_at = 0;; ++looked_at) {
    auto x = letters.next();
    if (!x)
      return fail(x);
    if (!*x)
      return list;
    if (list.letters.size() == limit || looked_at == rows_looked_at_max
        || bytes >= bytes_max) {
      list.next_cursor = make_cursor(row_of(last));
      return list;
    }
    last = (*x)->at;
    if (!(*x)->is_open() || !matches(filter, **x))
      continue;
    bytes += (*x)->letter.payload.size();
    list.letters.push_back(std::move(**x));
  }
}

expected<stored_letter> find_letter(const store_reader& store,
                                    const letter_id& id) {
  auto missing = fail(ec::no_such_dead_letter, "no dead letter has this id");
  uint64_t job = 0;
  if (id.job != job_id{}) {
    auto number = find_job_number(store, id.job);
    if (!number && number.error().code == ec::no_such_job)
      return missing;
    if (!number)
      return fail(number);
    job = *number;
  }
  auto key = keys::dead_item(job, id.item);
  letter_cursor letters{
    store, store.take_snapshot(), {key, keys::with_prefix(key).to}};
  auto x = letters.next();
  if (!x)
    return fail(x);
  if (!*x)
    return missing;
  return std::move(**x);
}

expected<std::vector<letter_group>> group_letters(const store_reader& store,
                                                  const letter_filter& filter,
                                                  letter_grouping by) {
  auto range = letters_of(store, filter);
  if (!range)
    return fail(range);
  letter_cursor letters{store, store.take_snapshot(), *range};
  std::map<std::pair<ec, std::string>, letter_group> groups;
  for (;;) {
    auto x = letters.next();
    if (!x)
      return fail(x);
    if (!*x)
      break;
    if (!(*x)->is_open() || !matches(filter, **x))
      continue;
    auto fingerprint = by == letter_grouping::fingerprint
                         ? fingerprint_of((*x)->letter.message)
                         : std::string{};
    auto& group = groups[{(*x)->letter.code, fingerprint}];
    group.fingerprint = fingerprint;
    add_to(group, **x);
    if (groups.size() > groups_max)
      return fail(ec::overloaded, "more than " + std::to_string(groups_max)
                                    + " groups: narrow the filter");
  }
  std::vector<letter_group> result;
  for (auto& [key, group] : groups)
    result.push_back(std::move(group));
  std::ranges::stable_sort(result, std::ranges::greater{},
                           &letter_group::count);
  return result;
}

expected<std::optional<job_id>> find_job_id(const store_reader& store,
                                            uint64_t number) {
  auto record = store.get(family::jobs, keys::job_spec(number));
  if (!record)
    return fail(record);
  if (!*record)
    return std::nullopt;
  auto spec = decode_record<job_spec>(**record);
  if (!spec)
    return fail(spec);
  return spec->id;
}

} // namespace batch
