#include "gateway/cli/letter_text.hpp"

#include "gateway/cli/terminal_text.hpp"

namespace batch::cli {

namespace {

std::string shown(const json_fields& x, const char* name) {
  return one_line(x.text(name));
}

/// E.g. "2026-03-01T12:00:00.250Z  timed_out: too slow (embed-2 on node-1)".
std::string describe_attempt(const json_fields& x) {
  auto out
    = shown(x, "at") + "  " + shown(x, "code") + ": " + shown(x, "error");
  auto worker = shown(x, "worker");
  auto node = shown(x, "node");
  if (worker.empty())
    return out;
  return out + " (" + worker + (node.empty() ? "" : " on " + node) + ')';
}

} // namespace

table make_letter_table() {
  return table{{{"ID"}, {"TYPE"}, {"NS"}, {"CODE"}, {"FAILED"}, {"ERROR"}}};
}

void add_letter_row(table& letters, const json_fields& letter) {
  letters.row({shown(letter, "id"), shown(letter, "type"), shown(letter, "ns"),
               shown(letter, "code"), shown(letter, "failedAt"),
               shown(letter, "error")});
}

std::optional<std::string> letter_block(std::string_view answer) {
  auto fields = json_fields::parse(answer);
  if (!fields)
    return {};
  auto x = fields->object("deadLetter");
  if (x.text("id").empty() || x.text("state").empty())
    return {};
  std::string out;
  auto line = [&](std::string name, const std::string& value) {
    if (value.empty())
      return;
    name.resize(10, ' ');
    out += name + value + '\n';
  };
  auto state = shown(x, "state");
  if (auto job = shown(x, "replayedBy"); !job.empty())
    state += " by job " + job;
  line("letter", shown(x, "id"));
  line("state", state);
  line("job", shown(x, "jobId"));
  line("item", shown(x, "index"));
  line("type", shown(x, "type"));
  line("ns", shown(x, "ns"));
  line("code", shown(x, "code"));
  line("error", shown(x, "error"));
  line("failed", shown(x, "failedAt"));
  line("origin", shown(x, "origin"));
  line("payload", shown(x, "payload"));
  line("payload", shown(x, "payloadText"));
  line("attempts", shown(x, "attemptsTotal"));
  for (auto& attempt : x.elements("attempts"))
    if (auto each = json_fields::parse(attempt))
      out += "  " + describe_attempt(*each) + '\n';
  return out;
}

std::optional<std::string> letter_groups_text(std::string_view answer) {
  auto fields = json_fields::parse(answer);
  if (!fields || fields->text("groups").empty())
    return {};
  table groups{
    {{"COUNT", align::right}, {"CODE"}, {"LAST"}, {"ERROR"}, {"FOR EXAMPLE"}}};
  for (auto& element : fields->elements("groups"))
    if (auto group = json_fields::parse(element)) {
      auto samples = group->elements("samples");
      auto error = shown(*group, "fingerprint");
      groups.row(
        {shown(*group, "count"), shown(*group, "code"), shown(*group, "lastAt"),
         error.empty() ? shown(*group, "message") : error,
         samples.empty() ? "" : one_line(text_of_json(samples.front()))});
    }
  return groups.empty() ? std::string{} : groups.text();
}

std::string letters_in_words(uint64_t count) {
  return std::to_string(count)
         + (count == 1 ? " dead letter" : " dead letters");
}

} // namespace batch::cli
