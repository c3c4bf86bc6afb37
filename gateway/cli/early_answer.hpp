// The answer of a server that does not wait for the end of a body.
//
// A server that refuses an upload answers at once and closes the connection.
// The HTTP library sends bodies to their end and only then looks for an
// answer, so it would report a broken connection and never the reason.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace batch::cli {

struct early_answer {
  int status = 0;
  std::string body;
};

/// Reads the beginning of an HTTP/1.1 answer: status and what has come of the
/// body. Nothing if the text does not begin with a head that is whole.
std::optional<early_answer> parse_early_answer(std::string_view text);

/// True if the whole answer has come: head, and body by its Content-Length.
/// Without one it ends with the connection.
bool is_whole_answer(std::string_view text);

/// True if there is something to read on a socket, or it was closed.
bool has_early_answer(int socket);

/// Reads an answer from a socket without TLS. Waits up to 5 s for its end.
std::optional<early_answer> read_early_answer(int socket);

} // namespace batch::cli
