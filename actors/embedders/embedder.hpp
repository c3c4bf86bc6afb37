// What turns texts into vectors, whichever way it does so.
#pragma once

#include "codecs/error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace batch {

/// Why a text has no vector.
struct embed_refusal {
  embed_refusal(error x) : why(std::move(x)) {}

  /// `ec::no_text` where the text holds nothing to embed; `ec::throttled` if
  /// whoever makes the vectors asks for patience; `ec::provider_refused` if no
  /// text would have one until somebody mends something; another code as it
  /// fits.
  error why;
  /// With `ec::throttled`: when to come again, if that was said.
  std::optional<std::chrono::milliseconds> retry_after = {};
  /// With `ec::throttled`: it was not asked for, as texts before it took all
  /// the time there was.
  bool is_out_of_time = false;
};

/// The vector of one text, of unit length, or why there is none.
using embed_answer = tl::expected<std::vector<float>, embed_refusal>;

/// Turns texts into vectors. What it answers does not change after
/// construction; every call may come from any thread, several at a time.
class embedder {
public:
  virtual ~embedder() = default;

  /// The name that is kept with every vector, e.g. "lexical-hash-384". Two
  /// vectors may be compared only if their names are equal, so whatever
  /// changes the vectors changes the name; equal names on two machines mean
  /// equal vectors. At most `model_name_bytes_max` bytes, printable ASCII.
  virtual std::string_view model() const = 0;

  /// Numbers in each vector. Known before the first text is embedded.
  virtual size_t dimensions() const = 0;

  /// Bytes of a text beyond which `embed` refuses it; callers cut or split
  /// what is longer, as they were told to.
  virtual size_t text_bytes_max() const { return SIZE_MAX; }

  /// One answer per text, in the order of the texts. May block, on a network
  /// for instance; it is called from worker threads, whose time for a chunk is
  /// bounded, and from threads of the gateway.
  /// @param texts UTF-8; read during the call only.
  /// @returns as many answers as there are texts. A text that cannot be
  /// embedded has a refusal of its own and leaves the others as they are.
  virtual std::vector<embed_answer>
  embed(std::span<const std::string_view> texts) const = 0;

  /// The same for callers whose time is bounded. Those who block keep to it: a
  /// text that they did not come to is refused with `ec::throttled`.
  virtual std::vector<embed_answer>
  embed_until(std::span<const std::string_view> texts,
              std::chrono::steady_clock::time_point) const {
    return embed(texts);
  }
};

/// Bytes of the name of a model.
inline constexpr size_t model_name_bytes_max = 128;

using embedder_ptr = std::shared_ptr<const embedder>;

} // namespace batch
