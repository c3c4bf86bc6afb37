#include "actors/transforms/lua/lua_memory.hpp"

#include "codecs/limits.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include <lua.hpp>

namespace batch {

lua_memory::~lua_memory() {
  while (slabs_) {
    auto next = slabs_->next;
    std::free(slabs_);
    slabs_ = next;
  }
  while (larges_) {
    auto next = larges_->next;
    std::free(larges_);
    larges_ = next;
  }
}

void* lua_memory::allocate(void* self, void* block, size_t old_size,
                           size_t new_size) {
  auto& memory = *static_cast<lua_memory*>(self);
  if (!block) {
    // The old size says what a new block is for; a string has a header.
    constexpr size_t header_bytes_max = 64;
    if (old_size == LUA_TSTRING
        && new_size > script_string_bytes_max + header_bytes_max) {
      memory.refused_string_ = true;
      return nullptr;
    }
    return new_size == 0 ? nullptr : memory.take(new_size);
  }
  if (new_size == 0) {
    memory.give_back(block, old_size);
    return nullptr;
  }
  auto both_small = old_size <= small_bytes_max && new_size <= small_bytes_max;
  if (both_small && class_of(old_size) == class_of(new_size))
    return block;
  auto moved = memory.take(new_size);
  if (!moved) // a block may not fail to become smaller
    return new_size <= old_size ? block : nullptr;
  std::memcpy(moved, block, std::min(old_size, new_size));
  memory.give_back(block, old_size);
  return moved;
}

void* lua_memory::take(size_t size) {
  if (size >= bytes_until_call_) {
    bytes_until_call_ = bytes_between_calls;
    if (handler_)
      handler_(whom_);
  } else {
    bytes_until_call_ -= size;
  }
  return size <= small_bytes_max ? take_small(size) : take_large(size);
}

void lua_memory::give_back(void* block, size_t size) {
  if (size > small_bytes_max) {
    drop_large(block);
  } else if (size > 0) {
    auto& first = free_[class_of(size)];
    first = new (block) free_piece{first};
  }
}

void* lua_memory::take_small(size_t size) {
  auto& first = free_[class_of(size)];
  if (first) {
    auto piece = first;
    first = piece->next;
    return piece;
  }
  auto bytes = class_of(size) * grain;
  if (static_cast<size_t>(slab_end_ - slab_at_) < bytes) {
    if (used_ + slab_bytes > bytes_max_)
      return nullptr;
    auto raw = std::malloc(slab_bytes);
    if (!raw)
      return nullptr;
    used_ += slab_bytes;
    slabs_ = new (raw) slab{slabs_};
    slab_at_ = static_cast<char*>(raw) + sizeof(slab);
    slab_end_ = static_cast<char*>(raw) + slab_bytes;
  }
  auto piece = slab_at_;
  slab_at_ += bytes;
  return piece;
}

void* lua_memory::take_large(size_t size) {
  auto bytes = size + sizeof(large_block);
  if (bytes > bytes_max_ || used_ + bytes > bytes_max_)
    return nullptr;
  auto raw = std::malloc(bytes);
  if (!raw)
    return nullptr;
  used_ += bytes;
  auto block = new (raw) large_block{nullptr, larges_, bytes};
  if (larges_)
    larges_->previous = block;
  larges_ = block;
  return block + 1;
}

void lua_memory::drop_large(void* memory) {
  auto block = static_cast<large_block*>(memory) - 1;
  (block->previous ? block->previous->next : larges_) = block->next;
  if (block->next)
    block->next->previous = block->previous;
  used_ -= block->bytes;
  std::free(block);
}

} // namespace batch
