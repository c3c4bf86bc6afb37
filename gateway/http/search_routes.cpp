#include "actors/embedders/embedder.hpp"
#include "codecs/items.hpp"
#include "codecs/json_writer.hpp"
#include "gateway/http/context.hpp"
#include "gateway/http/json_body.hpp"

#include <charconv>
#include <cmath>

namespace batch {

namespace {

constexpr std::string_view known_members
  = "ns, text, vector, model, k, minScore, type";

/// A finite number of JSON as a double.
std::optional<double> number_of(std::string_view json) {
  double x = 0;
  auto end = json.data() + json.size();
  auto [stop, err] = std::from_chars(json.data(), end, x);
  if (err != std::errc{} || stop != end || !std::isfinite(x))
    return std::nullopt;
  return x;
}

expected<std::string> name_at(std::string_view member, std::string_view value,
                              size_t bytes_max) {
  auto pointer = "/" + std::string{member};
  auto name = string_at(pointer, value);
  if (!name)
    return name;
  if (auto ok = check_name(member, *name, bytes_max); !ok)
    return fail(ec::invalid_request, ok.error().message, pointer);
  return name;
}

/// May be empty: any model.
expected<std::string> model_at(std::string_view value) {
  auto model = string_at("/model", value);
  if (model && model->size() > model_name_bytes_max)
    return wrong_value("/model", "longer than "
                                   + std::to_string(model_name_bytes_max)
                                   + " bytes");
  return model;
}

expected<std::vector<float>> vector_at(std::string_view value) {
  std::vector<float> numbers;
  json_reader reader;
  auto is_array = kind_of_json(value) == json_kind::array;
  auto walked = is_array && reader.elements(value, [&](const json_member& m) {
    auto x = number_of(m.value);
    numbers.push_back(static_cast<float>(x.value_or(NAN)));
    return std::isfinite(numbers.back())
           && numbers.size() <= vector_dimensions_max;
  });
  if (!walked || numbers.empty())
    return wrong_value("/vector", "expected an array of 1 to "
                                    + std::to_string(vector_dimensions_max)
                                    + " numbers");
  return numbers;
}

expected<void> take_member(search_request& wanted, const json_member& m) {
  auto take = [](auto& to, auto read) -> expected<void> {
    if (!read)
      return fail(read);
    to = std::move(*read);
    return {};
  };
  if (m.key == "ns")
    return take(wanted.ns, name_at(m.key, m.value, ns_bytes_max));
  if (m.key == "type")
    return take(wanted.type, name_at(m.key, m.value, type_bytes_max));
  if (m.key == "text")
    return take(wanted.text, string_at("/text", m.value));
  if (m.key == "model")
    return take(wanted.model, model_at(m.value));
  if (m.key == "vector")
    return take(wanted.vector, vector_at(m.value));
  if (m.key == "k")
    return take(wanted.results_max,
                integer_at("/k", m.value, 1, search_results_max));
  if (m.key != "minScore")
    return unknown_member("", m.key, known_members);
  wanted.score_min = number_of(m.value);
  if (!wanted.score_min || std::abs(*wanted.score_min) > 1)
    return wrong_value("/minScore", "expected a number from -1 to 1");
  return {};
}

expected<search_request> read_search(gateway_context& context,
                                     http_request& request) {
  byte_budget::share share{context.json_bodies};
  auto body = read_json_body(request, share);
  if (!body)
    return fail(body);
  search_request wanted;
  auto read = read_members(
    *body, "", [&](const json_member& m) { return take_member(wanted, m); });
  if (!read)
    return fail(read);
  if (wanted.ns.empty())
    return wrong_value("/ns", "expected the namespace to search in");
  if (wanted.text.empty() == wanted.vector.empty())
    return wrong_value("/text", "expected either text or vector");
  if (wanted.text.size() > search_text_bytes_max)
    return wrong_value("/text", "longer than "
                                  + std::to_string(search_text_bytes_max)
                                  + " bytes");
  return wanted;
}

http_response render(const search_answer& answer) {
  std::string body;
  json_writer w{body};
  w.begin_object().key("success").boolean(true).key("results").begin_array();
  for (const auto& x : answer.results) {
    w.begin_object().key("id").string(x.id);
    w.key("score").number(x.score);
    w.key("thing").raw(x.thing).end_object();
  }
  w.end_array();
  if (answer.model) {
    w.key("model").string(answer.model->model);
    w.key("dimensions").number(uint64_t{answer.model->dimensions});
  }
  w.key("compared").number(answer.compared);
  if (answer.others > 0)
    w.key("otherModels").number(answer.others);
  w.end_object();
  return json_response(200, std::move(body));
}

expected<http_response> post_search(gateway_context& context,
                                    http_request& request) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  auto wanted = read_search(context, request);
  if (!wanted)
    return fail(wanted);
  auto slot = context.streams.take();
  if (!slot)
    return fail(slot);
  auto answer = context.search(*wanted);
  if (!answer)
    return fail(answer);
  return render(*answer);
}

} // namespace

void add_search_routes(router& routes, gateway_context& context) {
  if (context.search)
    routes.add("POST", "/search", [&context](http_request& request) {
      return post_search(context, request);
    });
}

} // namespace batch
