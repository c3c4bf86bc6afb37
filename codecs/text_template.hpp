// Texts put together from the fields of a thing.
#pragma once

#include "codecs/error.hpp"
#include "codecs/json_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// A text with holes for fields, e.g. "{name}: {description}".
///
///   template  =  *( "{{" / "}}" / hole / any other character )
///   hole      =  "{" key "}"           ; a member of `data`
///             /  "{" pointer "}"       ; RFC 6901, from the thing: {/content}
///
/// "{{" and "}}" stand for one bracket. A string fills its hole as it is;
/// another value as its JSON text; one that is absent or null leaves it empty.
/// Thread-safety: immutable.
class text_template {
public:
  /// Errors: `ec::invalid_option`, saying what is wrong; a text without a hole
  /// is refused, because it would be the same for all things.
  static expected<text_template> parse(std::string_view text);

  /// Fills the holes.
  /// @param thing valid JSON.
  /// @returns an empty text if all holes are empty.
  std::string fill(json_reader& reader, std::string_view thing) const;

private:
  struct part {
    std::string text;
    /// Where the value is; empty for a text.
    std::vector<std::string> path;
  };

  void add_text(std::string_view text);

  std::vector<part> parts_;
};

} // namespace batch
