// What providers are sent and what they answer: pure functions.
#pragma once

#include "actors/embedders/providers/provider_spec.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// Where texts are sent, behind the base path.
std::string_view embed_path(provider_kind kind);

/// The JSON of a call, e.g. `{"model":"m","input":["a","b"]}`.
std::string render_texts(const provider_spec& spec,
                         std::span<const std::string_view> texts);

/// The vector of a text, not normalised, or what is wrong with it alone.
using wire_vector = tl::expected<std::vector<double>, std::string>;

struct wire_vectors {
  /// One for each text, in the order of the texts.
  std::vector<wire_vector> vectors;
  /// Tokens of all texts, if the provider counts them; else 0.
  uint64_t tokens = 0;
};

/// Reads what was answered with status 200. Vectors stand where their `index`
/// says, or else in order.
/// @param texts how many there were.
/// Errors: `ec::unavailable` if it is not JSON, or not the JSON that was
/// expected: another number of vectors, an index twice. `ec::provider_refused`
/// if the provider is not set up to answer a vector a text.
expected<wire_vectors> read_vectors(provider_kind kind, std::string_view json,
                                    size_t texts);

/// What a provider tells of itself.
struct provider_facts {
  /// Empty if it does not say.
  std::string model;
  /// 0 if it does not say.
  size_t inputs_max = 0;
};

/// Where it does: "/info" or "/v1/models"; empty if nowhere.
std::string_view facts_path(provider_kind kind);

/// Errors: `ec::unavailable` if it is something else.
expected<provider_facts> read_facts(provider_kind kind, std::string_view json);

} // namespace batch
