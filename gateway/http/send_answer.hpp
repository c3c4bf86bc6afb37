// How an answer gets into the HTTP library's response.
#pragma once

#include "gateway/http/body_pace.hpp"
#include "gateway/http/message.hpp"

#include <httplib.h>

namespace batch {

/// The id of a request: the client's own if that is harmless in a header, else
/// a new one. It stands in the answer from the first call on.
std::string request_id(const httplib::Request& req, httplib::Response& res);

/// @param body_is_read false if bytes of the request may still come; the
/// connection then ends with the answer.
/// @param pace how slowly the client may take a stream: the bounds for bodies,
/// turned round. A slower one is cut off.
void send_answer(const httplib::Request& req, httplib::Response& res,
                 http_response answer, bool body_is_read,
                 const body_pace_limits& pace = {});

/// Answers in place of the routes with a problem document, and hangs up.
void refuse(const httplib::Request& req, httplib::Response& res, int status,
            const error& why);

} // namespace batch
