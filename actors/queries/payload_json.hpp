// The item of a dead letter as JSON.
#pragma once

#include "codecs/json_writer.hpp"

#include <string_view>

namespace batch {

/// Writes the member `payload`: the item on one line, otherwise as it was sent.
/// An item that is not JSON stands as a string under `payloadText` instead,
/// with bytes that are no UTF-8 replaced.
void write_payload(json_writer& out, std::string_view payload);

} // namespace batch
