#include "gateway/http/letter_json.hpp"

#include "actors/queries/payload_json.hpp"

namespace batch {

namespace {

void write_attempts(json_writer& out, const attempt_list& attempts) {
  out.key("attempts").begin_array();
  for (const auto& x : attempts.kept) {
    out.begin_object().key("at").string(format_time(x.at));
    out.key("code").string(to_string(x.code));
    out.key("error").string(x.message);
    out.key("worker").string(x.worker);
    out.key("node").string(x.node).end_object();
  }
  out.end_array();
  out.key("attemptsTotal").number(uint64_t{attempts.count});
}

std::string_view state_of(const stored_letter& x) {
  if (x.letter.purged)
    return "purged";
  return x.claimed_by != 0 ? "replayed" : "open";
}

} // namespace

void write_letter(json_writer& out, const stored_letter& x,
                  const std::optional<job_id>& replayed_by) {
  const auto& letter = x.letter;
  out.begin_object().key("id").string(to_string(x.id()));
  if (letter.type) {
    out.key("jobId").string(to_string(letter.job));
    out.key("index").number(uint64_t{x.at.item});
  }
  out.key("type").string(letter.type ? to_string(*letter.type) : "system");
  if (!letter.ns.empty())
    out.key("ns").string(letter.ns);
  out.key("state").string(state_of(x));
  if (replayed_by)
    out.key("replayedBy").string(to_string(*replayed_by));
  out.key("code").string(to_string(letter.code));
  out.key("error").string(letter.message);
  out.key("failedAt").string(format_time(letter.failed_at));
  write_attempts(out, letter.attempts);
  if (!letter.origin.empty())
    out.key("origin").string(letter.origin);
  if (!letter.purged)
    write_payload(out, letter.payload);
  out.end_object();
}

void write_letter_group(json_writer& out, const letter_group& x,
                        letter_grouping by) {
  out.begin_object().key("code").string(to_string(x.code));
  if (by == letter_grouping::fingerprint)
    out.key("fingerprint").string(x.fingerprint);
  out.key("count").number(x.count);
  out.key("firstAt").string(format_time(x.first_at));
  out.key("lastAt").string(format_time(x.last_at));
  out.key("message").string(x.message);
  out.key("samples").begin_array();
  for (const auto& id : x.samples)
    out.string(to_string(id));
  out.end_array().end_object();
}

} // namespace batch
