#include "actors/queries/huge_pages.hpp"

#include <cstdint>

#include <sys/mman.h>

namespace batch {

namespace {

constexpr size_t in_huge_pages(size_t bytes) {
  return (bytes + huge_page_bytes - 1) / huge_page_bytes * huge_page_bytes;
}

} // namespace

void* map_huge_pages(size_t bytes) {
  auto wanted = in_huge_pages(bytes);
  // The system maps on any page: a boundary is within one huge page more.
  auto mapped = wanted + huge_page_bytes;
  auto at = ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED)
    throw std::bad_alloc{};
  auto begin = static_cast<char*>(at);
  auto skipped
    = in_huge_pages(reinterpret_cast<uintptr_t>(begin)) // the next boundary
      - reinterpret_cast<uintptr_t>(begin);
  if (skipped > 0)
    ::munmap(begin, skipped);
  if (skipped < huge_page_bytes)
    ::munmap(begin + skipped + wanted, huge_page_bytes - skipped);
  // A system without them has small ones.
  ::madvise(begin + skipped, wanted, MADV_HUGEPAGE);
  return begin + skipped;
}

void unmap_huge_pages(void* at, size_t bytes) noexcept {
  ::munmap(at, in_huge_pages(bytes));
}

} // namespace batch
