#include "gateway/http/read_body.hpp"

#include "codecs/json_reader.hpp"

namespace batch {

namespace {

error too_large(size_t bytes_max) {
  return {ec::body_too_large,
          "the body is longer than " + std::to_string(bytes_max) + " bytes"};
}

} // namespace

expected<std::string> read_whole_body(http_request& request, size_t bytes_max,
                                      byte_budget::share& budget,
                                      const body_watcher& watch) {
  if (auto ok = check_announced(request); !ok)
    return fail(ok);
  auto told = request.told_bytes.value_or(0);
  if (told > bytes_max)
    return tl::unexpected{too_large(bytes_max)};
  error no_room{ec::overloaded,
                "too many large bodies are being read; try again later"};
  std::string body;
  body.reserve(told + json_padding);
  std::optional<error> fault;
  // Bytes count as they arrive: an announcement alone must not take the room
  // of others.
  size_t counted = 0;
  auto whole = request.read_body([&](std::string_view piece) {
    auto size = body.size() + piece.size();
    if (size > bytes_max)
      fault = too_large(bytes_max);
    else if (size > counted && !budget.take(size - counted))
      fault = no_room;
    counted = std::max(counted, size);
    if (fault)
      return false;
    body.append(piece);
    if (watch)
      watch(body);
    return true;
  });
  if (fault)
    return tl::unexpected{*fault};
  if (!whole)
    return fail(whole);
  body.reserve(body.size() + json_padding);
  return body;
}

expected<void> check_announced(const http_request& request) {
  if (request.announces_body)
    return {};
  return fail(ec::invalid_request,
              "expected a body, with Content-Length or chunked");
}

} // namespace batch
