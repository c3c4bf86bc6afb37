#include "actors/transforms/lua/lua_context.hpp"
#include "actors/transforms/unicode_text.hpp"

#include <cctype>

namespace batch {

namespace {

std::string_view text_of(lua_State* state, int index) {
  size_t size = 0;
  auto text = luaL_checklstring(state, index, &size);
  return {text, size};
}

/// Answers what a function makes of the text, by Unicode.
template <class Make>
int answer(lua_State* state, Make make) {
  auto text = text_of(state, 1);
  constexpr size_t long_text = 4 << 10;
  if (text.size() > long_text)
    look_at_time(state);
  auto& made = context_of(state).scratch;
  run_guarded(state, [&] { made = make(text); });
  lua_pushlstring(state, made.data(), made.size());
  return 1;
}

int upper(lua_State* state) {
  return answer(state, upper_text);
}
int lower(lua_State* state) {
  return answer(state, lower_text);
}
int trim(lua_State* state) {
  return answer(state, trim_text);
}

/// As Lua's, but a result that is too long is refused before it is made, and
/// nothing is not repeated.
int repeat(lua_State* state) {
  auto text = text_of(state, 1);
  auto count = luaL_checkinteger(state, 2);
  size_t between_size = 0;
  luaL_optlstring(state, 3, "", &between_size);
  auto bytes = text.size() + between_size;
  if (count <= 0 || bytes == 0) {
    lua_pushliteral(state, "");
    return 1;
  }
  if (static_cast<lua_Unsigned>(count) > script_string_bytes_max / bytes + 1)
    return luaL_error(state, "string.rep: the result is too long");
  return lua_tocfunction(state, lua_upvalueindex(1))(state);
}

/// As Lua's, but refuses what would tell an address.
int format(lua_State* state) {
  auto text = text_of(state, 1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%')
      continue;
    for (++i; i < text.size() && !std::isalpha(static_cast<uint8_t>(text[i]))
              && text[i] != '%';)
      ++i;
    if (i < text.size() && text[i] == 'p')
      return luaL_error(state, "string.format: %%p is not there");
  }
  for (int i = lua_gettop(state); i > 1; --i) {
    auto type = lua_type(state, i);
    if (type == LUA_TTABLE || type == LUA_TFUNCTION || is_null(state, i))
      return luaL_argerror(state, i, "a string, number or boolean is expected");
  }
  return lua_tocfunction(state, lua_upvalueindex(1))(state);
}

/// Puts a function in the place of one of Lua's, which it calls in the end.
void wrap(lua_State* state, int library, const char* name,
          lua_CFunction function) {
  lua_getfield(state, library, name);
  lua_getupvalue(state, -1, 1); // what call_watched calls
  lua_pushcclosure(state, function, 1);
  lua_setfield(state, library, name);
  lua_pop(state, 1);
}

} // namespace

void add_text_functions(lua_State* state, int strings) {
  static constexpr luaL_Reg own[]
    = {{"upper", upper}, {"lower", lower}, {"trim", trim}, {nullptr, nullptr}};
  lua_pushvalue(state, strings);
  luaL_setfuncs(state, own, 0);
  lua_pop(state, 1);
  wrap(state, strings, "rep", repeat);
  wrap(state, strings, "format", format);
}

} // namespace batch
