// What becomes of texts that are longer than an embedder takes.
#pragma once

#include "actors/embedders/embedder.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// The begin of a text, at most so many bytes, cut behind white space if there
/// is some in its second half, else between two code points.
std::string_view begin_of_text(std::string_view text, size_t bytes_max);

/// A text in parts of at most so many bytes each, cut in the same way. Parts
/// of nothing but white space are left out.
std::vector<std::string_view> parts_of_text(std::string_view text,
                                            size_t bytes_max);

/// The mean of the vectors of the parts of a text by their lengths, of length
/// 1. Parts without words do not count.
/// @param answers those of `parts`, in their order.
/// @returns the first refusal that is not `ec::no_text`; `ec::no_text` if no
/// part has a vector, or their mean is none.
embed_answer mean_of_parts(const std::vector<std::string_view>& parts,
                           std::vector<embed_answer> answers);

} // namespace batch
