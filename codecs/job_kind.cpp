#include "codecs/job_kind.hpp"

#include "codecs/limits.hpp"

#include <algorithm>

namespace batch {

namespace {

bool is_small_letter(char c) {
  return c >= 'a' && c <= 'z';
}

} // namespace

std::string_view to_string(const job_kind& kind) {
  return kind.base == job_type::custom ? std::string_view{kind.custom}
                                       : to_string(kind.base);
}

bool may_name_own_type(std::string_view name) {
  return !name.empty() && name.size() <= own_type_bytes_max
         && is_small_letter(name.front())
         && std::ranges::all_of(name,
                                [](char c) {
                                  return is_small_letter(c)
                                         || (c >= '0' && c <= '9') || c == '-';
                                })
         && name != "custom" && name != "system" && !job_type_of(name);
}

std::string_view own_type_name_rule() {
  static_assert(own_type_bytes_max == 63);
  return "a type of one's own has a name of up to 63 small letters, digits and "
         "hyphens that begins with a letter and is not taken: not that of a "
         "built-in type, nor custom or system";
}

std::optional<job_kind> job_kind_of(std::string_view name) {
  if (auto built_in = job_type_of(name))
    return job_kind{*built_in};
  if (may_name_own_type(name))
    return job_kind{job_type::custom, std::string{name}};
  return std::nullopt;
}

} // namespace batch
