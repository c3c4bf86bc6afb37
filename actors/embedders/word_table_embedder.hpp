// The embedder of the built-in model: a table of words.
#pragma once

#include "actors/embedders/embedder.hpp"
#include "actors/embedders/word_table.hpp"

namespace batch {

/// Makes an embedder of a table. Its vectors have two parts, one behind the
/// other:
///
/// 1. The words that the table knows: the sum of their numbers by their
///    weights, in integers; its length is made sqrt(1 - share).
/// 2. The spelling of all words, as `lexical_features` has it; its length is
///    sqrt(share). So words that the table does not know (names, codes, other
///    languages) count by their spelling, and those that it knows by both.
///
/// A text with words of one part only has all its length there. Everything is
/// computed in integers and double, and rounded once: the same on every
/// machine.
///
/// Its model is named after the table and its dimensions, e.g.
/// "static-glove-en-292".
///
/// Errors of a text: `ec::no_text` if it has no word: no letter, mark or digit.
embedder_ptr make_word_table_embedder(word_table table);

} // namespace batch
