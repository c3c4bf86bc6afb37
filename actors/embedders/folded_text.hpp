// A text as the lexical embedder sees it: folded words between single spaces.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace batch {

/// Folds a text to words of code points, so that spellings which readers take
/// for the same become the same.
///
///   folded = U+0020 *( word U+0020 )
///   word   = 1*( letter / mark / number )   ; general categories L, M and N
///
/// "Ｆｏｏ-bar's Straße" becomes " foo bar s strasse ". Case, compatibility and
/// default-ignorable characters go by NFKC_Casefold (Unicode Standard Annex
/// 44) with the tables of utf8proc; Unicode's stability policy keeps its
/// answers for every character that those tables know. At most 64 code points
/// are folded together, which bounds the work for a text of combining marks;
/// where more of them follow each other without an ASCII character or a letter
/// to cut at, the cut may keep marks in the order that they were sent in.
///
/// @param text UTF-8. Bytes that are not UTF-8 part words like punctuation.
/// @returns code points; a single space if the text has no word. Takes time
/// and memory in proportion to the text. Any thread.
std::vector<uint32_t> fold_text(std::string_view text);

} // namespace batch
