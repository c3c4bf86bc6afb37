// string.find, match, gmatch and gsub, as the manual of Lua has them.
#include "actors/transforms/lua/lua_pattern.hpp"

#include <algorithm>
#include <cstring>

namespace batch {

namespace {

std::string_view text_of(lua_State* state, int index) {
  size_t size = 0;
  auto text = luaL_checklstring(state, index, &size);
  return {text, size};
}

/// A position as Lua counts it, negative ones from the end, as an offset;
/// beyond the end if it is so.
size_t offset_of(lua_State* state, int index, size_t size) {
  auto at = luaL_optinteger(state, index, 1);
  if (at > 0)
    return static_cast<size_t>(at) - 1;
  auto back = static_cast<lua_Unsigned>(0) - static_cast<lua_Unsigned>(at);
  return at == 0 || back > size ? 0 : size - static_cast<size_t>(back);
}

bool is_plain(std::string_view pattern) {
  return pattern.find_first_of("^$*+?.([%-") == std::string_view::npos;
}

int find_plain(lua_State* state, std::string_view text, std::string_view part,
               size_t from) {
  look_at_time(state);
  // Linear in both, whatever they are.
  auto found = static_cast<const char*>(
    memmem(text.data() + from, text.size() - from, part.data(), part.size()));
  if (!found) {
    lua_pushnil(state);
    return 1;
  }
  lua_pushinteger(state, found - text.data() + 1);
  lua_pushinteger(state,
                  found - text.data() + static_cast<lua_Integer>(part.size()));
  return 2;
}

int find_or_match(lua_State* state, bool finds) {
  auto text = text_of(state, 1);
  auto pattern = text_of(state, 2);
  auto from = offset_of(state, 3, text.size());
  if (from > text.size()) {
    lua_pushnil(state);
    return 1;
  }
  if (finds && (lua_toboolean(state, 4) || is_plain(pattern)))
    return find_plain(state, text, pattern, from);
  lua_pattern aut{state, text, pattern};
  for (auto at = aut.text_begin() + from;; ++at) {
    if (auto end = aut.match_at(at)) {
      if (!finds)
        return aut.push_captures(at, end);
      lua_pushinteger(state, at - aut.text_begin() + 1);
      lua_pushinteger(state, end - aut.text_begin());
      return 2 + (aut.capture_count() == 0 ? 0 : aut.push_captures(at, end));
    }
    if (at == aut.text_end() || aut.is_anchored()) {
      lua_pushnil(state);
      return 1;
    }
  }
}

int find(lua_State* state) {
  return find_or_match(state, true);
}
int match(lua_State* state) {
  return find_or_match(state, false);
}

/// Upvalues: text, pattern, offset of the next try, end of the last match or
/// -1.
int next_match(lua_State* state) {
  size_t size = 0;
  auto text = lua_tolstring(state, lua_upvalueindex(1), &size);
  size_t pattern_size = 0;
  auto pattern = lua_tolstring(state, lua_upvalueindex(2), &pattern_size);
  auto from = lua_tointeger(state, lua_upvalueindex(3));
  auto last = lua_tointeger(state, lua_upvalueindex(4));
  lua_pattern aut{state, {text, size}, {pattern, pattern_size}};
  for (auto at = text + from; at <= text + size; ++at) {
    auto end = aut.match_at(at);
    if (!end || end - text == last)
      continue;
    lua_pushinteger(state, end - text);
    lua_copy(state, -1, lua_upvalueindex(3));
    lua_replace(state, lua_upvalueindex(4));
    return aut.push_captures(at, end);
  }
  return 0;
}

int match_all(lua_State* state) {
  auto text = text_of(state, 1);
  auto pattern = text_of(state, 2);
  if (pattern.starts_with('^'))
    return luaL_argerror(state, 2, "a pattern without ^ is expected");
  auto from = std::min(offset_of(state, 3, text.size()), text.size() + 1);
  lua_settop(state, 2);
  lua_pushinteger(state, static_cast<lua_Integer>(from));
  lua_pushinteger(state, -1);
  lua_pushcclosure(state, next_match, 4);
  return 1;
}

/// Adds what a replacement text stands for.
void add_text(lua_State* state, luaL_Buffer& out, lua_pattern& aut,
              const char* begin, const char* end) {
  size_t size = 0;
  auto text = lua_tolstring(state, 3, &size);
  for (size_t i = 0; i < size; ++i) {
    if (text[i] != '%') {
      luaL_addchar(&out, text[i]);
      continue;
    }
    auto c = ++i < size ? text[i] : '\0';
    if (c == '%') {
      luaL_addchar(&out, c);
    } else if (c == '0') {
      luaL_addlstring(&out, begin, static_cast<size_t>(end - begin));
    } else if (c >= '1' && c <= '9') {
      aut.push_capture(c - '1', begin, end);
      luaL_tolstring(state, -1, nullptr); // a position is a number
      lua_remove(state, -2);
      luaL_addvalue(&out);
    } else {
      luaL_error(state, "string.gsub: '%%' in the replacement must be followed "
                        "by a digit or '%%'");
    }
  }
}

/// Adds what takes the place of a match.
void add_replacement(lua_State* state, luaL_Buffer& out, lua_pattern& aut,
                     const char* begin, const char* end) {
  auto type = lua_type(state, 3);
  if (type != LUA_TTABLE && type != LUA_TFUNCTION)
    return add_text(state, out, aut, begin, end);
  if (type == LUA_TTABLE) {
    aut.push_capture(0, begin, end);
    lua_gettable(state, 3);
  } else {
    lua_pushvalue(state, 3);
    lua_call(state, aut.push_captures(begin, end), 1);
  }
  if (!lua_toboolean(state, -1)) {
    lua_pop(state, 1);
    luaL_addlstring(&out, begin, static_cast<size_t>(end - begin));
  } else if (!lua_isstring(state, -1)) {
    luaL_error(state, "string.gsub: a replacement is a %s, not a string",
               luaL_typename(state, -1));
  } else {
    luaL_addvalue(&out);
  }
}

int replace_all(lua_State* state) {
  auto text = text_of(state, 1);
  auto pattern = text_of(state, 2);
  auto type = lua_type(state, 3);
  if (type == LUA_TNUMBER)
    lua_tolstring(state, 3, nullptr);
  else if (type != LUA_TSTRING && type != LUA_TTABLE && type != LUA_TFUNCTION)
    return luaL_argerror(state, 3, "a string, table or function is expected");
  auto count_max = luaL_optinteger(state, 4, LUA_MAXINTEGER);
  lua_settop(state, 3);
  lua_pattern aut{state, text, pattern};
  luaL_Buffer out;
  luaL_buffinit(state, &out);
  lua_Integer count = 0;
  auto at = aut.text_begin();
  const char* last = nullptr;
  while (count < count_max) {
    auto end = aut.match_at(at);
    if (end && end != last) {
      ++count;
      add_replacement(state, out, aut, at, end);
      at = last = end;
    } else if (at < aut.text_end()) {
      luaL_addchar(&out, *at);
      ++at;
    } else {
      break;
    }
    if (aut.is_anchored())
      break;
  }
  luaL_addlstring(&out, at, static_cast<size_t>(aut.text_end() - at));
  luaL_pushresult(&out);
  lua_pushinteger(state, count);
  return 2;
}

} // namespace

void add_pattern_functions(lua_State* state, int strings) {
  static constexpr luaL_Reg own[] = {{"find", find},
                                     {"match", match},
                                     {"gmatch", match_all},
                                     {"gsub", replace_all},
                                     {nullptr, nullptr}};
  lua_pushvalue(state, strings);
  luaL_setfuncs(state, own, 0);
  lua_pop(state, 1);
}

} // namespace batch
