#include "gateway/cli/gateway_options.hpp"

#include "codecs/limits.hpp"
#include "gateway/http/body_pace.hpp"

#include <CLI/CLI.hpp>

namespace batch::cli {

gateway_options::gateway_options()
  : body_mib(json_body_bytes_max >> 20),
    body_seconds(static_cast<size_t>(
      std::chrono::duration_cast<std::chrono::seconds>(body_pace_limits{}.time)
        .count())),
    exports_max(exports_max_default), uploads_max(streamed_uploads_max) {}

void add_gateway_settings(settings& to, gateway_options& o) {
  to.add("http", &o.http, "HOST:PORT to listen on; port 0 picks a free one");
  to.add("token", &o.token,
         "Requests must carry it: 'Authorization: Bearer TOKEN'");
  to.hide("token");
  to.add("insecure", &o.insecure, "Listen beyond this machine without a token");
  to.add("body-max", &o.body_mib, "MiB of a JSON body at most")
    ->check(CLI::Range(1, 256));
  to.add("body-timeout", &o.body_seconds,
         "Seconds in which 64 KiB of a body, or its rest, must come, and of "
         "an export be taken")
    ->check(CLI::Range(1, 3600));
  to.add("exports-max", &o.exports_max,
         "Exports, results and errors that are sent at one time")
    ->check(CLI::Range(1, 10'000));
  to.add("uploads-max", &o.uploads_max, "Uploads of NDJSON and CSV at one time")
    ->check(CLI::Range(1, 10'000));
}

expected<address> listening_address(const gateway_options& o) {
  auto http = parse_address(o.http);
  if (!http)
    return fail(http.error().code, "--http: " + http.error().message);
  if (!is_loopback(http->host) && o.token.empty() && !o.insecure)
    return fail(ec::invalid_request,
                "--http " + o.http
                  + " can be reached from other machines: give --token (or "
                    "BATCHD_TOKEN), or --insecure if a proxy guards it");
  return http;
}

} // namespace batch::cli
