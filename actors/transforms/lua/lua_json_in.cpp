#include "actors/transforms/json_string.hpp"
#include "actors/transforms/lua/lua_context.hpp"

#include <charconv>
#include <cstring>

namespace batch {

namespace {

/// Children that are gathered on the stack before their table is made, so
/// that most tables are made in their final size.
constexpr int gathered_max = 24;

[[noreturn]] void refuse(lua_State* state, const char* what,
                         std::string_view text = {}) {
  run_guarded(state, [&] {
    auto& c = context_of(state);
    c.reason = "the item cannot be read: ";
    c.reason += what;
    c.reason += clip_text(text);
  });
  stop_script(state, lua_stop::value);
}

/// Reads JSON text and pushes what it says. Demands nothing of the text but
/// is lenient about what `json_reader::check` refuses.
class json_pusher {
public:
  json_pusher(lua_State* state, std::string_view text)
    : state_(state), c_(context_of(state)), at_(text.data()),
      end_(text.data() + text.size()) {}

  void push_value() {
    switch (peek()) {
    case '{':
      return push_object();
    case '[':
      return push_array();
    case '"':
      return push_string(take_string());
    case 't':
      return push_word("true", [](lua_State* s) { lua_pushboolean(s, 1); });
    case 'f':
      return push_word("false", [](lua_State* s) { lua_pushboolean(s, 0); });
    case 'n':
      return push_word("null", push_null);
    default:
      return push_number();
    }
  }

private:
  char peek() {
    while (at_ != end_
           && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t'))
      ++at_;
    return at_ != end_ ? *at_ : '\0';
  }

  void expect(char c) {
    if (peek() != c)
      refuse(state_, "it is not JSON");
    ++at_;
  }

  bool take(char c) {
    if (peek() != c)
      return false;
    ++at_;
    return true;
  }

  /// The text between the quotes.
  std::string_view take_string() {
    expect('"');
    auto begin = at_;
    while (at_ != end_ && *at_ != '"')
      at_ += *at_ == '\\' && at_ + 1 != end_ ? 2 : 1;
    if (at_ == end_)
      refuse(state_, "it is not JSON");
    return {begin, static_cast<size_t>(at_++ - begin)};
  }

  /// The content of a string; of one with escapes until the next call.
  std::string_view resolve(std::string_view text) {
    if (!std::memchr(text.data(), '\\', text.size()))
      return text;
    run_guarded(state_, [&] { c_.scratch = unescape_json(text); });
    return c_.scratch;
  }

  void push_string(std::string_view text) {
    auto content = resolve(text);
    lua_pushlstring(state_, content.data(), content.size());
  }

  void push_key() {
    auto text = take_string();
    auto key = resolve(text);
    lua_pushlstring(state_, key.data(), key.size());
    run_guarded(state_, [&] {
      if (key.data() != text.data())
        key = c_.made_keys.emplace_front(key);
      c_.order.add(key);
    });
  }

  void push_word(std::string_view word, void (*push)(lua_State*)) {
    if (static_cast<size_t>(end_ - at_) < word.size()
        || std::memcmp(at_, word.data(), word.size()) != 0)
      refuse(state_, "it is not JSON");
    at_ += word.size();
    push(state_);
  }

  void push_number() {
    auto begin = at_;
    bool is_integer = true;
    for (; at_ != end_; ++at_) {
      if (*at_ == '.' || *at_ == 'e' || *at_ == 'E' || *at_ == '+')
        is_integer = false;
      else if ((*at_ < '0' || *at_ > '9') && *at_ != '-')
        break;
    }
    if (is_integer) {
      lua_Integer integer = 0;
      auto [end, fault] = std::from_chars(begin, at_, integer);
      if (end != at_ || begin == at_)
        refuse(state_, "a number that Lua's 64-bit integers do not hold: ",
               {begin, static_cast<size_t>(at_ - begin)});
      if (fault != std::errc{})
        refuse(state_, "a number that Lua's 64-bit integers do not hold: ",
               {begin, static_cast<size_t>(at_ - begin)});
      return lua_pushinteger(state_, integer);
    }
    double real = 0; // stays so if the number is too small for a double
    std::from_chars(begin, at_, real);
    lua_pushnumber(state_, real);
  }

  void enter() {
    ++at_;
    look_now_and_then(state_);
    if (++depth_ > json_depth_max)
      refuse(state_, "it nests too deep");
    luaL_checkstack(state_, 2 * gathered_max + 8, "the item nests too deep");
  }

  void push_object() {
    enter();
    auto base = lua_gettop(state_);
    int gathered = 0;
    bool has_table = false;
    auto make_table = [&] {
      lua_createtable(state_, 0, gathered);
      for (int i = 0; i < gathered; ++i) {
        lua_pushvalue(state_, base + 1 + 2 * i);
        lua_pushvalue(state_, base + 2 + 2 * i);
        lua_rawset(state_, base + 1 + 2 * gathered);
      }
      if (gathered > 0) {
        lua_replace(state_, base + 1);
        lua_settop(state_, base + 1);
      }
      has_table = true;
    };
    if (!take('}')) {
      do {
        if (peek() != '"')
          refuse(state_, "it is not JSON");
        push_key();
        expect(':');
        push_value();
        if (has_table)
          lua_rawset(state_, base + 1);
        else if (++gathered == gathered_max)
          make_table();
      } while (take(','));
      expect('}');
    }
    if (!has_table)
      make_table();
    --depth_;
  }

  void push_array() {
    enter();
    auto base = lua_gettop(state_);
    int gathered = 0;
    lua_Integer count = 0;
    bool has_table = false;
    auto make_table = [&] {
      lua_createtable(state_, gathered, 0);
      lua_insert(state_, base + 1);
      for (int i = gathered; i > 0; --i)
        lua_rawseti(state_, base + 1, i);
      has_table = true;
    };
    if (!take(']')) {
      do {
        push_value();
        ++count;
        if (has_table)
          lua_rawseti(state_, base + 1, count);
        else if (++gathered == gathered_max)
          make_table();
      } while (take(','));
      expect(']');
    }
    if (!has_table)
      make_table();
    lua_rawgeti(state_, LUA_REGISTRYINDEX, c_.array_meta);
    lua_setmetatable(state_, base + 1);
    --depth_;
  }

  lua_State* state_;
  lua_context& c_;
  const char* at_;
  const char* end_;
  size_t depth_ = 0;
};

} // namespace

void push_json(lua_State* state, std::string_view json) {
  json_pusher{state, json}.push_value();
}

} // namespace batch
