#include "benchmarks/soak_jobs.hpp"

#include <functional>

namespace batch::bench {

namespace {

constexpr size_t rounds_kept = 10;

std::string quoted(std::string_view name, std::string_view value) {
  return '"' + std::string{name} + R"(":")" + std::string{value} + '"';
}

std::string name_of(size_t number) {
  return "soak-" + std::to_string(number);
}

size_t first_of(size_t round, size_t items) {
  return round % rounds_kept * items;
}

std::string body_of(std::string_view type, size_t first, size_t items,
                    const std::function<std::string(size_t)>& item) {
  auto body = "{" + quoted("type", type) + R"(,"items":[)";
  for (size_t i = 0; i < items; ++i)
    body.append(i == 0 ? "" : ",").append("{" + item(first + i) + "}");
  return body + "]}";
}

std::string thing(size_t number) {
  return quoted("ns", "soak") + "," + quoted("id", name_of(number)) + ","
         + quoted("type", "Note") + ","
         + quoted("content", "a note about shipping number "
                               + std::to_string(number)
                               + " and what it weighs");
}

std::string thing_ref(size_t number) {
  return quoted("ns", "soak") + "," + quoted("id", name_of(number));
}

std::string relationship(size_t number) {
  return thing_ref(number) + "," + quoted("type", "follows") + ","
         + quoted("fromNs", "soak") + "," + quoted("fromId", name_of(number))
         + "," + quoted("toNs", "soak") + ","
         + quoted("toId", name_of(number + 1));
}

} // namespace

std::string soak_thing_of(size_t round, size_t items) {
  return name_of(first_of(round, items));
}

std::vector<soak_job> make_soak_jobs(size_t round, size_t items) {
  auto first = first_of(round, items);
  // Every tenth item has no type.
  auto broken = [=](size_t number) {
    return (number - first) % 10 == 9 ? thing_ref(number) : thing(number);
  };
  auto failing = items / 10;
  return {
    {body_of("import-things", first, items, thing), items, 0},
    {body_of("import-things", first, items, broken), items - failing, failing},
    {body_of("import-relationships", first, items, relationship), items, 0},
    {body_of("generate-embeddings", first, items, thing_ref), items, 0},
    {body_of("export-things", first, items, thing_ref), items, 0},
    {body_of("transform-data", first, items, thing), items, 0},
  };
}

} // namespace batch::bench
