// The memory of one Lua state: counted, bounded, and given back as a whole.
#pragma once

#include <array>
#include <cstddef>

namespace batch {

/// Takes memory in slabs and hands it out in pieces, so that what counts is
/// what is taken from the system, and a state full of garbage is given back
/// without looking at any of it.
/// Thread-safety: none.
class lua_memory {
public:
  /// Called when this many bytes were handed out since the last call: copying
  /// and clearing them takes time that the interpreter does not count.
  static constexpr size_t bytes_between_calls = 256 << 10;
  using busy_handler = void (*)(void* whom);

  explicit lua_memory(size_t bytes_max) : bytes_max_(bytes_max) {}
  ~lua_memory();
  lua_memory(const lua_memory&) = delete;
  lua_memory& operator=(const lua_memory&) = delete;

  /// The function that `lua_newstate` takes, with this as its `ud`.
  static void* allocate(void* self, void* block, size_t old_size,
                        size_t new_size);

  void on_busy(busy_handler handler, void* whom) {
    handler_ = handler;
    whom_ = whom;
  }

  /// Bytes taken from the system; never more than `bytes_max`.
  size_t used() const { return used_; }
  /// True once a string was asked for that is longer than strings may be.
  bool refused_string() const { return refused_string_; }

private:
  /// Sizes are rounded up to a multiple of this.
  static constexpr size_t grain = 16;
  static constexpr size_t small_bytes_max = 512;
  static constexpr size_t slab_bytes = 16 << 10;

  struct free_piece {
    free_piece* next;
  };
  /// Stands before each block of its own.
  struct alignas(16) large_block {
    large_block* previous;
    large_block* next;
    size_t bytes;
  };
  struct alignas(16) slab {
    slab* next;
  };

  static size_t class_of(size_t size) { return (size + grain - 1) / grain; }
  void* take(size_t size);
  void give_back(void* block, size_t size);
  void* take_small(size_t size);
  void* take_large(size_t size);
  void drop_large(void* block);

  size_t bytes_max_;
  size_t used_ = 0;
  size_t bytes_until_call_ = bytes_between_calls;
  busy_handler handler_ = nullptr;
  void* whom_ = nullptr;
  bool refused_string_ = false;
  std::array<free_piece*, small_bytes_max / grain + 1> free_{};
  slab* slabs_ = nullptr;
  char* slab_at_ = nullptr;
  char* slab_end_ = nullptr;
  large_block* larges_ = nullptr;
};

} // namespace batch
