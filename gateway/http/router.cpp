#include "gateway/http/router.hpp"

#include <span>

namespace batch {

namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    auto end = path.find('/');
    if (end != 0)
      segments.emplace_back(path.substr(0, end));
    path.remove_prefix(end == path.npos ? path.size() : end + 1);
  }
  return segments;
}

bool matches(const std::vector<std::string>& pattern,
             std::span<const std::string> segments,
             std::vector<std::string>& arguments) {
  if (pattern.size() != segments.size())
    return false;
  arguments.clear();
  for (size_t i = 0; i < pattern.size(); ++i)
    if (!pattern[i].starts_with(':')) {
      if (pattern[i] != segments[i])
        return false;
    } else if (segments[i].empty())
      return false;
    else
      arguments.push_back(segments[i]);
  return true;
}

} // namespace

void router::add(std::string method, std::string_view pattern,
                 http_handler handler) {
  routes_.push_back({std::move(method), split(pattern), std::move(handler)});
}

router::match router::find(std::string_view method,
                           const std::vector<std::string>& segments) const {
  std::span<const std::string> path{segments};
  if (!path.empty() && path[0] == "v1")
    path = path.subspan(1);
  auto wanted = method == "HEAD" ? std::string_view{"GET"} : method;
  match found;
  std::vector<std::string> arguments;
  for (const auto& x : routes_) {
    if (!matches(x.pattern, path, arguments))
      continue;
    found.allowed += (found.allowed.empty() ? "" : ", ") + x.method;
    if (x.method == "GET")
      found.allowed += ", HEAD";
    if (x.method == wanted && !found.handler) {
      found.handler = &x.handler;
      found.arguments = arguments;
    }
  }
  return found;
}

} // namespace batch
