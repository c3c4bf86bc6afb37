// Where a request ends: what its header says of the body, how the body is
// read, and what would make two readers disagree.
//
// The library takes codings off less strictly than it should, so they are
// hidden from it and taken off by body_decoder.hpp.
#pragma once

#include "gateway/http/body_pace.hpp"
#include "gateway/http/message.hpp"

#include <httplib.h>

namespace batch {

/// What makes the framing of a request ambiguous: a proxy in front might see
/// other borders between requests than we do (request smuggling).
/// @returns what is wrong, or null. To be asked before `hide_codings`.
const char* framing_fault(const httplib::Request& req);

/// Hides chunked coding and compression of the body from the library.
void hide_codings(httplib::Request& req);

bool is_chunked(const httplib::Request& req);
bool has_body(const httplib::Request& req);
/// How many bytes the body has, if the header tells it: not of a chunked body,
/// nor, as it is meant, of a compressed one.
std::optional<uint64_t> told_bytes(const httplib::Request& req);
/// Whether requests of this method may have a body.
bool takes_body(const httplib::Request& req);

/// Whether the bytes behind this request's header are surely the next request.
/// A client that sends a body whose length we did not understand (a folded
/// header line) looks like one that sends none.
bool has_sure_end(const httplib::Request& req);

/// Whether the body is compressed in a way that can be inflated, or not at all.
bool is_readable(const httplib::Request& req);

/// Reads a body and takes its codings off.
/// Errors: `ec::timed_out` if it comes too slowly, `ec::invalid_request` if it
/// is not whole or the sink stopped.
expected<void> read_decoded(const httplib::Request& req,
                            const httplib::ContentReader& reader,
                            body_pace& pace, const body_sink& sink);

} // namespace batch
