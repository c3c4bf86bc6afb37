#include "actors/api/calls.hpp"

#include "actors/api/answers.hpp"
#include "actors/maintenance/job_removal.hpp"
#include "actors/maintenance/purge.hpp"
#include "actors/maintenance/replay.hpp"
#include "actors/queries/data_queries.hpp"
#include "codecs/items.hpp"
#include "codecs/json_reader.hpp"

namespace batch::api {

namespace {

bool names_no_job(const error& why) {
  return why.code == ec::no_such_job || why.code == ec::job_gone;
}

/// Checks a JSON object that a call brings beside others; it may be empty.
expected<void> check_object(const std::string& member,
                            const std::string& text) {
  if (text.empty())
    return {};
  json_reader reader;
  if (auto checked
      = reader.check_object(text, [](const json_member&) { return true; });
      !checked)
    return fail(ec::invalid_request, member + ": " + checked.error().message);
  return {};
}

} // namespace

expected<std::optional<job_info>> find_job_info(const api_context& context,
                                                const std::string& id) {
  auto parsed = parse_job_id(id);
  if (!parsed)
    return std::nullopt;
  auto report = find_job(*context.store, *parsed);
  if (!report && names_no_job(report.error()))
    return std::nullopt;
  if (!report)
    return fail(report);
  return job_info_of(*report);
}

expected<job_page> list_job_infos(const api_context& context,
                                  const job_query& query) {
  auto filter = job_filter_of(query);
  if (!filter)
    return fail(filter);
  auto list = list_jobs(*context.store, *filter);
  if (!list)
    return fail(list);
  job_page page;
  for (const auto& report : list->jobs)
    page.jobs.push_back(job_info_of(report));
  page.next_cursor = std::move(list->next_cursor);
  return page;
}

expected<job_info> order_job(api_context& context, const std::string& id,
                             const job_order& order) {
  auto parsed = read_job_id(id);
  if (!parsed)
    return fail(parsed);
  if (auto obeyed = context.client.order(*parsed, order); !obeyed)
    return fail(obeyed);
  auto report = find_job(*context.store, *parsed);
  if (!report)
    return fail(report);
  return job_info_of(*report);
}

expected<job_accepted> retry_job(api_context& context, const std::string& id) {
  auto parsed = read_job_id(id);
  if (!parsed)
    return fail(parsed);
  auto retried = batch::retry_job(*context.store, context.client, *parsed);
  if (!retried)
    return fail(retried);
  return job_accepted{to_string(*retried), {}, false};
}

expected<void> remove_job(api_context& context, const std::string& id) {
  auto parsed = read_job_id(id);
  if (!parsed)
    return fail(parsed);
  return batch::remove_job(*context.store, context.client, *parsed, now_ms());
}

expected<service_stats> read_stats(const api_context& context) {
  auto counters = read_counters(*context.store);
  if (!counters)
    return fail(counters);
  return stats_of(*counters);
}

expected<std::optional<thing_text>> find_thing(const api_context& context,
                                               const std::string& ns,
                                               const std::string& id) {
  // What can be no name names no thing.
  if (!check_name("ns", ns, ns_bytes_max)
      || !check_name("id", id, id_bytes_max))
    return std::nullopt;
  auto thing = batch::find_thing(*context.store, ns, id);
  if (!thing && thing.error().code == ec::no_such_thing)
    return std::nullopt;
  if (!thing)
    return fail(thing);
  return thing_text{std::move(*thing)};
}

expected<void> put_thing(api_context& context, const std::string& json) {
  if (json.size() > item_bytes_max)
    return fail(ec::item_too_large, "the thing is longer than "
                                      + std::to_string(item_bytes_max)
                                      + " bytes");
  item_reader reader;
  auto thing = reader.thing(json);
  if (!thing)
    return fail(thing);
  std::string ns{thing->ns}, id{thing->id};
  return context.client.put_thing(std::move(ns), std::move(id),
                                  has_line_end(json) ? minify_json(json)
                                                     : json);
}

expected<letter_page> list_letters(const api_context& context,
                                   const letter_query& query) {
  auto filter = letter_filter_of(query);
  if (!filter)
    return fail(filter);
  auto limit = page_limit(query.limit);
  if (!limit)
    return fail(limit);
  auto list = batch::list_letters(*context.store, *filter, *limit, query.cursor,
                                  rpc_bytes_max / 2);
  if (!list)
    return fail(list);
  letter_page page;
  for (const auto& x : list->letters)
    page.letters.push_back(letter_info_of(x));
  page.next_cursor = std::move(list->next_cursor);
  return page;
}

expected<letters_replayed> replay_letters(api_context& context,
                                          const letter_replay& replay) {
  auto filter = letter_filter_of(replay.letters);
  if (!filter)
    return fail(filter);
  if (auto ok = check_object("patch", replay.patch); !ok)
    return fail(ok);
  if (auto ok = check_object("options", replay.options); !ok)
    return fail(ok);
  auto outcome = batch::replay_letters(
    *context.store, context.client,
    {std::move(*filter), replay.patch, replay.options, replay.dry_run});
  if (!outcome)
    return fail(outcome);
  return letters_replayed{outcome->job ? to_string(*outcome->job) : "",
                          outcome->count};
}

expected<uint64_t> purge_letters(api_context& context,
                                 const letter_query& query) {
  auto filter = letter_filter_of(query);
  if (!filter)
    return fail(filter);
  return batch::purge_letters(*context.store, context.client, *filter, false);
}

} // namespace batch::api
