// The script of `options.transform.lua` and what it may use.
#pragma once

#include "actors/transforms/item_transformer.hpp"
#include "actors/transforms/placed_json.hpp"
#include "codecs/limits.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace batch {

/// What a script may use for one item.
struct script_limits {
  /// CPU time of its thread.
  std::chrono::milliseconds time = script_time_default;
  size_t memory_bytes = script_memory_default;
  /// Of the JSON text of the value that it makes.
  size_t output_bytes = script_output_max;
};

/// A script that compiles. Immutable; any thread.
struct lua_script {
  /// Text of Lua 5.4; never bytecode.
  std::string source;
  script_limits limits;
};
using lua_script_ptr = std::shared_ptr<const lua_script>;

/// Reads `limits`: an object with `ms`, `memoryBytes` and `outputBytes`, each
/// optional.
/// Errors: `ec::invalid_option` with the position of the fault.
expected<script_limits> parse_script_limits(placed_json value, text_pool& pool);

/// Compiles a script once to see that it can be.
/// Errors: `ec::transform_failed` with line and reason.
expected<void> check_lua(const lua_script& script);

/// Makes what runs a script: a state of the interpreter that no other job
/// uses. docs/transforms.md says what scripts see, and decision 12 why.
std::unique_ptr<item_transformer> make_lua_transformer(lua_script_ptr script);

} // namespace batch
