#include "actors/embedders/built_in_embedder.hpp"

#include "actors/embedders/word_table_embedder.hpp"

#include <cassert>

// The bytes of the table, as part of the program: found wherever it is started
// from, read by the system only where they are used.
asm(".pushsection .rodata\n"
    ".balign 16\n"
    ".global batch_word_table_begin\n"
    "batch_word_table_begin:\n"
    ".incbin \"" BATCH_WORD_TABLE "\"\n"
    ".global batch_word_table_end\n"
    "batch_word_table_end:\n"
    ".popsection\n");

extern "C" const char batch_word_table_begin[];
extern "C" const char batch_word_table_end[];

namespace batch {

embedder_ptr built_in_embedder() {
  static const auto the_one = [] {
    auto table = word_table::read(
      {batch_word_table_begin,
       static_cast<size_t>(batch_word_table_end - batch_word_table_begin)});
    assert(table); // tests/actors/embedders read it
    return make_word_table_embedder(std::move(*table));
  }();
  return the_one;
}

} // namespace batch
