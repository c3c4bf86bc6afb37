#include "gateway/cli/stats_text.hpp"

#include "codecs/json_reader.hpp"
#include "gateway/cli/json_fields.hpp"
#include "gateway/cli/table.hpp"
#include "gateway/cli/terminal_text.hpp"

namespace batch::cli {

namespace {

void add_numbers(table& out, const json_fields& fields,
                 const std::string& prefix) {
  for (auto& [name, json] : fields.all()) {
    auto label = one_line(prefix + name);
    if (name == "byType")
      continue;
    if (kind_of_json(json) == json_kind::object)
      add_numbers(out, fields.object(name), label + '.');
    else
      out.row({label, one_line(text_of_json(json))});
  }
}

} // namespace

std::optional<std::string> stats_text(std::string_view answer) {
  auto fields = json_fields::parse(answer);
  if (!fields)
    return {};
  auto stats = fields->object("stats");
  if (stats.all().empty())
    return {};
  table numbers{{{"STATISTIC"}, {"VALUE", align::right}}};
  add_numbers(numbers, stats, {});
  auto out = numbers.text();
  auto types = stats.object("byType");
  if (types.all().empty())
    return out;
  table by_type{{{"TYPE"},
                 {"JOBS", align::right},
                 {"COMPLETED", align::right},
                 {"FAILED", align::right},
                 {"ITEMS DONE", align::right},
                 {"ITEMS FAILED", align::right}}};
  for (auto& [name, json] : types.all()) {
    auto type = types.object(name);
    auto cell = [&](const char* member) { return one_line(type.text(member)); };
    by_type.row({one_line(name), cell("jobs"), cell("completed"),
                 cell("failed"), cell("itemsProcessed"), cell("itemsFailed")});
  }
  return out + '\n' + by_type.text();
}

} // namespace batch::cli
