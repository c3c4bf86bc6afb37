// The embedder that is always there: it needs no model and no network.
#pragma once

#include "actors/embedders/embedder.hpp"

namespace batch {

/// The name that is kept with its vectors.
inline constexpr std::string_view lexical_hash_model = "lexical-hash-384";

/// Makes the embedder `lexical-hash-384`, of 384 dimensions. Its vectors are
/// near each other where texts share spelling: words, neighbouring words and
/// parts of words, in any language. It finds near duplicates and texts on one
/// topic in the same words. It knows no meanings: "car" and "automobile" are
/// strangers to it.
///
/// The vector of a text is a format, the same on every machine and in every
/// version; a change of anything below is another model with another name.
///
/// 1. The text is folded by `fold_text`: " w1 w2 … wn ".
/// 2. Its features are those of `lexical_features`, summed up in 384
///    dimensions.
/// 3. Each dimension sums up its signed weights, in integers, to x. Then
///    v = sign(x) * float(sqrt(|x|) * (1 / sqrt(sum of all |x|))), computed in
///    double: the root damps what a text repeats, and v has unit length.
///
/// Errors of a text: `ec::no_text` if it has no word: no letter, mark or digit.
/// A call takes time in proportion to the bytes of the texts, and for each byte
/// of the longest 4 bytes of memory, or up to 48 if it is all ligatures.
embedder_ptr make_lexical_hash_embedder();

} // namespace batch
