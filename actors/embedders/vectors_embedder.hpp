// Word vectors of any source: the files of word2vec, GloVe and fastText.
#pragma once

#include "actors/embedders/embedder.hpp"

#include <filesystem>

namespace batch {

/// Makes an embedder of a file of word vectors as text (`read_vectors_text`),
/// the most frequent word first, as all three write it. The vector of a text
/// is the sum of those of its words, each by a / (a + p), of length 1; with
/// a = 1/1000 and p the share of all words that a word is, near
/// 1 / (place in the file + 2.7).
///
/// Words are those of `fold_text`, in small letters; of several entries of the
/// file that fold to one word, the first one counts, and entries that fold to
/// several words or to none are left out. Words of a text that are not in the
/// file are left out.
///
/// Its model is named after its dimensions and SHA-256 of the file, e.g.
/// "vectors-300-1f0c93a2b7d4".
///
/// Errors: `ec::invalid_request` with the line, also for binary files: they
/// are not read.
/// Errors of a text: `ec::no_text` if no word of it is known.
expected<embedder_ptr> make_vectors_embedder(const std::filesystem::path& file);

} // namespace batch
