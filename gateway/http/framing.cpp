#include "gateway/http/framing.hpp"

#include "gateway/http/body_decoder.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <string_view>

namespace batch {

namespace {

// Names that no client can send: they are no tokens.
constexpr auto hidden_chunked = ":chunked";
constexpr auto hidden_encoding = ":encoding";

bool is_token(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c))
           || std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string::npos;
  });
}

bool is_equal_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x))
           == std::tolower(static_cast<unsigned char>(y));
  });
}

} // namespace

void hide_codings(httplib::Request& req) {
  if (req.has_header("Transfer-Encoding"))
    req.set_header(hidden_chunked, "1");
  if (auto encoding = req.get_header_value("Content-Encoding");
      !encoding.empty())
    req.set_header(hidden_encoding, encoding);
  req.headers.erase("Transfer-Encoding");
  req.headers.erase("Content-Encoding");
}

bool is_chunked(const httplib::Request& req) {
  return req.has_header("Transfer-Encoding") || req.has_header(hidden_chunked);
}

bool has_body(const httplib::Request& req) {
  auto length = req.get_header_value("Content-Length");
  return is_chunked(req) || length.find_first_not_of('0') != length.npos;
}

std::optional<uint64_t> told_bytes(const httplib::Request& req) {
  if (is_chunked(req) || req.has_header(hidden_encoding))
    return std::nullopt;
  auto text = req.get_header_value("Content-Length");
  uint64_t bytes = 0;
  std::from_chars(text.data(), text.data() + text.size(), bytes);
  return bytes;
}

bool takes_body(const httplib::Request& req) {
  return req.method == "POST" || req.method == "PUT" || req.method == "PATCH"
         || req.method == "DELETE";
}

bool has_sure_end(const httplib::Request& req) {
  return !has_body(req)
         && (req.has_header("Content-Length") || !takes_body(req)
             || req.method == "DELETE");
}

const char* framing_fault(const httplib::Request& req) {
  auto lengths = req.get_header_value_count("Content-Length");
  auto codings = req.get_header_value_count("Transfer-Encoding");
  auto length = req.get_header_value("Content-Length");
  if (std::ranges::any_of(req.headers, [](const auto& header) {
        // The library adds headers of its own about the connection.
        return !is_token(header.first);
      }))
    return "a header whose name is not a name";
  if (lengths > 1)
    return "more than one Content-Length";
  if (lengths == 1
      && (length.empty() || length.size() > 18
          || length.find_first_not_of("0123456789") != length.npos))
    return "a Content-Length that is no number";
  if (lengths > 0 && codings > 0)
    return "both Content-Length and Transfer-Encoding";
  if (codings > 1
      || (codings == 1
          && !is_equal_word(req.get_header_value("Transfer-Encoding"),
                            "chunked")))
    return "a Transfer-Encoding other than chunked";
  auto hosts = req.get_header_value_count("Host");
  if (hosts > 1 || (hosts == 0 && req.version == "HTTP/1.1"))
    return hosts > 1 ? "more than one Host" : "no Host";
  return nullptr;
}

expected<void> read_decoded(const httplib::Request& req,
                            const httplib::ContentReader& reader,
                            body_pace& pace, const body_sink& sink) {
  std::optional<inflater> compressed;
  if (req.has_header(hidden_encoding))
    compressed.emplace();
  auto inflate = [&](std::string_view piece) {
    return compressed ? compressed->feed(piece, sink) : sink(piece);
  };
  chunked_decoder chunks;
  auto state = chunked_decoder::progress::goes_on;
  auto take = [&](std::string_view piece) {
    if (!is_chunked(req))
      return inflate(piece);
    state = chunks.feed(piece, inflate);
    return state == chunked_decoder::progress::goes_on;
  };
  pace.begin_wait();
  auto whole = reader([&](const char* data, size_t size) {
    if (!pace.end_wait(size))
      return false;
    auto goes_on = take({data, size});
    pace.begin_wait();
    return goes_on;
  });
  // Without the header the library would read for ever, so it is stopped at
  // the last chunk.
  if (is_chunked(req))
    whole = state == chunked_decoder::progress::ended;
  if (whole && (!compressed || compressed->is_whole()))
    return {};
  if (!pace.end_wait(0))
    return tl::unexpected{pace.fault()};
  return fail(ec::invalid_request, "the body could not be read to its end: it "
                                   "broke off, or its encoding is wrong");
}

bool is_readable(const httplib::Request& req) {
  auto encoding = req.get_header_value(hidden_encoding);
  return encoding.empty() || is_equal_word(encoding, "gzip")
         || is_equal_word(encoding, "deflate");
}

} // namespace batch
