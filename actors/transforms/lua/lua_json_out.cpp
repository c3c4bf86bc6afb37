#include "actors/transforms/json_string.hpp"
#include "actors/transforms/lua/lua_context.hpp"
#include "codecs/json_writer.hpp"
#include "codecs/utf8.hpp"

#include <algorithm>
#include <cmath>

namespace batch {

namespace {

/// How much longer a text is in JSON, without its quotes.
size_t escape_bytes(std::string_view text) {
  size_t more = 0;
  for (auto c : text)
    if (c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t')
      more += 1; // \n
    else if (static_cast<unsigned char>(c) < 0x20)
      more += 5; // \u0000
  return more;
}

/// Writes what is on the stack as JSON.
class json_puller {
public:
  explicit json_puller(lua_State* state)
    : state_(state), c_(context_of(state)) {}

  /// Writes the value at an index, from the bottom.
  void write(int index) {
    switch (lua_type(state_, index)) {
    case LUA_TBOOLEAN:
      return append(lua_toboolean(state_, index) ? "true" : "false");
    case LUA_TLIGHTUSERDATA:
      return append("null");
    case LUA_TNUMBER:
      return write_number(index);
    case LUA_TSTRING: {
      size_t size = 0;
      auto text = lua_tolstring(state_, index, &size);
      return write_string({text, size});
    }
    case LUA_TTABLE:
      return write_table(index);
    default:
      refuse("is a ", lua_typename(state_, lua_type(state_, index)));
    }
  }

private:
  [[noreturn]] void refuse(const char* what, const char* more = "") {
    run_guarded(state_, [&] {
      c_.reason = "the value";
      if (!c_.way.empty())
        c_.reason += " at ";
      for (const auto& step : c_.way) {
        c_.reason += '/';
        c_.reason += step.index > 0 ? std::to_string(step.index - 1)
                                    : clip_text(step.key);
      }
      c_.reason += ' ';
      c_.reason += what;
      c_.reason += more;
    });
    stop_script(state_, lua_stop::value);
  }

  void check_size(size_t more = 0) {
    if (c_.out.size() + more > c_.script->limits.output_bytes)
      stop_script(state_, lua_stop::output);
  }

  void append(std::string_view text) {
    check_size(text.size());
    run_guarded(state_, [&] { c_.out += text; });
  }

  void write_string(std::string_view text) {
    // Before anything is written: a million escapes take longer than a script
    // may.
    check_size(text.size());
    check_size(text.size() + escape_bytes(text));
    if (!is_valid_utf8(text))
      refuse("is or has as a key a string that is not UTF-8");
    run_guarded(state_, [&] { append_json_string(c_.out, text); });
    check_size();
  }

  void write_number(int index) {
    check_size();
    if (lua_isinteger(state_, index)) {
      int64_t x = lua_tointeger(state_, index);
      return run_guarded(state_, [&] { json_writer{c_.out}.number(x); });
    }
    double x = lua_tonumber(state_, index);
    if (!std::isfinite(x))
      refuse("is a number that JSON cannot hold: ",
             std::isnan(x) ? "not a number" : "infinity");
    run_guarded(state_, [&] { json_writer{c_.out}.number(x); });
  }

  void enter(lua_step step) {
    run_guarded(state_, [&] { c_.way.push_back(step); });
  }

  void write_table(int table) {
    if (c_.way.size() >= json_depth_max)
      refuse("nests too deep, or is inside of itself");
    look_now_and_then(state_);
    luaL_checkstack(state_, 16, "the value nests too deep");
    lua_pushnil(state_);
    auto is_empty = lua_next(state_, table) == 0;
    auto has_index = !is_empty && lua_isinteger(state_, -2);
    if (!is_empty)
      lua_pop(state_, 2);
    auto is_array = lua_getmetatable(state_, table) != 0;
    if (is_array)
      lua_pop(state_, 1);
    if (is_array || has_index)
      write_array(table);
    else
      write_object(table);
  }

  void write_array(int table) {
    auto count = static_cast<lua_Integer>(lua_rawlen(state_, table));
    lua_Integer seen = 0;
    for (lua_pushnil(state_); lua_next(state_, table); lua_pop(state_, 1)) {
      int is_integer = 0;
      auto key = lua_tointegerx(state_, -2, &is_integer);
      if (lua_type(state_, -2) != LUA_TNUMBER || !is_integer)
        refuse("is an array with a member that is no element");
      if (key < 1 || key > count)
        refuse("is an array with holes; null is written as null");
      ++seen;
    }
    if (seen != count)
      refuse("is an array with holes; null is written as null");
    append("[");
    for (lua_Integer i = 1; i <= count; ++i) {
      if (i > 1)
        append(",");
      enter({{}, i});
      lua_rawgeti(state_, table, i);
      write(lua_gettop(state_));
      lua_pop(state_, 1);
      c_.way.pop_back();
    }
    append("]");
  }

  void write_object(int table) {
    auto top = lua_gettop(state_);
    auto begin = c_.keys.size();
    auto count = gather_keys(state_, table, begin, true);
    append("{");
    for (size_t i = 0; i < count; ++i) {
      auto key = c_.keys[begin + i];
      if (key.is_number)
        refuse("is an object with a key that is a number");
      if (i > 0)
        append(",");
      write_string(key.text);
      append(":");
      enter({key.text, 0});
      write(key.index);
      c_.way.pop_back();
    }
    append("}");
    run_guarded(state_, [&] { c_.keys.resize(begin); });
    lua_settop(state_, top);
  }

  lua_State* state_;
  lua_context& c_;
};

} // namespace

size_t gather_keys(lua_State* state, int table, size_t begin, bool values) {
  auto& c = context_of(state);
  lua_pushnil(state);
  while (lua_next(state, table)) {
    look_now_and_then(state);
    luaL_checkstack(state, 4, "the table has too many members");
    lua_key key;
    switch (lua_type(state, -2)) {
    case LUA_TSTRING: {
      size_t size = 0;
      auto text = lua_tolstring(state, -2, &size);
      key.text = {text, size};
      key.rank = c.order.rank(key.text);
      break;
    }
    case LUA_TNUMBER:
      key.is_number = true;
      key.number = lua_tonumber(state, -2);
      break;
    default:
      luaL_error(state,
                 "a table has a %s as a key, where only strings and "
                 "numbers have an order",
                 luaL_typename(state, -2));
    }
    // Leaves the value, or the key, below the key that lua_next takes.
    if (values) {
      lua_insert(state, -2);
    } else {
      lua_pop(state, 1);
      lua_pushvalue(state, -1);
    }
    key.index = lua_gettop(state) - 1;
    run_guarded(state, [&] { c.keys.push_back(key); });
  }
  auto first = c.keys.begin() + static_cast<std::ptrdiff_t>(begin);
  // The comparison may raise an error; keys have no destructors.
  std::sort(first, c.keys.end(), [&](const lua_key& a, const lua_key& b) {
    look_now_and_then(state);
    return a < b;
  });
  return c.keys.size() - begin;
}

void write_json(lua_State* state) {
  json_puller{state}.write(lua_gettop(state));
}

} // namespace batch
