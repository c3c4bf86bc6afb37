#include "actors/transforms/lua/lua_context.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace batch {

namespace {

/// Instructions between two looks at the time: about a microsecond. Not more,
/// as one instruction may work on a string of a megabyte.
constexpr int hook_interval = 100;

void on_count(lua_State* state, lua_Debug*) {
  auto& c = context_of(state);
  if (c.looks_next) {
    c.looks_next = false;
    lua_sethook(state, on_count, LUA_MASKCOUNT, hook_interval);
  }
  look_at_time(state);
}

/// Looks at the time before the next instruction.
void on_busy(void* whom) {
  auto& c = *static_cast<lua_context*>(whom);
  c.looks_next = true;
  lua_sethook(c.state, on_count, LUA_MASKCOUNT, 1);
}

int load_script(lua_State* state) {
  auto& c = context_of(state);
  open_sandbox(state);
  const auto& source = c.script->source;
  if (luaL_loadbufferx(state, source.data(), source.size(), "=script", "t")
      != LUA_OK)
    return lua_error(state);
  c.chunk = luaL_ref(state, LUA_REGISTRYINDEX);
  return 0;
}

int run_item(lua_State* state) {
  auto& c = context_of(state);
  push_json(state, c.item);
  // Globals of its own for each item, so that none sees another.
  lua_createtable(state, 0, 2);
  lua_insert(state, 1);
  lua_setfield(state, 1, "item");
  lua_rawgeti(state, LUA_REGISTRYINDEX, c.environment_meta);
  lua_setmetatable(state, 1);
  lua_rawgeti(state, LUA_REGISTRYINDEX, c.chunk);
  lua_insert(state, 1);
  lua_setupvalue(state, 1, 1);
  lua_call(state, 0, 1);
  if (lua_isnil(state, -1))
    c.is_dropped = true;
  else
    write_json(state);
  return 0;
}

/// "script:3: what" as "line 3: what".
std::string told(std::string_view message) {
  constexpr std::string_view prefix = "script:";
  std::string text{message};
  if (!message.starts_with(prefix))
    return text;
  auto colon = message.find(':', prefix.size());
  if (colon == std::string_view::npos)
    return text;
  return "line " + text.substr(prefix.size());
}

class lua_machine : public item_transformer {
public:
  explicit lua_machine(lua_script_ptr script) : script_(std::move(script)) {}

  /// Makes the state anew.
  /// Errors: `ec::transform_failed`, if the script does not compile.
  expected<void> start() {
    context_ = std::make_unique<lua_context>(script_);
    auto& c = *context_;
    c.state = lua_newstate(lua_memory::allocate, &c.memory);
    if (!c.state)
      return fail(ec::transform_failed, "no memory for the interpreter");
    *static_cast<lua_context**>(lua_getextraspace(c.state)) = &c;
    lua_pushcfunction(c.state, load_script);
    if (auto status = lua_pcall(c.state, 0, 0, 0); status != LUA_OK) {
      auto why = fault(status);
      context_.reset();
      return why;
    }
    c.memory.on_busy(on_busy, &c);
    lua_sethook(c.state, on_count, LUA_MASKCOUNT, hook_interval);
    bytes_at_start_ = c.memory.used();
    return {};
  }

  expected<std::string> apply(std::string_view item) override {
    if (!context_)
      if (auto started = start(); !started)
        return fail(started);
    auto& c = *context_;
    c.item = item;
    c.out.clear();
    c.is_dropped = false;
    c.order.clear();
    c.keys.clear();
    c.way.clear();
    c.made_keys.clear();
    c.budget.begin(script_->limits.time);
    // What takes long to read counts as well.
    constexpr size_t long_item = 64 << 10;
    if (item.size() > long_item)
      c.budget.is_spent();
    lua_pushcfunction(c.state, run_item);
    auto status = lua_pcall(c.state, 0, 0, 0);
    if (status != LUA_OK) {
      auto why = fault(status);
      // What was stopped half-way is given back as a whole.
      if (c.stop != lua_stop::none || status == LUA_ERRMEM)
        drop();
      else
        settle();
      return why;
    }
    std::string out;
    if (!c.is_dropped)
      out = c.out;
    settle();
    return out;
  }

private:
  void drop() { context_.reset(); }

  /// No item finds less memory because of those before it.
  void settle() {
    lua_settop(context_->state, 0);
    if (context_->memory.used()
        > bytes_at_start_ + script_->limits.memory_bytes / 4)
      drop();
  }

  /// Says what ended the script.
  tl::unexpected<error> fault(int status) const {
    auto& c = *context_;
    if (c.stop == lua_stop::none && status == LUA_ERRMEM)
      c.stop = lua_stop::memory;
    auto text = c.line > 0 ? "line " + std::to_string(c.line) + ": " : "";
    const auto& limits = script_->limits;
    switch (c.stop) {
    case lua_stop::time:
      text += "takes longer than its limit of "
              + std::to_string(limits.time.count()) + " ms";
      break;
    case lua_stop::memory:
      text += c.memory.refused_string()
                ? "makes a string of more than "
                    + std::to_string(script_string_bytes_max) + " bytes"
                : "needs more memory than its limit of "
                    + std::to_string(limits.memory_bytes) + " bytes";
      break;
    case lua_stop::output:
      text += "makes a value of more than its limit of "
              + std::to_string(limits.output_bytes) + " bytes";
      break;
    case lua_stop::value:
      text += c.reason;
      break;
    case lua_stop::none:
      text = raised();
    }
    return fail(ec::transform_failed, "/options/transform/lua: " + text);
  }

  /// What the script, or Lua, has raised; it is at the top of the stack.
  std::string raised() const {
    auto state = context_->state;
    auto type = lua_type(state, -1);
    if (type == LUA_TSTRING) {
      size_t size = 0;
      auto text = lua_tolstring(state, -1, &size);
      constexpr size_t message_bytes = 400;
      return told({text, std::min(size, message_bytes)});
    }
    return "the script has raised a value that is no string, but a "
           + std::string{lua_typename(state, type)};
  }

  lua_script_ptr script_;
  std::unique_ptr<lua_context> context_;
  size_t bytes_at_start_ = 0;
};

} // namespace

bool lua_key::operator<(const lua_key& other) const {
  if (is_number != other.is_number)
    return is_number;
  if (is_number)
    return number < other.number;
  return rank != other.rank ? rank < other.rank : text < other.text;
}

void stop_script(lua_State* state, lua_stop why) {
  auto& c = context_of(state);
  c.stop = why;
  lua_Debug at;
  for (int level = 0; c.line == 0 && lua_getstack(state, level, &at); ++level)
    if (lua_getinfo(state, "l", &at) && at.currentline > 0)
      c.line = at.currentline;
  lua_pushnil(state);
  lua_error(state);
  std::abort(); // lua_error does not return
}

void look_at_time(lua_State* state) {
  auto& c = context_of(state);
  if (c.stop != lua_stop::none)
    stop_script(state, c.stop);
  if (c.budget.is_spent())
    stop_script(state, lua_stop::time);
}

expected<void> check_lua(const lua_script& script) {
  return lua_machine{std::make_shared<const lua_script>(script)}.start();
}

std::unique_ptr<item_transformer> make_lua_transformer(lua_script_ptr script) {
  return std::make_unique<lua_machine>(std::move(script));
}

} // namespace batch
