// The members of a JSON object that a server has answered.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace batch::cli {

/// A copy of the members of a small object. Members that are absent, null or
/// of another type than asked for read as nothing: what a server of another
/// version does not send is not shown.
class json_fields {
public:
  /// Nothing if the text is not a JSON object.
  static std::optional<json_fields> parse(std::string_view text);

  /// The content of a string; other values as JSON text.
  std::string text(std::string_view name) const;
  /// A number that is not negative, cut to a whole one.
  std::optional<uint64_t> count(std::string_view name) const;
  std::optional<double> number(std::string_view name) const;
  bool flag(std::string_view name) const;
  /// The members of an object; none if it is no object.
  json_fields object(std::string_view name) const;
  /// The JSON texts of the elements of an array; none if it is no array.
  std::vector<std::string> elements(std::string_view name) const;

  /// All members in their order: names and JSON texts.
  const std::vector<std::pair<std::string, std::string>>& all() const {
    return members_;
  }

private:
  std::string_view raw(std::string_view name) const;

  std::vector<std::pair<std::string, std::string>> members_;
};

/// The content of a JSON string; other values as they stand, null as nothing.
std::string text_of_json(std::string_view valid);

/// Walks a page of a list, `{"<name>": […], "nextCursor": "…"}`, without
/// copying it and without looking into its elements.
/// @param page needs `json_padding` readable bytes behind its end.
/// @param visit takes the JSON text of an element; answers false to stop.
/// @returns the cursor of the next page, empty if there is none or if the
/// visitor stopped; nothing if the text is not such a page.
std::optional<std::string>
walk_page(std::string_view page, std::string_view name,
          const std::function<bool(std::string_view)>& visit);

} // namespace batch::cli
