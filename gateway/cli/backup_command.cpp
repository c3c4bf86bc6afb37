#include "gateway/cli/commands.hpp"

#include "gateway/cli/json_fields.hpp"
#include "gateway/cli/output.hpp"

namespace batch::cli {

namespace {

/// A server writes a backup for as long as copying its data takes.
constexpr std::chrono::hours backup_time_max{6};

upload empty_body() {
  upload body;
  body.content_type = "application/json";
  body.length = 0;
  body.read = [](char*, size_t) -> outcome<size_t> { return 0; };
  return body;
}

} // namespace

outcome<void> back_up(const backup_options& options) {
  auto api = api_client::connect(options.connection);
  if (!api)
    return fail(api);
  api->silence_max(backup_time_max);
  auto answer = api->post(request_path{"/admin/backup"}, empty_body());
  if (!answer)
    return fail(answer);
  auto out = output::open("-");
  if (!out)
    return fail(out);
  if (options.connection.json)
    return (*out)->line(*answer);
  auto fields = json_fields::parse(*answer).value_or(json_fields{});
  auto backup = fields.object("backup");
  if (!backup.count("number"))
    return fail(exit_status::failed, "the answer of " + api->server().text
                                       + " names no backup; is the URL right?");
  return (*out)->line(one_line(
    "backup " + backup.text("number") + " in " + backup.text("folder") + " ("
    + backup.text("bytes") + " bytes, " + backup.text("createdAt") + ")"));
}

} // namespace batch::cli
