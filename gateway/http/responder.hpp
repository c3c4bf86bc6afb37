// From a request of the HTTP library's to a route of ours, and back.
#pragma once

#include "gateway/http/body_pace.hpp"
#include "gateway/http/router.hpp"

#include <string>

#include <httplib.h>

namespace batch {

struct uri;

struct responder_options {
  /// If not empty, requests need `Authorization: Bearer <token>`, but for the
  /// health routes.
  std::string token;
  body_pace_limits body_pace;
};

/// Thread-safety: all; requests are answered on the threads of their
/// connections.
class responder {
public:
  responder(responder_options options, router routes)
    : options_(std::move(options)), routes_(std::move(routes)) {}

  /// Answers a request whose framing has been checked.
  /// @param reader reads the body; null if the method has none.
  void respond(const httplib::Request& req, httplib::Response& res,
               const httplib::ContentReader* reader) const;

private:
  expected<http_response> answer(http_request& request,
                                 const httplib::Request& req,
                                 httplib::Response& res) const;
  expected<void> authorize(const httplib::Request& req,
                           const uri& target) const;

  responder_options options_;
  router routes_;
};

} // namespace batch
