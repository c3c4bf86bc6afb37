#include "gateway/cli/commands.hpp"

#include "codecs/job_kind.hpp"
#include "gateway/cli/console.hpp"
#include "gateway/cli/new_job.hpp"
#include "gateway/cli/options_text.hpp"
#include "gateway/cli/submission_body.hpp"
#include "gateway/cli/terminal_text.hpp"

#include <algorithm>

#include <unistd.h>

namespace batch::cli {

namespace {

using namespace std::literals;

/// A job is acknowledged once it is on disk, which may take a large one long.
constexpr auto silence_max = 300s;

outcome<void> check(const submit_options& options) {
  if (!job_kind_of(options.type))
    return wrong_usage("there is no job type '" + one_line(options.type)
                       + "'; there are " + std::string{job_type_names()}
                       + ", and those of one's own that the server knows");
  if (options.file.empty() && options.input_ns.empty())
    return wrong_usage("submit needs items: a FILE, '-' for standard input, or "
                       "--input-ns NS for the things of a namespace");
  if (!options.file.empty() && !options.input_ns.empty())
    return wrong_usage("give either a FILE or --input-ns, not both");
  auto is_foreign = [](unsigned char c) { return c < 0x20 || c >= 0x7F; };
  if (std::ranges::any_of(options.idempotency_key, is_foreign))
    return wrong_usage("the idempotency key holds control characters or bytes "
                       "that are not ASCII");
  return {};
}

outcome<std::string> send_items(api_client& api, const submission_head& head,
                                const submit_options& options) {
  auto opened = item_source::open(options.file);
  if (!opened)
    return fail(opened);
  if (options.file == "-" && ::isatty(STDIN_FILENO) == 1)
    tell("reading items from the terminal, end them with Ctrl-D");
  auto items = std::make_shared<item_source>(std::move(*opened));
  auto format = find_item_format(options.format, options.file, *items);
  if (!format)
    return fail(format);
  request_path path{"/batch"};
  upload body;
  if (*format == item_format::json_array) {
    body = json_body(head, std::move(items));
  } else {
    auto target = stream_path(head);
    if (!target)
      return fail(target);
    path = std::move(*target);
    body = stream_body(*format, std::move(items));
  }
  body.idempotency_key = options.idempotency_key;
  return api.post(path, body);
}

outcome<std::string> send(api_client& api, const submission_head& head,
                          const submit_options& options) {
  if (options.input_ns.empty())
    return send_items(api, head, options);
  auto body = input_body(head, options.input_ns);
  body.idempotency_key = options.idempotency_key;
  return api.post(request_path{"/batch"}, body);
}

} // namespace

outcome<void> submit(const submit_options& options) {
  if (auto checked = check(options); !checked)
    return checked;
  auto job_options = options_text(options.options, options.options_json);
  if (!job_options)
    return fail(job_options);
  auto api = api_client::connect(options.connection);
  if (!api)
    return fail(api);
  api->silence_max(silence_max);
  auto answer = send(*api, {options.type, *job_options}, options);
  if (!answer)
    return fail(answer);
  return show_new_job(*api, options.connection, *answer, options.follow);
}

} // namespace batch::cli
