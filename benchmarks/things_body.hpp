// A submission as it is sent, made piece by piece: the memory of the measuring
// program must not grow with what it measures.
#pragma once

#include "benchmarks/things_data.hpp"

#include <array>
#include <string>
#include <string_view>

namespace batch::bench {

enum class body_form { json, ndjson };

/// What the forms differ in; one line each.
struct body_format {
  body_form form;
  std::string_view name;
  std::string_view content_type;
  /// What stands before, between and behind the things.
  std::string_view head;
  std::string_view between;
  std::string_view tail;
};

inline constexpr std::array body_formats{
  body_format{body_form::json, "json", "application/json",
              R"({"type":"import-things","items":[)", ",", "]}"},
  body_format{body_form::ndjson, "ndjson", "application/x-ndjson", "", "\n",
              "\n"},
};

/// Thread-safety: none.
class things_body {
public:
  things_body(const things_options& o, body_form form);

  const body_format& format() const { return format_; }
  const things_options& things() const { return options_; }
  /// Bytes of the whole body, known before it is made.
  uint64_t bytes() const;

  /// The next piece, about 256 KiB; empty at the end. Dies with the next call.
  std::string_view next();
  void rewind() { done_ = 0; }

private:
  const things_options options_;
  const body_format format_;
  const shuffled_order order_;
  size_t done_ = 0;
  std::string piece_;
};

/// The whole body in memory, with room behind it to be parsed in place.
std::string whole_body(things_body& body);

} // namespace batch::bench
