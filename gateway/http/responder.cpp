#include "gateway/http/responder.hpp"

#include "gateway/http/framing.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/send_answer.hpp"
#include "gateway/http/uri.hpp"

#include <span>

#include <openssl/crypto.h>
#include <spdlog/spdlog.h>

namespace batch {

void responder::respond(const httplib::Request& req, httplib::Response& res,
                        const httplib::ContentReader* reader) const {
  http_request request;
  request.method = req.method;
  request.id = request_id(req, res);
  request.header
    = [&req](const char* name) { return req.get_header_value(name); };
  request.announces_body = is_chunked(req) || req.has_header("Content-Length");
  auto body_is_read = has_sure_end(req);
  request.told_bytes = told_bytes(req);
  body_pace pace{options_.body_pace};
  request.read_body = [&](const body_sink& sink) -> expected<void> {
    if (!has_body(req) || !reader)
      return {};
    auto whole = read_decoded(req, *reader, pace, sink);
    // Only a body whose length was told and that was read to its end leaves
    // the connection usable.
    body_is_read = whole && !is_chunked(req);
    return whole;
  };
  auto result = [&]() -> expected<http_response> {
    try {
      return answer(request, req, res);
    } catch (const std::exception& e) {
      spdlog::error("request {} failed: {}", request.id, e.what());
      return fail(ec::internal, "the request could not be answered; the log "
                                "says more under its id");
    }
  }();
  if (result)
    return send_answer(req, res, std::move(*result), body_is_read,
                       options_.body_pace);
  // 408 is for this alone: other things time out as well.
  constexpr int request_timeout = 408;
  auto status
    = pace.too_slow() ? request_timeout : http_status_of(result.error().code);
  send_answer(req, res, problem_response(status, result.error(), request.id),
              body_is_read);
}

expected<http_response> responder::answer(http_request& request,
                                          const httplib::Request& req,
                                          httplib::Response& res) const {
  auto target = parse_uri(req.target);
  if (!target)
    return fail(target);
  if (auto ok = authorize(req, *target); !ok) {
    res.set_header("WWW-Authenticate", "Bearer");
    return fail(ok);
  }
  if (!is_readable(req))
    return fail(ec::unsupported_media_type,
                "Content-Encoding: expected gzip or deflate");
  auto found = routes_.find(req.method, target->segments);
  if (found.allowed.empty())
    return fail(ec::no_such_route, "no route has this path");
  if (!found.handler) {
    res.set_header("Allow", found.allowed);
    return fail(ec::method_not_allowed,
                "this path takes " + found.allowed + ", not " + req.method);
  }
  request.arguments = std::move(found.arguments);
  request.query = std::move(target->query);
  return (*found.handler)(request);
}

expected<void> responder::authorize(const httplib::Request& req,
                                    const uri& target) const {
  if (options_.token.empty())
    return {};
  std::span<const std::string> path{target.segments};
  if (!path.empty() && path[0] == "v1")
    path = path.subspan(1);
  if (path.size() == 1
      && (path[0] == "health" || path[0] == "livez" || path[0] == "readyz"))
    return {};
  auto given = req.get_header_value("Authorization");
  auto wanted = "Bearer " + options_.token;
  if (given.size() == wanted.size()
      && CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0)
    return {};
  return fail(ec::unauthorized,
              "expected the header 'Authorization: Bearer <token>'");
}

} // namespace batch
