#include "codecs/json_writer.hpp"
#include "codecs/time.hpp"
#include "gateway/http/context.hpp"
#include "gateway/http/read_body.hpp"

namespace batch {

namespace {

/// A backup takes no settings: where it goes is not for a client to say.
expected<void> check_no_settings(gateway_context& context,
                                 http_request& request) {
  if (auto ok = check_parameters(request, {}); !ok)
    return ok;
  byte_budget::share share{context.json_bodies};
  constexpr size_t bytes_max = 64;
  auto body = read_whole_body(request, bytes_max, share);
  if (!body)
    return fail(body);
  auto first = body->find_first_not_of(" \t\r\n{}");
  if (first == std::string::npos)
    return {};
  return fail(ec::invalid_request,
              "a backup takes no settings: send no body; the server has its "
              "folder from --backup-dir");
}

expected<http_response> post_backup(gateway_context& context,
                                    http_request& request) {
  if (auto ok = check_no_settings(context, request); !ok)
    return fail(ok);
  auto made = context.store->backup(context.backup_folder);
  if (!made)
    return fail(made);
  auto created = std::chrono::duration_cast<std::chrono::milliseconds>(
    made->created.time_since_epoch());
  std::string body;
  json_writer w{body};
  w.begin_object().key("success").boolean(true).key("backup").begin_object();
  w.key("number").number(uint64_t{made->number});
  w.key("bytes").number(made->bytes);
  w.key("files").number(uint64_t{made->files});
  w.key("createdAt").string(format_time(created.count()));
  w.key("folder").string(context.backup_folder.string());
  w.end_object().end_object();
  return json_response(200, std::move(body));
}

} // namespace

void add_admin_routes(router& routes, gateway_context& context) {
  routes.add("POST", "/admin/backup", [&context](http_request& request) {
    return post_backup(context, request);
  });
}

} // namespace batch
