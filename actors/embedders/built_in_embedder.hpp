// The model that the program brings along.
#pragma once

#include "actors/embedders/embedder.hpp"

namespace batch {

/// The built-in semantic model: a table of English words in the program
/// itself (model/README.md says what it was made of, docs/embeddings.md how
/// good it is), together with the spelling of words that it does not know; see
/// word_table_embedder.hpp. It knows words, not sentences: the order of words,
/// "not", and anything but English but its spelling are lost on it.
///
/// The same embedder each time. Any thread.
embedder_ptr built_in_embedder();

} // namespace batch
