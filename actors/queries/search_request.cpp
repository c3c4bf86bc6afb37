#include "actors/queries/search_request.hpp"

#include "actors/embedders/embedder.hpp"
#include "actors/wire_record.hpp"

#include <algorithm>
#include <cmath>

namespace batch {

std::string to_wire(const search_request& x) {
  return encode_record(x);
}

expected<void> from_wire(std::string_view bytes, search_request& x) {
  constexpr auto what = "a search";
  if (auto read = read_record(what, bytes, x); !read)
    return read;
  if (x.ns.empty() || x.ns.size() > ns_bytes_max)
    return not_sendable(what, "no such namespace");
  if (x.text.empty() == x.vector.empty()
      || x.text.size() > search_text_bytes_max)
    return not_sendable(what, "neither a text nor a vector");
  if (x.vector.size() > vector_dimensions_max)
    return not_sendable(what, "too many numbers");
  if (x.model.size() > model_name_bytes_max || x.type.size() > type_bytes_max)
    return not_sendable(what, "a name is too long");
  if (x.results_max == 0 || x.results_max > search_results_max)
    return not_sendable(what, "too many results");
  auto is_finite = [](float number) { return std::isfinite(number); };
  if (!std::ranges::all_of(x.vector, is_finite)
      || !std::isfinite(x.score_min.value_or(0)))
    return not_sendable(what, "a number is not finite");
  return {};
}

std::string to_wire(const search_answer& x) {
  return encode_record(x);
}

expected<void> from_wire(std::string_view bytes, search_answer& x) {
  constexpr auto what = "what a search found";
  if (auto read = read_record(what, bytes, x); !read)
    return read;
  if (x.results.size() > search_results_max)
    return not_sendable(what, "too many results");
  return {};
}

} // namespace batch
