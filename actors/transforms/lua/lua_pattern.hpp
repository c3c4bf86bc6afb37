// Lua's string patterns, in a matcher that can be stopped.
#pragma once

#include "actors/transforms/lua/lua_context.hpp"

#include <array>
#include <cstddef>

namespace batch {

/// Matches the patterns of Lua 5.4 (its manual, 6.4.1) against a text. Works
/// by trying, so that a pattern can take exponential time; the time of the
/// script is looked at every few thousand steps.
///
/// All functions may raise errors of Lua; nothing here has a destructor.
class lua_pattern {
public:
  lua_pattern(lua_State* state, std::string_view text,
              std::string_view pattern);

  /// Matches at one place of the text. @returns the end of the match, or null.
  const char* match_at(const char* begin);

  int capture_count() const { return count_; }
  /// Pushes a capture; 0 is the whole match if there are no captures.
  void push_capture(int index, const char* begin, const char* end);
  /// Pushes all captures, or the whole match if there are none.
  int push_captures(const char* begin, const char* end);

  const char* text_begin() const { return text_begin_; }
  const char* text_end() const { return text_end_; }
  bool is_anchored() const { return is_anchored_; }

private:
  static constexpr int captures_max = 32;
  static constexpr int depth_max = 200;
  static constexpr std::ptrdiff_t open = -1;
  static constexpr std::ptrdiff_t position = -2;

  struct capture {
    const char* begin;
    std::ptrdiff_t size; ///< Or `open`, or `position`.
  };

  const char* match(const char* s, const char* p);
  const char* match_item(const char* s, const char* p);
  const char* repeat_most(const char* s, const char* p, const char* end);
  const char* repeat_least(const char* s, const char* p, const char* end);
  const char* match_balanced(const char* s, const char* p);
  const char* match_frontier(const char* s, const char* p);
  const char* match_back(const char* s, int index);
  const char* open_capture(const char* s, const char* p, std::ptrdiff_t size);
  const char* close_capture(const char* s, const char* p);
  /// The end of the single-character item that begins at `p`.
  const char* item_end(const char* p);
  /// Whether a character is what the item from `p` to `end` stands for.
  bool fits(const char* s, const char* p, const char* end);
  bool fits_set(unsigned char c, const char* p, const char* end);
  void count_step();

  lua_State* state_;
  const char* text_begin_;
  const char* text_end_;
  const char* pattern_begin_;
  const char* pattern_end_;
  bool is_anchored_;
  int depth_ = 0;
  int steps_ = 0;
  int count_ = 0;
  std::array<capture, captures_max> captures_;
};

} // namespace batch
