// What turns texts into vectors, whichever way it does so.
#pragma once

#include "codecs/error.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace batch {

/// Turns texts into vectors. Implementations are immutable after construction;
/// every call may come from any thread, several at a time.
class embedder {
public:
  virtual ~embedder() = default;

  /// The name that is kept with every vector, e.g. "lexical-hash-384". Two
  /// vectors may be compared only if their names are equal, so whatever
  /// changes the vectors changes the name.
  virtual std::string_view model() const = 0;

  /// Numbers in each vector.
  virtual size_t dimensions() const = 0;

  /// One vector of unit length per text, in the order of the texts.
  /// @param texts UTF-8; read during the call only.
  /// @returns as many answers as there are texts. A text that cannot be
  /// embedded has an error of its own, `ec::no_text` where it holds nothing to
  /// embed, and leaves the others as they are.
  virtual std::vector<expected<std::vector<float>>>
  embed(std::span<const std::string_view> texts) const = 0;
};

using embedder_ptr = std::shared_ptr<const embedder>;

} // namespace batch
