// A file of settings: the plain part of TOML (toml.io), one setting a line.
//
//   file   :=  line*
//   line   :=  [ name = value ] [ # comment ]
//   name   :=  letters, digits, '-' and '_'
//   value  :=  "text with \" \\ \t \n \r" | 'text as it is' | whole number
//            |  true | false
//
//   http = "0.0.0.0:8080"  # every interface
//   cache = 512
//
// Tables, arrays and numbers with a fraction are TOML, but nothing here has a
// use for them: they are refused.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace batch::cli {

enum class config_kind { text, number, boolean };

struct config_entry {
  /// From 1.
  size_t line = 0;
  std::string name;
  config_kind kind = config_kind::text;
  /// A text without its quotes, a number without separators.
  std::string value;
};

struct config_fault {
  /// From 1.
  size_t line = 0;
  /// What is wrong, and what would be right.
  std::string message;
};

/// Reads a file's text. A name that stands there twice is a fault.
tl::expected<std::vector<config_entry>, config_fault>
parse_config(std::string_view text);

} // namespace batch::cli
