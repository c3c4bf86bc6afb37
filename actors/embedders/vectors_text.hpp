// Word vectors as text: the files of word2vec, GloVe and fastText (.vec).
#pragma once

#include "codecs/error.hpp"

#include <functional>
#include <istream>
#include <span>
#include <string_view>

namespace batch {

/// Words and dimensions that a file of vectors may have. Source: fastText's
/// own are 2,000,000 words of 300.
inline constexpr size_t vectors_words_max = 4'000'000;
inline constexpr size_t vectors_dimensions_max = 4096;

/// Takes one word of the file; answers false to stop.
using vector_visitor
  = std::function<bool(std::string_view word, std::span<const float> numbers)>;

/// Reads a file of vectors, a line a word:
///
///   file  =  [words dimensions LF] *(word 1*(SP number) [SP] LF)
///
/// A first line of exactly two integers is word2vec's and fastText's; GloVe
/// has none. The numbers are read from the right end, because words may hold
/// spaces. Nothing is guessed: a line with another number of numbers, a number
/// that is none or not finite, a line that is too long, or another number of
/// words than the first line has said is an error that names the line.
/// Errors: `ec::invalid_request`.
expected<void> read_vectors_text(std::istream& in, const vector_visitor& visit);

} // namespace batch
