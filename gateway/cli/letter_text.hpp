// Dead letters as text.
#pragma once

#include "gateway/cli/json_fields.hpp"
#include "gateway/cli/table.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace batch::cli {

/// A table for `add_letter_row`.
table make_letter_table();
/// @param letter an element of `{"deadLetters":[…]}`.
void add_letter_row(table& letters, const json_fields& letter);

/// Of `{"success":true,"deadLetter":{…}}`: lines "name  value", one for each
/// attempt among them. Nothing if the text is no such answer.
std::optional<std::string> letter_block(std::string_view answer);

/// Of `{"success":true,"groups":[…]}`: a table; empty if there are none.
/// Nothing if the text is no such answer.
std::optional<std::string> letter_groups_text(std::string_view answer);

/// E.g. "1 dead letter", "12 dead letters".
std::string letters_in_words(uint64_t count);

} // namespace batch::cli
