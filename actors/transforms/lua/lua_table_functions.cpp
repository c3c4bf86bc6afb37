#include "actors/transforms/lua/lua_context.hpp"

namespace batch {

namespace {

/// The next pair of a table in the order of its keys. Upvalues: the table, an
/// array of its keys, and how many were visited.
int next_pair(lua_State* state) {
  auto at = lua_tointeger(state, lua_upvalueindex(3));
  while (true) {
    lua_settop(state, 0);
    if (lua_rawgeti(state, lua_upvalueindex(2), ++at) == LUA_TNIL)
      return 1;
    lua_pushvalue(state, -1);
    if (lua_rawget(state, lua_upvalueindex(1)) != LUA_TNIL)
      break; // what was removed meanwhile is left out
  }
  lua_pushinteger(state, at);
  lua_replace(state, lua_upvalueindex(3));
  return 2;
}

/// As Lua's `pairs`, but in the order in which the members would be written.
int pairs(lua_State* state) {
  luaL_checktype(state, 1, LUA_TTABLE);
  lua_settop(state, 1);
  look_at_time(state);
  auto& c = context_of(state);
  auto begin = c.keys.size();
  auto count = gather_keys(state, 1, begin, false);
  lua_createtable(state, static_cast<int>(count), 0);
  auto keys = lua_gettop(state);
  for (size_t i = 0; i < count; ++i) {
    lua_pushvalue(state, c.keys[begin + i].index);
    lua_rawseti(state, keys, static_cast<lua_Integer>(i) + 1);
  }
  run_guarded(state, [&] { c.keys.resize(begin); });
  lua_pushvalue(state, 1);
  lua_pushvalue(state, keys);
  lua_pushinteger(state, 0);
  lua_pushcclosure(state, next_pair, 3);
  return 1;
}

/// As Lua's `table.sort`, but what compares must be written in Lua, where
/// instructions are counted. Upvalues: Lua's own, and "a < b" in Lua.
int sort(lua_State* state) {
  luaL_checktype(state, 1, LUA_TTABLE);
  if (lua_isnoneornil(state, 2)) {
    lua_settop(state, 1);
    lua_pushvalue(state, lua_upvalueindex(2));
  }
  luaL_checktype(state, 2, LUA_TFUNCTION);
  if (lua_iscfunction(state, 2))
    return luaL_argerror(state, 2,
                         "a function that is written in Lua is "
                         "expected");
  return lua_tocfunction(state, lua_upvalueindex(1))(state);
}

/// As Lua's `table.unpack`, for not too many values.
int unpack(lua_State* state) {
  constexpr lua_Integer count_max = 10'000;
  luaL_checktype(state, 1, LUA_TTABLE);
  auto first = luaL_optinteger(state, 2, 1);
  auto last = lua_isnoneornil(state, 3)
                ? static_cast<lua_Integer>(lua_rawlen(state, 1))
                : luaL_checkinteger(state, 3);
  if (first <= last
      && static_cast<lua_Unsigned>(last) - static_cast<lua_Unsigned>(first)
           >= static_cast<lua_Unsigned>(count_max))
    return luaL_error(state, "table.unpack: more than %I values",
                      static_cast<LUAI_UACINT>(count_max));
  return lua_tocfunction(state, lua_upvalueindex(1))(state);
}

/// Pushes the function of Lua's own that a watched one calls.
void push_original(lua_State* state, int library, const char* name) {
  lua_getfield(state, library, name);
  lua_getupvalue(state, -1, 1);
  lua_remove(state, -2);
}

} // namespace

void add_table_functions(lua_State* state, int globals, int tables) {
  lua_pushcfunction(state, pairs);
  lua_setfield(state, globals, "pairs");
  push_original(state, tables, "sort");
  if (luaL_loadstring(state, "local a, b = ... return a < b") != LUA_OK)
    lua_error(state);
  lua_pushcclosure(state, sort, 2);
  lua_setfield(state, tables, "sort");
  push_original(state, tables, "unpack");
  lua_pushcclosure(state, unpack, 1);
  lua_setfield(state, tables, "unpack");
}

} // namespace batch
