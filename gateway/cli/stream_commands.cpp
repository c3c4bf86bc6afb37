#include "gateway/cli/commands.hpp"

#include "gateway/cli/output.hpp"

namespace batch::cli {

namespace {

outcome<void> copy(const connection_options& connection,
                   const request_path& path, const std::string& file) {
  auto api = api_client::connect(connection);
  if (!api)
    return fail(api);
  auto out = output::open(file);
  if (!out)
    return fail(out);
  auto copied = api->get_stream(
    path, [&](std::string_view piece) { return (*out)->write(piece); });
  if (!copied)
    return copied;
  return (*out)->finish();
}

} // namespace

outcome<void> copy_job_stream(job_stream which,
                              const job_stream_options& options) {
  if (options.id.empty())
    return wrong_usage("the ID of the job is empty");
  request_path path{"/batch"};
  path.segment(options.id)
    .segment(which == job_stream::results ? "results" : "errors");
  return copy(options.connection, path, options.output);
}

} // namespace batch::cli
