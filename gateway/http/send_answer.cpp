#include "gateway/http/send_answer.hpp"

#include "codecs/ids.hpp"
#include "gateway/http/accept_encoding.hpp"
#include "gateway/http/chunked_piece.hpp"
#include "gateway/http/gzip_stream.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/zstd_stream.hpp"

#include <algorithm>
#include <cassert>

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

/// All values of a header that may stand there more than once.
std::string joined_header(const httplib::Request& req, const char* name) {
  std::string all;
  for (size_t i = 0; i < req.get_header_value_count(name); ++i)
    all += (i == 0 ? "" : ",") + req.get_header_value(name, i);
  return all;
}

/// What the client likes best. The library would choose otherwise: without
/// regard to weights, and first of all brotli, which it runs at 0.4 MB/s. So
/// it is not told what the client takes, and compresses nothing.
content_coding negotiate(const httplib::Request& req, httplib::Response& res) {
  auto coding = choose_coding(joined_header(req, "Accept-Encoding"));
  // The handlers get the very object, which is not const.
  const_cast<httplib::Request&>(req).headers.erase("Accept-Encoding");
  res.set_header("Vary", "Accept-Encoding");
  return coding;
}

byte_stream_ptr compressed(byte_stream_ptr plain, content_coding coding,
                           httplib::Response& res) {
  if (coding == content_coding::identity)
    return plain;
  res.set_header("Content-Encoding", std::string{to_string(coding)});
  return coding == content_coding::zstd ? make_zstd_stream(std::move(plain))
                                        : make_gzip_stream(std::move(plain));
}

/// A body that is there as a whole.
class body_stream : public byte_stream {
public:
  explicit body_stream(std::string body) : body_(std::move(body)) {}

  expected<bool> read(std::string& out) override {
    out += body_;
    return false;
  }

private:
  std::string body_;
};

void send_body(const httplib::Request& req, httplib::Response& res,
               http_response& answer) {
  auto coding = negotiate(req, res);
  // Source: less fits into one packet as it is (1500 bytes, Ethernet).
  constexpr size_t compressed_bytes_min = 1400;
  if (coding == content_coding::identity
      || answer.body.size() < compressed_bytes_min)
    return res.set_content(answer.body, answer.content_type);
  std::string body;
  auto stream = compressed(
    std::make_unique<body_stream>(std::move(answer.body)), coding, res);
  [[maybe_unused]] auto more = stream->read(body);
  assert(more && !*more);
  res.set_content(body, answer.content_type);
}

/// A stream on its way to a client.
class sender {
public:
  sender(byte_stream_ptr stream, const body_pace_limits& pace)
    : stream_(std::move(stream)), pace_(pace) {}

  /// Sends the next piece. @returns false to break the connection, so that
  /// no client takes what it has for the whole.
  bool send(httplib::DataSink& sink) {
    auto more = stream_->read(piece_.begin());
    if (!more) {
      spdlog::warn("an answer breaks off: {}", more.error().message);
      return false;
    }
    auto rest = piece_.end(!*more);
    while (!rest.empty()) {
      auto slice = rest.substr(0, slice_bytes);
      if (!write(slice, sink))
        return false;
      rest.remove_prefix(slice.size());
    }
    if (!*more)
      sink.done();
    return true;
  }

private:
  /// Bytes of one write; the pace is looked at in between. Source: 64 KiB run
  /// as fast as more, 4 KiB at a quarter.
  static constexpr size_t slice_bytes = 64 << 10;

  bool write(std::string_view slice, httplib::DataSink& sink) {
    pace_.begin_wait();
    auto written = sink.write(slice.data(), slice.size());
    if (pace_.end_wait(slice.size()))
      return written;
    spdlog::warn("an answer breaks off: its client takes it too slowly");
    return false;
  }

  byte_stream_ptr stream_;
  body_pace pace_;
  chunked_piece piece_;
};

void send_stream(const httplib::Request& req, httplib::Response& res,
                 http_response& answer, const body_pace_limits& pace) {
  auto coding = negotiate(req, res);
  auto sending = std::make_shared<sender>(
    compressed(std::move(answer.stream), coding, res), pace);
  // The library passes on what has no length as it is.
  res.set_header("Transfer-Encoding", "chunked");
  res.set_content_provider(
    answer.content_type, [sending](size_t, httplib::DataSink& sink) {
      // An exception that leaves here would end the process.
      try {
        return sending->send(sink);
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
                 http_response answer, bool body_is_read,
                 const body_pace_limits& pace) {
  res.status = answer.status;
  for (const auto& [name, value] : answer.headers)
    res.set_header(name, value);
  if (!body_is_read)
    send_and_hang_up(res, answer);
  else if (answer.stream)
    send_stream(req, res, answer, pace);
  else if (answer.status != 204)
    send_body(req, res, answer);
}

void refuse(const httplib::Request& req, httplib::Response& res, int status,
            const error& why) {
  auto id = request_id(req, res);
  send_answer(req, res, problem_response(status, why, id), false);
}

} // namespace batch
