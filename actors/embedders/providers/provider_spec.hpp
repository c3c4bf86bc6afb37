// What a provider of vectors is and where: the text behind --embedder.
//
//   provider  :=  kind ':' url [ '?' option { '&' option } ] [ '#' model ]
//   kind      :=  openai | ollama | tei | llamacpp
//   url       :=  ( http | https ) '://' host [ ':' port ] [ path ]
//   option    :=  name '=' value
//
//   openai:https://api.openai.com/v1?key-file=/run/key#text-embedding-3-small
//   ollama:http://127.0.0.1:11434#nomic-embed-text
//   tei:http://10.0.0.5:8080?inputs=64
//
// Values stand as they are, so that none can hold '&' or '#'. Keys are never
// part of the text: it is logged and shown.
#pragma once

#include "actors/embedders/providers/text_batcher.hpp"
#include "codecs/error.hpp"
#include "codecs/limits.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace batch {

enum class provider_kind : uint8_t {
  /// `POST URL/embeddings`: OpenAI, and what speaks as it does. The URL ends
  /// in "/v1" with most of them.
  openai,
  /// `POST URL/api/embed`.
  ollama,
  /// `POST URL/embed`: text-embeddings-inference of Hugging Face.
  tei,
  /// `POST URL/embedding`: the server of llama.cpp.
  llamacpp,
};

std::string_view to_string(provider_kind x);

struct provider_spec {
  provider_kind kind = provider_kind::openai;
  bool is_tls = false;
  /// Without the brackets of an IPv6 address.
  std::string host;
  uint16_t port = 80;
  /// Before the path of each call; empty or begins with '/', never ends so.
  std::string base_path;
  /// Without options and model, for messages.
  std::string url;
  /// As the provider calls it. Empty: what it says at the start (tei,
  /// llamacpp).
  std::string model;
  /// `dimensions`: asked of the provider with each call, for models that can
  /// make shorter vectors.
  std::optional<uint32_t> dimensions;
  /// `key-file`: read for each call, so that a mended key counts at once.
  /// Empty: the environment.
  std::string key_file;
  /// `ca-file`: PEM of the authorities that are trusted instead of the
  /// system's.
  std::string ca_file;
  /// `timeout`, in seconds, of one call.
  std::chrono::seconds timeout{60};
  /// `inputs`, `bytes`, `tokens` of one call.
  batch_limits limits;
  /// Whether `inputs` was given, and is not to be asked for.
  bool has_inputs = false;
  /// `calls` at one time, of this process.
  size_t calls_max = 4;
  /// `text-bytes`: texts that are longer are cut, split or refused here, as
  /// their job wants it.
  size_t text_bytes_max = SIZE_MAX;
};

/// Whether a text begins with the kind of a provider.
bool names_provider(std::string_view spec);

/// Errors: `ec::invalid_request`, saying what is wrong without telling values.
expected<provider_spec> parse_provider(std::string_view spec);

/// The name that is kept with vectors: "openai/text-embedding-3-small", or with
/// the dimensions that were asked for "openai/text-embedding-3-small@256".
/// Errors: `ec::invalid_request` if it is no name.
expected<std::string> model_name_of(const provider_spec& spec);

} // namespace batch
