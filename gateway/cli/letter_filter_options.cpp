#include "gateway/cli/letter_filter_options.hpp"

#include <array>
#include <utility>

namespace batch::cli {

namespace {

/// The names that the API has for the texts.
auto named_texts(const letter_filter_options& x) {
  return std::array<std::pair<const char*, const std::string&>, 6>{
    {{"jobId", x.job},
     {"type", x.type},
     {"ns", x.ns},
     {"code", x.code},
     {"after", x.after},
     {"before", x.before}}};
}

} // namespace

bool letter_filter_options::is_empty() const {
  for (const auto& [name, text] : named_texts(*this))
    if (!text.empty())
      return false;
  return ids.empty();
}

void add_filter(request_path& path, const letter_filter_options& filter) {
  for (const auto& [name, text] : named_texts(filter))
    path.optional(name, text);
}

void write_filter(json_writer& out, const letter_filter_options& filter) {
  out.begin_object();
  for (const auto& [name, text] : named_texts(filter))
    if (!text.empty())
      out.key(name).string(text);
  if (!filter.ids.empty()) {
    out.key("ids").begin_array();
    for (const auto& id : filter.ids)
      out.string(id);
    out.end_array();
  }
  out.end_object();
}

} // namespace batch::cli
