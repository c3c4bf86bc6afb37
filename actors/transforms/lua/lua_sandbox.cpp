#include "actors/transforms/lua/lua_context.hpp"

namespace batch {

namespace {

/// Calls a function of Lua's own libraries. They do their work in one go, so
/// the time is looked at before those that are given much.
int call_watched(lua_State* state) {
  constexpr lua_Unsigned much = 512;
  auto count = lua_gettop(state);
  lua_Unsigned size = static_cast<lua_Unsigned>(count);
  for (int i = 1; i <= count; ++i) {
    auto type = lua_type(state, i);
    if (type == LUA_TSTRING || type == LUA_TTABLE)
      size += lua_rawlen(state, i);
  }
  if (size > much)
    look_at_time(state);
  return lua_tocfunction(state, lua_upvalueindex(1))(state);
}

/// Copies functions of a library to a table, watched.
template <size_t Count>
void copy_watched(lua_State* state, int from, int to,
                  const char* const (&names)[Count]) {
  for (auto name : names) {
    lua_getfield(state, from, name);
    lua_pushcclosure(state, call_watched, 1);
    lua_setfield(state, to, name);
  }
}

template <size_t Count>
void copy_values(lua_State* state, int from, int to,
                 const char* const (&names)[Count]) {
  for (auto name : names) {
    lua_getfield(state, from, name);
    lua_setfield(state, to, name);
  }
}

/// Loads a library and leaves its table on the stack.
int load(lua_State* state, const char* name, lua_CFunction open) {
  luaL_requiref(state, name, open, 0);
  return lua_gettop(state);
}

int refuse_change(lua_State* state) {
  return luaL_error(state, "the libraries cannot be changed");
}

/// Puts a library, by its table, among the globals so that scripts see it but
/// cannot change it for those that come after.
void publish(lua_State* state, int globals, const char* name, int library) {
  lua_newtable(state);
  lua_createtable(state, 0, 2);
  lua_pushvalue(state, library);
  lua_setfield(state, -2, "__index");
  lua_pushcfunction(state, refuse_change);
  lua_setfield(state, -2, "__newindex");
  lua_setmetatable(state, -2);
  lua_setfield(state, globals, name);
}

/// What `type` answers; null is a type of its own.
int type_of(lua_State* state) {
  luaL_checkany(state, 1);
  lua_pushstring(state, is_null(state, 1) ? "null" : luaL_typename(state, 1));
  return 1;
}

/// As Lua's `tostring`, without telling where in memory something is: what a
/// script makes of an item must be the same whoever runs it.
int to_string(lua_State* state) {
  luaL_checkany(state, 1);
  if (lua_type(state, 1) == LUA_TTABLE || lua_type(state, 1) == LUA_TFUNCTION)
    lua_pushstring(state, luaL_typename(state, 1));
  else if (is_null(state, 1))
    lua_pushliteral(state, "null");
  else
    luaL_tolstring(state, 1, nullptr);
  return 1;
}

/// As Lua's `pcall`, but what ended the script for good goes on.
int call_protected(lua_State* state) {
  luaL_checkany(state, 1);
  auto& c = context_of(state);
  auto gathered = c.keys.size();
  auto status = lua_pcall(state, lua_gettop(state) - 1, LUA_MULTRET, 0);
  if (status == LUA_ERRMEM && c.stop == lua_stop::none)
    stop_script(state, lua_stop::memory);
  if (c.stop != lua_stop::none)
    stop_script(state, c.stop);
  // What failed may have left keys behind.
  run_guarded(state, [&] { c.keys.resize(gathered); });
  lua_pushboolean(state, status == LUA_OK);
  lua_insert(state, 1);
  return lua_gettop(state);
}

int make_array(lua_State* state) {
  lua_settop(state, 1);
  if (lua_isnil(state, 1)) {
    lua_newtable(state);
    lua_replace(state, 1);
  }
  luaL_checktype(state, 1, LUA_TTABLE);
  if (!lua_getmetatable(state, 1)) // else it is one, or is none of theirs
    lua_rawgeti(state, LUA_REGISTRYINDEX, context_of(state).array_meta);
  lua_setmetatable(state, 1);
  return 1;
}

int is_array(lua_State* state) {
  auto is_it = lua_type(state, 1) == LUA_TTABLE
               && (lua_rawlen(state, 1) > 0 || lua_getmetatable(state, 1));
  lua_pushboolean(state, is_it);
  return 1;
}

void add_globals(lua_State* state, int globals) {
  auto base = load(state, "_G", luaopen_base);
  static constexpr const char* names[]
    = {"assert", "error", "ipairs", "select", "tonumber"};
  copy_watched(state, base, globals, names);
  static constexpr luaL_Reg own[] = {
    {"array", make_array},   {"is_array", is_array}, {"pcall", call_protected},
    {"tostring", to_string}, {"type", type_of},      {nullptr, nullptr}};
  lua_pushvalue(state, globals);
  luaL_setfuncs(state, own, 0);
  lua_pop(state, 1);
  push_null(state);
  lua_setfield(state, globals, "null");
}

void add_math(lua_State* state, int globals) {
  auto math = load(state, "math", luaopen_math);
  lua_newtable(state);
  auto library = lua_gettop(state);
  static constexpr const char* functions[]
    = {"abs", "acos",  "asin", "atan", "ceil",      "cos",  "deg",
       "exp", "floor", "fmod", "log",  "max",       "min",  "modf",
       "rad", "sin",   "sqrt", "tan",  "tointeger", "type", "ult"};
  copy_watched(state, math, library, functions);
  static constexpr const char* values[]
    = {"huge", "maxinteger", "mininteger", "pi"};
  copy_values(state, math, library, values);
  publish(state, globals, "math", library);
}

void add_utf8(lua_State* state, int globals) {
  auto utf8 = load(state, "utf8", luaopen_utf8);
  lua_newtable(state);
  auto library = lua_gettop(state);
  static constexpr const char* functions[]
    = {"char", "codepoint", "codes", "len", "offset"};
  copy_watched(state, utf8, library, functions);
  static constexpr const char* values[] = {"charpattern"};
  copy_values(state, utf8, library, values);
  publish(state, globals, "utf8", library);
}

void add_strings(lua_State* state, int globals) {
  auto string = load(state, "string", luaopen_string);
  lua_newtable(state);
  auto library = lua_gettop(state);
  static constexpr const char* functions[]
    = {"byte", "char", "format", "len", "rep", "reverse", "sub"};
  copy_watched(state, string, library, functions);
  add_text_functions(state, library);
  add_pattern_functions(state, library);
  static constexpr const char* shared[] = {"upper", "lower", "trim"};
  copy_values(state, library, globals, shared);
  publish(state, globals, "string", library);
  // Methods of strings, and nothing else: arithmetic on strings reads them
  // anew in one instruction, however long they are.
  lua_pushliteral(state, "");
  lua_createtable(state, 0, 1);
  lua_pushvalue(state, library);
  lua_setfield(state, -2, "__index");
  lua_setmetatable(state, -2);
  lua_pop(state, 1);
}

void add_tables(lua_State* state, int globals) {
  auto table = load(state, "table", luaopen_table);
  lua_newtable(state);
  auto library = lua_gettop(state);
  static constexpr const char* functions[]
    = {"concat", "insert", "pack", "remove", "sort", "unpack"};
  copy_watched(state, table, library, functions);
  add_table_functions(state, globals, library);
  publish(state, globals, "table", library);
}

} // namespace

int open_sandbox(lua_State* state) {
  auto& c = context_of(state);
  lua_newtable(state);
  c.array_meta = luaL_ref(state, LUA_REGISTRYINDEX);
  lua_newtable(state);
  auto globals = lua_gettop(state);
  add_globals(state, globals);
  add_math(state, globals);
  add_utf8(state, globals);
  add_strings(state, globals);
  add_tables(state, globals);
  lua_createtable(state, 0, 1);
  lua_pushvalue(state, globals);
  lua_setfield(state, -2, "__index");
  c.environment_meta = luaL_ref(state, LUA_REGISTRYINDEX);
  lua_settop(state, 0);
  return 0;
}

} // namespace batch
