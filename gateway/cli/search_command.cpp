#include "gateway/cli/commands.hpp"

#include "codecs/json_writer.hpp"
#include "gateway/cli/console.hpp"
#include "gateway/cli/json_fields.hpp"
#include "gateway/cli/output.hpp"
#include "gateway/cli/table.hpp"

#include <array>
#include <cstdio>

namespace batch::cli {

namespace {

/// Columns of a text in the table.
constexpr size_t text_columns_max = 60;

std::string render_request(const search_options& options) {
  std::string body;
  json_writer w{body};
  w.begin_object().key("ns").string(options.ns);
  w.key("text").string(options.text).key("k").number(options.limit);
  if (!options.type.empty())
    w.key("type").string(options.type);
  if (options.score_min)
    w.key("minScore").number(*options.score_min);
  w.end_object();
  return body;
}

std::string render_score(double score) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f", score);
  return text.data();
}

/// The begin of a text, cut between two code points.
std::string shortened(const std::string& text) {
  auto line = one_line(text);
  if (columns_of(line) <= text_columns_max)
    return line;
  size_t at = 0;
  for (size_t columns = 0; at < line.size(); ++at)
    if ((static_cast<unsigned char>(line[at]) & 0xC0) != 0x80
        && ++columns == text_columns_max)
      break;
  return line.substr(0, at) + "…";
}

/// What a reader knows the thing by: its content, or else its data.
std::string text_of(const json_fields& thing) {
  auto content = thing.text("content");
  return content.empty() ? thing.text("data") : content;
}

outcome<void> print(const std::string& answer, output& out) {
  auto fields = json_fields::parse(answer);
  if (!fields)
    return fail(exit_status::failed, "the answer is no result of a search");
  table rows{{{"SCORE", align::right}, {"ID"}, {"TYPE"}, {"TEXT"}}};
  for (const auto& json : fields->elements("results")) {
    auto result = json_fields::parse(json);
    if (!result)
      continue;
    auto thing = result->object("thing");
    rows.row({render_score(result->number("score").value_or(0)),
              one_line(result->text("id")), one_line(thing.text("type")),
              shortened(text_of(thing))});
  }
  if (rows.empty()) {
    tell(fields->text("model").empty()
           ? "the namespace has no vectors; make some with 'batchd submit "
             "generate-embeddings --input-ns NS'"
           : "nothing is near enough");
    return {};
  }
  return out.write(rows.text());
}

} // namespace

outcome<void> search_things(const search_options& options) {
  if (options.ns.empty() || options.text.empty())
    return wrong_usage("the namespace NS or the TEXT is empty");
  auto api = api_client::connect(options.connection);
  if (!api)
    return fail(api);
  auto answer
    = api->call("POST", request_path{"/search"}, render_request(options));
  if (!answer)
    return fail(answer);
  auto out = output::open("-");
  if (!out)
    return fail(out);
  return options.connection.json ? (*out)->line(*answer)
                                 : print(*answer, **out);
}

} // namespace batch::cli
