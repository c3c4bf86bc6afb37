#include "actors/maintenance/replay.hpp"

#include "actors/queries/job_queries.hpp"
#include "actors/submission.hpp"
#include "actors/transforms/merge_patch.hpp"
#include "codecs/fail_point.hpp"
#include "codecs/json_reader.hpp"
#include "codecs/json_writer.hpp"
#include "codecs/record.hpp"

namespace batch {

namespace {

/// Items of a chunk of a replay: attempts of both lives make letters large.
constexpr uint32_t chunk_items = 100;

/// What the letters of a replay have in common.
struct survey {
  uint64_t count = 0;
  std::optional<job_kind> type;
  std::optional<std::string> options;
};

/// Visits the open letters that match, until `visit` fails.
template <class Visit>
expected<void> for_each_letter(const store_reader& store, snapshot_ptr view,
                               const letter_filter& filter, Visit&& visit) {
  auto range = letters_of(store, filter);
  if (!range)
    return fail(range);
  letter_cursor letters{store, std::move(view), *range};
  for (;;) {
    auto x = letters.next();
    if (!x)
      return fail(x);
    if (!*x)
      return {};
    // Messages of the system itself have no job to go to.
    if (!(*x)->is_open() || !(*x)->letter.type || !matches(filter, **x))
      continue;
    if (expected<void> visited = visit(**x); !visited)
      return visited;
  }
}

/// The options without what put the job off, and without the size of its
/// chunks, which a replay sets itself.
std::string to_replay(std::string_view options) {
  std::string out;
  json_writer w{out};
  w.begin_object();
  json_reader reader;
  // What was accepted with the job is an object, or nothing.
  (void)reader.check_object(options, [&](const json_member& m) {
    if (m.key != "runAt" && m.key != "delaySeconds" && m.key != "after"
        && m.key != "chunkSize")
      w.key(m.key).raw(m.value);
    return true;
  });
  w.end_object();
  return out;
}

expected<std::string> options_of_job(const store_reader& store,
                                     uint64_t number) {
  auto record = store.get(family::jobs, keys::job_spec(number));
  if (!record)
    return fail(record);
  if (!*record)
    return std::string{};
  auto spec = decode_record<job_spec>(**record);
  if (!spec)
    return fail(spec);
  return to_replay(spec->options);
}

expected<survey> look_over(const store_reader& store, const snapshot_ptr& view,
                           const replay_request& request) {
  survey found;
  uint64_t last_job = 0;
  auto visited = for_each_letter(
    store, view, request.filter, [&](const stored_letter& x) -> expected<void> {
      ++found.count;
      if (found.type && found.type != x.letter.type)
        return fail(ec::conflict, "the filter means letters of several types ("
                                    + std::string{to_string(*found.type)} + ", "
                                    + std::string{to_string(*x.letter.type)}
                                    + "): narrow it, e.g. by type");
      found.type = x.letter.type;
      if (!request.options.empty() || x.at.job == last_job)
        return {};
      last_job = x.at.job;
      auto options = options_of_job(store, x.at.job);
      if (!options)
        return fail(options);
      if (found.options && *found.options != *options)
        return fail(ec::conflict,
                    "the filter means letters of jobs with different options: "
                    "narrow it, e.g. by jobId, or say which options to use");
      found.options = std::move(*options);
      return {};
    });
  if (!visited)
    return fail(visited);
  return found;
}

/// What stands as `input` of the new job, so that one sees where it is from.
std::string input_of(const letter_filter& filter) {
  std::string out;
  json_writer w{out};
  w.begin_object().key("deadLetters").begin_object();
  if (filter.job)
    w.key("jobId").string(to_string(*filter.job));
  if (filter.type)
    w.key("type").string(to_string(*filter.type));
  if (!filter.ns.empty())
    w.key("ns").string(filter.ns);
  if (filter.code)
    w.key("code").string(to_string(*filter.code));
  if (filter.after)
    w.key("after").string(format_time(*filter.after));
  if (filter.before)
    w.key("before").string(format_time(*filter.before));
  if (!filter.ids.empty())
    w.key("ids").number(uint64_t{filter.ids.size()});
  w.end_object().end_object();
  return out;
}

/// The options with the chunks of a replay.
expected<std::string> with_chunk_size(const std::string& options) {
  return merge_patch(options.empty() ? "{}" : options,
                     "{\"chunkSize\":" + std::to_string(chunk_items) + "}");
}

expected<void> add(submission& upload, const replay_request& request,
                   const stored_letter& x) {
  auto named = [&](error why) {
    return fail(why.code,
                "dead letter " + to_string(x.id()) + ": " + why.message);
  };
  auto payload = x.letter.payload;
  if (!request.patch.empty()) {
    auto patched = merge_patch(payload, request.patch);
    if (!patched)
      return named({ec::invalid_request, "its payload cannot be patched: "
                                           + patched.error().message});
    payload = std::move(*patched);
  }
  auto added = upload.add_letter(payload, x.at);
  if (!added)
    return named(added.error());
  return {};
}

} // namespace

expected<replay_outcome> replay_letters(const store_reader& store,
                                        service_client& client,
                                        const replay_request& request) {
  if (request.filter.is_empty())
    return fail(ec::invalid_request,
                "filter: must not be empty; it says which dead letters to "
                "replay",
                "/filter");
  auto found = look_over(store, store.take_snapshot(), request);
  if (!found)
    return fail(found);
  if (request.dry_run || found->count == 0)
    return replay_outcome{{}, found->count};

  auto options = with_chunk_size(
    request.options.empty() ? found->options.value_or("") : request.options);
  if (!options)
    return fail(options);
  auto type = found->type;
  auto had_options = found->options;
  submission upload{client};
  if (auto ok = upload.open({*type, std::move(*options),
                             input_of(request.filter), upload_kind::letters},
                            item_source::dead_letters);
      !ok)
    return fail(ok);
  // From here nobody else changes letters; those taken meanwhile are claimed.
  auto view = store.take_snapshot();
  found = look_over(store, view, request);
  if (!found)
    return fail(found);
  if (found->count == 0)
    return replay_outcome{};
  if (found->type != type || found->options != had_options)
    return fail(ec::conflict, "the dead letters have changed meanwhile; try "
                              "again");
  auto added
    = for_each_letter(store, view, request.filter, [&](const stored_letter& x) {
        return add(upload, request, x);
      });
  if (!added)
    return fail(added);
  BATCH_FAIL_POINT("replay.before_close");
  auto accepted = upload.close();
  if (!accepted)
    return fail(accepted);
  BATCH_FAIL_POINT("replay.accepted");
  return replay_outcome{accepted->id, found->count};
}

expected<job_id> retry_job(const store_reader& store, service_client& client,
                           const job_id& id) {
  auto status = find_job_status(store, id);
  if (!status)
    return fail(status);
  if (!has_ended(*status))
    return fail(ec::conflict, "the job has not ended; what has failed can be "
                              "tried again when it has");
  replay_request replay;
  replay.filter.job = id;
  auto outcome = replay_letters(store, client, replay);
  if (!outcome)
    return fail(outcome);
  if (!outcome->job)
    return fail(ec::conflict, "the job has no failed items that were not "
                              "retried or purged already");
  return *outcome->job;
}

} // namespace batch
