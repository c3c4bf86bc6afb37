// Vectors made by somebody else's server.
#pragma once

#include "actors/embedders/embedder.hpp"
#include "actors/embedders/providers/provider_transport.hpp"

namespace batch {

/// Asks a provider how long its vectors are, and makes an embedder of it; see
/// provider_spec.hpp for the text. Blocks; tries a few times.
///
/// What its texts are refused with, besides `ec::no_text`:
///
///   throttled         the provider asks for patience, cannot be reached, or
///                     there was no time to ask it
///   unavailable       it did not do it this time
///   rejected          it does not do this text
///   provider_refused  it does no text until somebody mends the key, the model
///                     or the quota
///
/// Errors: `ec::invalid_request`, saying what is wrong.
expected<embedder_ptr> make_provider_embedder(std::string_view spec);

/// The same over calls of another kind: for tests.
expected<embedder_ptr>
make_provider_embedder(provider_spec spec,
                       std::unique_ptr<provider_transport> transport);

} // namespace batch
