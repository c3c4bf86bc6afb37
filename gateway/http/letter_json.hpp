// Dead letters as JSON answers.
#pragma once

#include "actors/queries/letter_queries.hpp"
#include "codecs/json_writer.hpp"

#include <optional>

namespace batch {

/// @param replayed_by the job that tries it again; nothing if there is none,
/// or if it is not kept any more.
void write_letter(json_writer& out, const stored_letter& x,
                  const std::optional<job_id>& replayed_by = {});

void write_letter_group(json_writer& out, const letter_group& x,
                        letter_grouping by);

} // namespace batch
