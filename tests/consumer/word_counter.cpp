#include "word_counter.hpp"

#include <sstream>

namespace {

/// Good enough for an example: escapes of JSON count as letters.
size_t count_words(const std::string& json_string) {
  std::istringstream words{json_string.substr(1, json_string.size() - 2)};
  size_t count = 0;
  for (std::string word; words >> word;)
    ++count;
  return count;
}

batch::foreign_result do_item(const batch::foreign_item& item) {
  if (item.text.front() != '"')
    return batch::foreign_result::rejected(item.offset, "expected a string");
  return batch::foreign_result::done(item.offset,
                                     std::to_string(count_words(item.text)));
}

} // namespace

batch::foreign_worker_actor::behavior_type
word_counter(batch::foreign_worker_actor::pointer) {
  return {[](batch::atom::work_atom, const batch::foreign_work& work) {
    std::vector<batch::foreign_result> results;
    for (const auto& item : work.items)
      results.push_back(do_item(item));
    return results;
  }};
}
