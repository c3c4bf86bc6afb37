#include "gateway/http/json_body.hpp"

#include "codecs/utf8.hpp"
#include "gateway/http/read_body.hpp"

#include <charconv>
#include <set>

namespace batch {

expected<std::string> read_json_body(http_request& request,
                                     byte_budget::share& budget) {
  if (!request.announces_body)
    return std::string{};
  auto body = read_whole_body(request, object_body_bytes_max, budget);
  if (!body || body->empty())
    return body;
  auto type = request.media_type();
  if (!type.empty() && type != "application/json")
    return fail(ec::unsupported_media_type,
                "Content-Type: expected application/json");
  return body;
}

tl::unexpected<error> wrong_value(std::string_view pointer,
                                  const std::string& what) {
  auto name = std::string{pointer.substr(pointer.empty() ? 0 : 1)};
  return fail(ec::invalid_request, name.empty() ? what : name + ": " + what,
              std::string{pointer});
}

tl::unexpected<error> unknown_member(const std::string& parent,
                                     std::string_view member,
                                     std::string_view known) {
  constexpr size_t shown = 64;
  auto name = to_valid_utf8(member.substr(0, shown));
  return wrong_value(pointer_to(parent, name),
                     known.empty() ? "unknown; this body has no members"
                                   : "unknown; expected " + std::string{known});
}

expected<void> read_members(std::string_view json, const std::string& pointer,
                            const member_taker& take) {
  if (json.empty())
    return fail(ec::invalid_json, "the body is empty; expected JSON");
  json_reader reader;
  std::set<std::string, std::less<>> seen;
  expected<void> taken;
  auto walked = reader.check_object(json, [&](const json_member& m) {
    taken = seen.emplace(m.key).second
              ? take(m)
              : wrong_value(pointer_to(pointer, m.key), "stands there twice");
    return taken.has_value();
  });
  if (!taken)
    return taken;
  if (!walked && walked.error().code == ec::invalid_item)
    return wrong_value(pointer, walked.error().message);
  return walked;
}

expected<std::string> string_at(std::string_view pointer,
                                std::string_view value) {
  if (kind_of_json(value) != json_kind::string)
    return wrong_value(pointer, "expected a string");
  return json_reader{}.string_value(value);
}

expected<bool> boolean_at(std::string_view pointer, std::string_view value) {
  if (kind_of_json(value) != json_kind::boolean)
    return wrong_value(pointer, "expected true or false");
  return value == "true";
}

expected<int64_t> integer_at(std::string_view pointer, std::string_view value,
                             int64_t lowest, int64_t highest) {
  int64_t x = 0;
  auto last = value.data() + value.size();
  auto [end, err] = std::from_chars(value.data(), last, x);
  if (err != std::errc{} || end != last || x < lowest || x > highest)
    return wrong_value(pointer, "expected an integer from "
                                  + std::to_string(lowest) + " to "
                                  + std::to_string(highest));
  return x;
}

std::string pointer_to(const std::string& parent, std::string_view member) {
  auto out = parent + "/";
  for (auto c : member)
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out.push_back(c);
  return out;
}

} // namespace batch
