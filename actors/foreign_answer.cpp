#include "actors/foreign_answer.hpp"

#include "actors/workers/worker.hpp"
#include "codecs/json_reader.hpp"
#include "codecs/limits.hpp"

#include <map>

namespace batch {

namespace {

std::string name_of(uint32_t offset) {
  return "the item with the offset " + std::to_string(offset);
}

tl::unexpected<error> unusable(const std::string& what) {
  return fail(ec::internal, "the worker's answer cannot be used: " + what);
}

using answers_by_offset = std::map<uint32_t, const foreign_result*>;

/// Finds the answer of each item that was asked for.
expected<answers_by_offset>
sort_answers(const loaded_work& work,
             const std::vector<foreign_result>& answer) {
  answers_by_offset found;
  for (const auto& item : work.items)
    if (!item.fault)
      found[item.offset] = nullptr;
  size_t bytes = 0;
  for (const auto& x : answer) {
    auto at = found.find(x.offset);
    if (at == found.end())
      return unusable("nobody asked for " + name_of(x.offset));
    if (std::exchange(at->second, &x))
      return unusable("it has " + name_of(x.offset) + " twice");
    bytes += x.result.size();
  }
  for (const auto& [offset, x] : found)
    if (!x)
      return unusable(name_of(offset) + " is not in it");
  if (bytes > outcome_bytes_max)
    return unusable("its results have " + std::to_string(bytes)
                    + " bytes, of which " + std::to_string(outcome_bytes_max)
                    + " are taken; a smaller chunkSize helps");
  return found;
}

void take_failure(outcome_builder& out, const work_item& item,
                  const foreign_result& x) {
  auto why = x.message.empty() ? "the worker did not say why" : x.message;
  if (x.permanent)
    out.fail(item, {ec::rejected, std::move(why)});
  else if (x.retry_after_ms > 0)
    out.throttle(item, std::move(why),
                 std::chrono::milliseconds{
                   std::min<uint64_t>(x.retry_after_ms, INT64_MAX)});
  else
    out.fail(item, {ec::unavailable, std::move(why)});
}

expected<void> take_success(outcome_builder& out, const work_item& item,
                            const foreign_result& x, json_reader& reader) {
  if (x.result.empty()) {
    out.succeed(item, "null");
    return {};
  }
  if (auto checked = reader.check(x.result); !checked)
    return unusable("the result of " + name_of(x.offset) + ": "
                    + checked.error().message);
  if (x.result.size() > item_bytes_max)
    out.fail(item, {ec::item_too_large,
                    "its result has " + std::to_string(x.result.size())
                      + " bytes, of which " + std::to_string(item_bytes_max)
                      + " can be kept"});
  else if (has_line_end(x.result))
    out.succeed(item, minify_json(x.result));
  else
    out.succeed(item, x.result);
  return {};
}

} // namespace

foreign_work to_foreign(const loaded_work& work) {
  foreign_work out;
  out.job_id = to_string(work.job->spec.id);
  out.type = work.job->spec.type.custom;
  out.options = work.job->spec.options;
  out.first_item = work.first_item;
  out.round = work.ref.round;
  out.items.reserve(work.items.size());
  for (const auto& item : work.items)
    if (!item.fault)
      out.items.push_back({item.offset, std::string{item.text}});
  return out;
}

expected<chunk_outcome>
read_foreign_answer(const loaded_work& work,
                    const std::vector<foreign_result>& answer) {
  auto answers = sort_answers(work, answer);
  if (!answers)
    return fail(answers);
  outcome_builder out{work};
  json_reader reader;
  for (const auto& item : work.items) {
    if (item.fault) {
      out.fail(item, *item.fault);
      continue;
    }
    const auto& x = *answers->at(item.offset);
    if (!x.success)
      take_failure(out, item, x);
    else if (auto taken = take_success(out, item, x, reader); !taken)
      return fail(taken);
  }
  return out.finish({});
}

} // namespace batch
