// Requests and responses as our handlers see them; nothing of the HTTP library.
#pragma once

#include "actors/queries/byte_stream.hpp"
#include "codecs/error.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace batch {

/// Takes a piece of a body; answers false to stop reading.
using body_sink = std::function<bool(std::string_view)>;

struct http_request {
  std::string method;
  /// What the placeholders of the route's pattern stand for, in order.
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> query;
  std::string id;
  /// The value of a header; empty if absent. Names in any case.
  std::function<std::string(const char*)> header;
  /// Whether the header says how long the body is, or that it is chunked.
  bool announces_body = false;
  /// How many bytes the body has; nothing if that shows only at its end.
  std::optional<uint64_t> told_bytes;
  /// Reads the body once, inflated if it was sent deflated.
  /// Errors: `ec::invalid_request` if the sink stopped or the body was broken,
  /// `ec::timed_out` if it came too slowly.
  std::function<expected<void>(const body_sink&)> read_body;

  /// The value of a query parameter; the first one if it stands there twice.
  std::optional<std::string> parameter(std::string_view name) const;
  /// The media type of the body in lower case, without parameters.
  std::string media_type() const;
  /// A parameter of the media type in lower case, without quotes.
  std::optional<std::string> media_parameter(std::string_view name) const;
};

struct http_response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  /// Used unless there is a stream.
  std::string body;
  byte_stream_ptr stream;
};

/// Answers a request. An error becomes a problem document.
using http_handler = std::function<expected<http_response>(http_request&)>;

/// A response with a JSON body.
http_response json_response(int status, std::string body);

/// Errors: `ec::invalid_request` naming the parameter, for those that are not
/// in the list: a misspelt filter must not silently answer everything.
/// Names that end with '.' stand for all that begin with them.
expected<void> check_parameters(const http_request& request,
                                std::initializer_list<std::string_view> known);

/// Reads a whole number parameter. Errors: `ec::invalid_request`.
expected<size_t> number_parameter(const http_request& request,
                                  std::string_view name, size_t otherwise,
                                  size_t lowest, size_t highest);

} // namespace batch
