#include "gateway/cli/resume_point.hpp"

#include "codecs/json_reader.hpp"
#include "gateway/cli/terminal_text.hpp"

#include <map>

namespace batch::cli {

namespace {

/// The members of a line that are strings.
outcome<std::map<std::string, std::string>> read_texts(std::string_view line) {
  json_reader outer, values;
  std::map<std::string, std::string> texts;
  auto read = outer.check_object(line, [&](const json_member& m) {
    if (kind_of_json(m.value) == json_kind::string)
      texts.emplace(m.key, values.string_value(m.value));
    return true;
  });
  if (!read)
    return wrong_usage("its last line is no JSON object; only an export of "
                       "--format ndjson can be resumed");
  return texts;
}

} // namespace

outcome<resume_point> read_resume_point(std::string_view line,
                                        const std::string& ns,
                                        const std::string& kind) {
  auto texts = read_texts(line);
  if (!texts)
    return fail(texts);
  auto found = texts->find("id");
  if (found == texts->end())
    return wrong_usage("its last line has no id");
  if (auto of = texts->find("ns"); of != texts->end() && of->second != ns)
    return wrong_usage("its last line is of the namespace '"
                       + one_line(of->second) + "', not of '" + one_line(ns)
                       + "'");
  resume_point point;
  point.id = found->second;
  point.may_be_a_thing = kind.empty() && looks_like_relationship(line);
  auto of_kind = !kind.empty()          ? kind
                 : point.may_be_a_thing ? "relationships"
                                        : "things";
  point.cursor = of_kind + '/' + point.id;
  return point;
}

bool looks_like_relationship(std::string_view line) {
  auto texts = read_texts(line);
  if (!texts)
    return false;
  for (auto name : {"fromNs", "fromId", "toNs", "toId"})
    if (!texts->contains(name))
      return false;
  return true;
}

} // namespace batch::cli
