// What belongs to one Lua state: what it may use, and what is being done in
// it. Only for the files of this folder.
//
// Errors of Lua are longjmp: they skip destructors. So functions that Lua
// calls, or that call what can fail in Lua, keep nothing in their frames that
// has one; strings and vectors stand here instead.
#pragma once

#include "actors/transforms/lua/key_order.hpp"
#include "actors/transforms/lua/lua_budget.hpp"
#include "actors/transforms/lua/lua_memory.hpp"
#include "actors/transforms/lua/lua_script.hpp"

#include <forward_list>
#include <string>
#include <string_view>
#include <vector>

#include <lua.hpp>

namespace batch {

/// Why a script was ended.
enum class lua_stop : uint8_t {
  none,
  time,
  memory,
  output,
  /// What it was given or made cannot be: `lua_context::reason` says why.
  value,
};

/// A key of a table while it is put in order.
struct lua_key {
  bool is_number = false;
  lua_Number number = 0;
  std::string_view text;
  uint32_t rank = 0;
  /// Where its value stands on the stack, or the key itself.
  int index = 0;

  bool operator<(const lua_key& other) const;
};

/// A step of the way into a value, for messages.
struct lua_step {
  std::string_view key;
  /// From 1; 0 if the step is a key.
  lua_Integer index = 0;
};

struct lua_context {
  explicit lua_context(lua_script_ptr of)
    : script(std::move(of)), memory(script->limits.memory_bytes) {}

  lua_script_ptr script;
  lua_memory memory;
  lua_budget budget;
  lua_State* state = nullptr;
  /// References in Lua's registry.
  int chunk = LUA_NOREF;
  int environment_meta = LUA_NOREF;
  int array_meta = LUA_NOREF;
  /// Steps since the time was looked at.
  int steps = 0;
  /// The hook is set to the very next instruction.
  bool looks_next = false;

  // Of the item that is being done:
  std::string_view item;
  std::string out;
  bool is_dropped = false;
  lua_stop stop = lua_stop::none;
  /// Line of the script where it was stopped; 0 if there is none.
  int line = 0;
  std::string reason;
  key_order order;
  std::vector<lua_key> keys;
  std::vector<lua_step> way;
  std::string scratch;
  /// Keys that had to be unescaped.
  std::forward_list<std::string> made_keys;
};

inline lua_context& context_of(lua_State* state) {
  return **static_cast<lua_context**>(lua_getextraspace(state));
}

/// What JSON's null is in Lua.
inline void push_null(lua_State* state) {
  lua_pushlightuserdata(state, nullptr);
}
inline bool is_null(lua_State* state, int index) {
  return lua_type(state, index) == LUA_TLIGHTUSERDATA;
}

/// Ends the script for good: no `pcall` holds it up.
[[noreturn]] void stop_script(lua_State* state, lua_stop why);

/// Ends the script if its time is used up. To be called by what takes long
/// without giving the interpreter a chance to count.
void look_at_time(lua_State* state);

/// The same, but only every few hundred calls.
inline void look_now_and_then(lua_State* state) {
  constexpr int steps_between_looks = 512;
  auto& c = context_of(state);
  if (++c.steps < steps_between_looks)
    return;
  c.steps = 0;
  look_at_time(state);
}

/// Runs what can throw. Nothing it holds may have a destructor.
template <class Run>
void run_guarded(lua_State* state, Run run) {
  bool has_thrown = false;
  try {
    run();
  } catch (...) {
    has_thrown = true;
  }
  if (has_thrown)
    stop_script(state, lua_stop::memory);
}

/// Pushes the value of the item's JSON text.
void push_json(lua_State* state, std::string_view json);

/// Appends the value at the top of the stack to `out`, as JSON.
void write_json(lua_State* state);

/// Gathers the keys of the table at an index, in order, into `keys` behind
/// `begin`, and leaves keys (or values) on the stack.
/// @returns how many there are.
size_t gather_keys(lua_State* state, int table, size_t begin, bool values);

/// Builds what scripts see. The functions of the files behind it.
int open_sandbox(lua_State* state);
void add_text_functions(lua_State* state, int strings);
void add_pattern_functions(lua_State* state, int strings);
void add_table_functions(lua_State* state, int globals, int tables);

} // namespace batch
