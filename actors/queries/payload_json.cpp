#include "actors/queries/payload_json.hpp"

#include "codecs/json_fault.hpp"
#include "codecs/json_reader.hpp"
#include "codecs/utf8.hpp"

namespace batch {

void write_payload(json_writer& out, std::string_view payload) {
  if (find_json_fault(payload))
    out.key("payloadText").string(to_valid_utf8(payload));
  else if (has_line_end(payload))
    out.key("payload").raw(minify_json(payload));
  else
    out.key("payload").raw(payload);
}

} // namespace batch
