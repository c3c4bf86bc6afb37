#include "gateway/cli/commands.hpp"

#include "gateway/cli/output.hpp"
#include "gateway/cli/stats_text.hpp"

namespace batch::cli {

outcome<void> show_stats(const stats_options& options) {
  auto api = api_client::connect(options.connection);
  if (!api)
    return fail(api);
  auto answer = api->get(request_path{"/stats"});
  if (!answer)
    return fail(answer);
  auto text = stats_text(*answer);
  if (!text)
    return fail(exit_status::failed,
                "the answer of " + api->server().text
                  + " holds no statistics; is the URL right?");
  auto out = output::open("-");
  if (!out)
    return fail(out);
  return options.connection.json ? (*out)->line(*answer) : (*out)->write(*text);
}

} // namespace batch::cli
