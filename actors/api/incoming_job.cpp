#include "actors/api/incoming_job.hpp"

#include "codecs/bytes.hpp"
#include "codecs/submission_json.hpp"

namespace batch::api {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr auto white = " \t\r\n";
  auto begin = text.find_first_not_of(white);
  if (begin == text.npos)
    return {};
  return text.substr(begin, text.find_last_not_of(white) - begin + 1);
}

/// Checks the text of `input` or `options`; it may be empty.
expected<void> check_object(const std::string& member, std::string_view text) {
  if (text.empty())
    return {};
  json_reader reader;
  if (text.size() > options_bytes_max)
    return fail(ec::invalid_job,
                member + ": longer than " + std::to_string(options_bytes_max)
                  + " bytes",
                "/" + member);
  if (auto checked = reader.check(text); !checked)
    return fail(checked.error().code == ec::invalid_json ? ec::invalid_json
                                                         : ec::invalid_job,
                member + ": " + checked.error().message, "/" + member);
  if (kind_of_json(text) != json_kind::object)
    return fail(ec::invalid_job, member + ": expected an object", "/" + member);
  return {};
}

} // namespace

expected<void> incoming_job::open(const new_job& head, bool brings_items) {
  auto type = parse_job_type(head.type);
  if (!type)
    return fail(type);
  auto input = trimmed(head.input);
  auto options = trimmed(head.options);
  if (auto ok = check_object("input", input); !ok)
    return ok;
  if (auto ok = check_object("options", options); !ok)
    return ok;
  if (head.idempotency_key.size() > idempotency_key_bytes_max)
    return fail(ec::invalid_request,
                "idempotency key: longer than "
                  + std::to_string(idempotency_key_bytes_max) + " bytes");
  auto from = source_namespace({*type, std::nullopt, input, options});
  if (!from)
    return fail(from);
  if (*from && brings_items)
    return fail(ec::invalid_job,
                "items: not together with input/ns, which names the items",
                "/items");
  if (auto ok = upload_.open({*type, std::string{options}, std::string{input}},
                             *from ? item_source::stored_things
                                   : item_source::submitted);
      !ok)
    return ok;
  if (head.strict && !upload_.warnings().empty())
    return fail(ec::invalid_option, upload_.warnings().front(), "/options");
  key_ = head.idempotency_key;
  note(head.type);
  note(input);
  note(options);
  if (*from)
    return upload_.add_namespace(*context_.store, **from);
  return {};
}

expected<void> incoming_job::add_item(std::string_view text) {
  note(text);
  auto added = upload_.add(text);
  if (!added && added.error().code == ec::invalid_json) {
    auto at = "items/" + std::to_string(items_);
    return fail(ec::invalid_json, at + ": " + added.error().message, "/" + at);
  }
  ++items_;
  return added;
}

expected<void> incoming_job::add_lines(std::string_view text) {
  if (!key_.empty())
    hash_.update(text);
  return lines_->feed(text);
}

expected<job_accepted> incoming_job::close() {
  if (auto ok = lines_->finish(); !ok)
    return fail(ok);
  auto accepted = upload_.close(key_, key_.empty() ? "" : hash_.finish_hex());
  if (!accepted)
    return fail(accepted);
  return job_accepted{to_string(accepted->id), upload_.warnings(),
                      accepted->replayed};
}

/// With its length before it, so that no two jobs are noted alike.
void incoming_job::note(std::string_view part) {
  if (key_.empty())
    return;
  std::string length;
  append_fixed(length, uint64_t{part.size()});
  hash_.update(length);
  hash_.update(part);
}

size_t bytes_of(const new_job& job) {
  auto bytes = job.type.size() + job.lines.size() + job.input.size()
               + job.options.size() + job.idempotency_key.size();
  for (const auto& item : job.items)
    bytes += item.size() + 1;
  return bytes;
}

expected<job_accepted> create_job(api_context& context, const new_job& job) {
  if (bytes_of(job) > rpc_bytes_max)
    return fail(ec::body_too_large,
                "a job in one message has at most "
                  + std::to_string(rpc_bytes_max)
                  + " bytes; open an upload for a longer one");
  incoming_job incoming{context};
  if (auto ok = incoming.open(job, !job.items.empty() || !job.lines.empty());
      !ok)
    return fail(ok);
  for (const auto& item : job.items)
    if (auto ok = incoming.add_item(item); !ok)
      return fail(ok);
  if (auto ok = incoming.add_lines(job.lines); !ok)
    return fail(ok);
  return incoming.close();
}

} // namespace batch::api
