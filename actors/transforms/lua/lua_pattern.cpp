#include "actors/transforms/lua/lua_pattern.hpp"

#include <cstring>

namespace batch {

namespace {

bool is_between(unsigned char c, char low, char high) {
  return c >= static_cast<unsigned char>(low)
         && c <= static_cast<unsigned char>(high);
}

unsigned char to_lower(unsigned char c) {
  return static_cast<unsigned char>(c | 0x20);
}

bool is_letter(unsigned char c) {
  return is_between(to_lower(c), 'a', 'z');
}

bool is_digit(unsigned char c) {
  return is_between(c, '0', '9');
}

/// Whether a character is of a class such as %a; a letter that names no class
/// stands for itself. As in the locale "C", whatever the program's is.
bool fits_class(unsigned char c, unsigned char name) {
  bool fits = false;
  switch (to_lower(name)) {
  case 'a':
    fits = is_letter(c);
    break;
  case 'c':
    fits = c < 0x20 || c == 0x7f;
    break;
  case 'd':
    fits = is_digit(c);
    break;
  case 'g':
    fits = is_between(c, '!', '~');
    break;
  case 'l':
    fits = is_between(c, 'a', 'z');
    break;
  case 'p':
    fits = is_between(c, '!', '~') && !is_letter(c) && !is_digit(c);
    break;
  case 's':
    fits = c == ' ' || is_between(c, '\t', '\r');
    break;
  case 'u':
    fits = is_between(c, 'A', 'Z');
    break;
  case 'w':
    fits = is_letter(c) || is_digit(c);
    break;
  case 'x':
    fits = is_digit(c) || is_between(to_lower(c), 'a', 'f');
    break;
  default:
    return name == c;
  }
  // A capital letter stands for what is not in the class.
  return is_between(name, 'A', 'Z') ? !fits : fits;
}

} // namespace

lua_pattern::lua_pattern(lua_State* state, std::string_view text,
                         std::string_view pattern)
  : state_(state), text_begin_(text.data()),
    text_end_(text.data() + text.size()), pattern_begin_(pattern.data()),
    pattern_end_(pattern.data() + pattern.size()),
    is_anchored_(pattern.starts_with('^')) {
  if (is_anchored_)
    ++pattern_begin_;
}

const char* lua_pattern::match_at(const char* begin) {
  count_ = 0;
  depth_ = 0;
  return match(begin, pattern_begin_);
}

void lua_pattern::count_step() {
  constexpr int steps_between_looks = 4096;
  if (++steps_ >= steps_between_looks) {
    steps_ = 0;
    look_at_time(state_);
  }
}

const char* lua_pattern::match(const char* s, const char* p) {
  if (++depth_ > depth_max)
    luaL_error(state_, "the pattern is too complex");
  auto end = match_item(s, p);
  --depth_;
  return end;
}

const char* lua_pattern::match_item(const char* s, const char* p) {
  while (p != pattern_end_) {
    count_step();
    switch (*p) {
    case '(':
      return p + 1 != pattern_end_ && p[1] == ')'
               ? open_capture(s, p + 2, position)
               : open_capture(s, p + 1, open);
    case ')':
      return close_capture(s, p + 1);
    case '$':
      if (p + 1 == pattern_end_)
        return s == text_end_ ? s : nullptr;
      break;
    case '%':
      if (p + 1 == pattern_end_)
        break;
      if (p[1] == 'b') {
        s = match_balanced(s, p + 2);
        if (!s)
          return nullptr;
        p += 4;
        continue;
      }
      if (p[1] == 'f') {
        auto set = p + 2;
        if (set == pattern_end_ || *set != '[')
          luaL_error(state_, "a '[' is missing after '%%f' in the pattern");
        s = match_frontier(s, set);
        if (!s)
          return nullptr;
        p = item_end(set);
        continue;
      }
      if (is_digit(static_cast<unsigned char>(p[1]))) {
        s = match_back(s, p[1] - '1');
        if (!s)
          return nullptr;
        p += 2;
        continue;
      }
      break;
    default:
      break;
    }
    auto end = item_end(p);
    auto suffix = end != pattern_end_ ? *end : '\0';
    if (suffix == '*')
      return repeat_most(s, p, end);
    if (suffix == '-')
      return repeat_least(s, p, end);
    auto fits_here = s != text_end_ && fits(s, p, end);
    if (suffix == '+')
      return fits_here ? repeat_most(s + 1, p, end) : nullptr;
    if (suffix == '?') {
      if (fits_here)
        if (auto found = match(s + 1, end + 1))
          return found;
      p = end + 1;
      continue;
    }
    if (!fits_here)
      return nullptr;
    ++s;
    p = end;
  }
  return s;
}

const char* lua_pattern::repeat_most(const char* s, const char* p,
                                     const char* end) {
  auto last = s;
  while (last != text_end_ && fits(last, p, end)) {
    count_step();
    ++last;
  }
  for (;; --last) {
    count_step();
    if (auto found = match(last, end + 1))
      return found;
    if (last == s)
      return nullptr;
  }
}

const char* lua_pattern::repeat_least(const char* s, const char* p,
                                      const char* end) {
  while (true) {
    count_step();
    if (auto found = match(s, end + 1))
      return found;
    if (s == text_end_ || !fits(s, p, end))
      return nullptr;
    ++s;
  }
}

const char* lua_pattern::match_balanced(const char* s, const char* p) {
  if (pattern_end_ - p < 2)
    luaL_error(state_, "two characters are missing after '%%b' in the pattern");
  if (s == text_end_ || *s != p[0])
    return nullptr;
  size_t depth = 1;
  for (++s; s != text_end_; ++s) {
    count_step();
    if (*s == p[1]) {
      if (--depth == 0)
        return s + 1;
    } else if (*s == p[0]) {
      ++depth;
    }
  }
  return nullptr;
}

const char* lua_pattern::match_frontier(const char* s, const char* p) {
  auto end = item_end(p);
  auto before = s == text_begin_ ? '\0' : s[-1];
  auto here = s == text_end_ ? '\0' : *s;
  auto crosses = !fits_set(static_cast<unsigned char>(before), p, end)
                 && fits_set(static_cast<unsigned char>(here), p, end);
  return crosses ? s : nullptr;
}

const char* lua_pattern::match_back(const char* s, int index) {
  if (index < 0 || index >= count_ || captures_[index].size < 0)
    luaL_error(state_, "the pattern refers to a capture %%%d that is not there",
               index + 1);
  auto size = static_cast<size_t>(captures_[index].size);
  steps_ += static_cast<int>(size / 16);
  count_step();
  if (static_cast<size_t>(text_end_ - s) < size
      || std::memcmp(captures_[index].begin, s, size) != 0)
    return nullptr;
  return s + size;
}

const char* lua_pattern::open_capture(const char* s, const char* p,
                                      std::ptrdiff_t size) {
  if (count_ == captures_max)
    luaL_error(state_, "the pattern has more than %d captures", captures_max);
  captures_[count_++] = {s, size};
  auto end = match(s, p);
  if (!end)
    --count_;
  return end;
}

const char* lua_pattern::close_capture(const char* s, const char* p) {
  auto last = count_ - 1;
  while (last >= 0 && captures_[last].size != open)
    --last;
  if (last < 0)
    luaL_error(state_, "a ')' too many in the pattern");
  captures_[last].size = s - captures_[last].begin;
  auto end = match(s, p);
  if (!end)
    captures_[last].size = open;
  return end;
}

const char* lua_pattern::item_end(const char* p) {
  if (*p == '%') {
    if (p + 1 == pattern_end_)
      luaL_error(state_, "the pattern ends with a '%%'");
    return p + 2;
  }
  if (*p != '[')
    return p + 1;
  auto begin = p++;
  if (p != pattern_end_ && *p == '^')
    ++p;
  // A ] that comes first is one of the set.
  for (bool is_first = true; p == pattern_end_ || *p != ']' || is_first;
       is_first = false) {
    if (p == pattern_end_)
      luaL_error(state_, "a ']' is missing in the pattern");
    p += *p == '%' && p + 1 != pattern_end_ ? 2 : 1;
  }
  steps_ += static_cast<int>((p - begin) / 8);
  return p + 1;
}

bool lua_pattern::fits(const char* s, const char* p, const char* end) {
  auto c = static_cast<unsigned char>(*s);
  switch (*p) {
  case '.':
    return true;
  case '%':
    return fits_class(c, static_cast<unsigned char>(p[1]));
  case '[':
    return fits_set(c, p, end);
  default:
    return *s == *p;
  }
}

bool lua_pattern::fits_set(unsigned char c, const char* p, const char* end) {
  auto last = end - 1; // the closing ]
  ++p;
  auto is_wanted = true;
  if (*p == '^') {
    is_wanted = false;
    ++p;
  }
  while (p < last) {
    ++steps_;
    if (*p == '%') {
      if (fits_class(c, static_cast<unsigned char>(p[1])))
        return is_wanted;
      p += 2;
    } else if (last - p > 2 && p[1] == '-') {
      if (is_between(c, p[0], p[2]))
        return is_wanted;
      p += 3;
    } else {
      if (c == static_cast<unsigned char>(*p))
        return is_wanted;
      ++p;
    }
  }
  return !is_wanted;
}

void lua_pattern::push_capture(int index, const char* begin, const char* end) {
  if (index >= count_) {
    if (index != 0)
      luaL_error(state_, "there is no capture %%%d in the pattern", index + 1);
    lua_pushlstring(state_, begin, static_cast<size_t>(end - begin));
    return;
  }
  const auto& x = captures_[index];
  if (x.size == open)
    luaL_error(state_, "a capture of the pattern is not closed");
  if (x.size == position)
    lua_pushinteger(state_, x.begin - text_begin_ + 1);
  else
    lua_pushlstring(state_, x.begin, static_cast<size_t>(x.size));
}

int lua_pattern::push_captures(const char* begin, const char* end) {
  auto count = count_ == 0 ? 1 : count_;
  luaL_checkstack(state_, count, "too many captures");
  for (int i = 0; i < count; ++i)
    push_capture(i, begin, end);
  return count;
}

} // namespace batch
