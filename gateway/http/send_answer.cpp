#include "gateway/http/send_answer.hpp"

#include "codecs/ids.hpp"
#include "gateway/http/gzip_stream.hpp"
#include "gateway/http/problem.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace batch {

namespace {

constexpr auto id_header = "X-Request-Id";

/// A request id of the client's is taken over if it is harmless in a header.
bool is_sane_id(const std::string& id) {
  return !id.empty() && id.size() <= 128 && std::ranges::all_of(id, [](char c) {
    return c > 0x20 && c < 0x7F;
  });
}

/// Sends a body whose stream ends with the connection's, so that bytes of a
/// request that were not read are never taken for the next request.
void send_and_hang_up(httplib::Response& res, const http_response& answer) {
  res.set_header("Connection", "close");
  auto body = std::make_shared<std::string>(answer.body);
  res.set_content_provider(body->size(), answer.content_type,
                           [body](size_t, size_t, httplib::DataSink& sink) {
                             sink.write(body->data(), body->size());
                             return false;
                           });
}

void send_stream(const httplib::Request& req, httplib::Response& res,
                 http_response& answer) {
  res.set_header("Vary", "Accept-Encoding");
  // The library compresses the types it knows; NDJSON is none of them.
  if (answer.content_type == "application/x-ndjson"
      && accepts_gzip(req.get_header_value("Accept-Encoding"))) {
    answer.stream = make_gzip_stream(std::move(answer.stream));
    res.set_header("Content-Encoding", "gzip");
  }
  std::shared_ptr<byte_stream> stream{std::move(answer.stream)};
  res.set_chunked_content_provider(
    answer.content_type, [stream](size_t, httplib::DataSink& sink) {
      // An exception that leaves here would end the process.
      try {
        std::string piece;
        auto more = stream->read(piece);
        if (!more) {
          spdlog::warn("an answer breaks off: {}", more.error().message);
          return false;
        }
        if (!piece.empty() && !sink.write(piece.data(), piece.size()))
          return false;
        if (!*more)
          sink.done();
        return true;
      } catch (const std::exception& e) {
        spdlog::error("an answer breaks off: {}", e.what());
        return false;
      }
    });
}

} // namespace

std::string request_id(const httplib::Request& req, httplib::Response& res) {
  if (res.has_header(id_header))
    return res.get_header_value(id_header);
  auto id = req.get_header_value(id_header);
  if (!is_sane_id(id))
    id = random_hex_id();
  res.set_header(id_header, id);
  return id;
}

void send_answer(const httplib::Request& req, httplib::Response& res,
                 http_response answer, bool body_is_read) {
  res.status = answer.status;
  for (const auto& [name, value] : answer.headers)
    res.set_header(name, value);
  if (!body_is_read)
    send_and_hang_up(res, answer);
  else if (answer.stream)
    send_stream(req, res, answer);
  else if (answer.status != 204)
    res.set_content(answer.body, answer.content_type);
}

void refuse(const httplib::Request& req, httplib::Response& res, int status,
            const error& why) {
  auto id = request_id(req, res);
  send_answer(req, res, problem_response(status, why, id), false);
}

} // namespace batch
