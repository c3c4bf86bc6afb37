// What `options.transform` asks for: steps, a script, or a function of the
// program that the service is part of.
#pragma once

#include "actors/transforms/item_transformer.hpp"
#include "actors/transforms/lua/lua_script.hpp"
#include "actors/transforms/transform.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace batch {

/// A function of the embedding program. Takes the JSON text of an item and
/// answers the JSON text of the new value, or an empty text to drop the item.
/// Called from several threads at one time, and perhaps more than once for an
/// item; what it throws fails the item.
using transform_function
  = std::function<expected<std::string>(std::string_view item)>;

/// The functions that jobs may name, by name.
using transform_functions = std::map<std::string, transform_function>;

/// Exactly one of the three; as default-constructed, the identity. Immutable
/// and cheap to copy; any thread.
///
/// The JSON text of a plan:
///
///   plan   = transform                        ; see transform.hpp
///          / { "lua": script [, "limits": limits ] }
///          / { "function": name }
///   script = a string: a chunk of Lua 5.4, as docs/transforms.md has it
///   limits = { [ "ms": 1 to 10000 ] [, "memoryBytes": 1 to 64 MiB ]
///              [, "outputBytes": 1 to `item_bytes_max` ] }
struct transform_plan {
  transform steps;
  /// Null if there is no script.
  lua_script_ptr script;
  /// Empty if there is no function.
  std::string function;

  /// Reads a plan; a script is compiled.
  /// @param json the value of `options.transform`.
  /// Errors: `ec::invalid_option` with the position of the fault.
  static expected<transform_plan> parse(std::string_view json);
};

/// Whether a plan names a function that is there; if it names none, it is.
/// Errors: `ec::invalid_option`, naming those that are there.
expected<void> check_function(const transform_plan& plan,
                              const transform_functions& known);

/// Makes what does a plan to items.
/// @param known must outlive it. A function that is not among them fails each
/// item: another program, or another version of it, accepted the job.
std::unique_ptr<item_transformer>
make_transformer(const transform_plan& plan, const transform_functions& known);

} // namespace batch
