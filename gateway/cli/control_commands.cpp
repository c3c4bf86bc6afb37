#include "gateway/cli/commands.hpp"

#include "codecs/json_writer.hpp"
#include "gateway/cli/console.hpp"
#include "gateway/cli/job_summary.hpp"
#include "gateway/cli/new_job.hpp"
#include "gateway/cli/output.hpp"
#include "gateway/cli/terminal_text.hpp"

namespace batch::cli {

namespace {

using namespace std::literals;

/// The failed items of a large job are copied before there is an answer.
constexpr auto retry_silence_max = 300s;

outcome<api_client> connect_about(const connection_options& connection,
                                  const std::string& id) {
  if (id.empty())
    return wrong_usage("the ID of the job is empty");
  return api_client::connect(connection);
}

const char* to_text(job_order_name what) {
  switch (what) {
  case job_order_name::cancel:
    return "cancel";
  case job_order_name::pause:
    return "pause";
  case job_order_name::resume:
    return "resume";
  }
  return "";
}

outcome<void> print_job(const api_client& api,
                        const connection_options& connection,
                        const std::string& answer) {
  auto summary = parse_job_answer(answer);
  if (!summary)
    return fail(exit_status::failed, "the answer of " + api.server().text
                                       + " is not a job; is the URL right?");
  auto out = output::open("-");
  if (!out)
    return fail(out);
  return connection.json ? (*out)->line(answer)
                         : (*out)->write(job_block(*summary));
}

} // namespace

outcome<void> order_job(job_order_name what, const job_order_options& options) {
  auto api = connect_about(options.connection, options.id);
  if (!api)
    return fail(api);
  auto path = request_path{"/batch"}.segment(options.id).segment(to_text(what));
  if (options.now)
    path.parameter("mode", "now");
  auto answer = api->call("POST", path);
  if (!answer)
    return fail(answer);
  return print_job(*api, options.connection, *answer);
}

outcome<void> retry_job(const job_retry_options& options) {
  auto api = connect_about(options.connection, options.id);
  if (!api)
    return fail(api);
  api->silence_max(retry_silence_max);
  auto answer = api->call(
    "POST", request_path{"/batch"}.segment(options.id).segment("retry"));
  if (!answer)
    return fail(answer);
  return show_new_job(*api, options.connection, *answer, options.follow);
}

outcome<void> change_job(const job_change_options& options) {
  if (!options.priority && !options.concurrency)
    return wrong_usage("set needs --priority, --concurrency or both");
  auto api = connect_about(options.connection, options.id);
  if (!api)
    return fail(api);
  std::string body;
  json_writer w{body};
  w.begin_object();
  if (options.priority)
    w.key("priority").number(*options.priority);
  if (options.concurrency)
    w.key("concurrency").number(*options.concurrency);
  w.end_object();
  auto answer
    = api->call("PATCH", request_path{"/batch"}.segment(options.id), body);
  if (!answer)
    return fail(answer);
  return print_job(*api, options.connection, *answer);
}

outcome<void> delete_job(const job_deletion_options& options) {
  auto api = connect_about(options.connection, options.id);
  if (!api)
    return fail(api);
  auto answer = api->call("DELETE", request_path{"/batch"}.segment(options.id));
  if (!answer)
    return fail(answer);
  tell("job " + one_line(options.id) + " is deleted");
  return {};
}

} // namespace batch::cli
