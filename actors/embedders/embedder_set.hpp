// The models that a service has.
#pragma once

#include "actors/embedders/embedder.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// Makes an embedder of what `batchd serve --embedder` is given:
///
///   NAME             a built-in model
///   static:FOLDER    a folder of model2vec; see static_embedder.hpp
///   vectors:FILE     word vectors as text; see vectors_embedder.hpp
///   openai:URL#MODEL, ollama:URL#MODEL, tei:URL, llamacpp:URL
///                    a server that is asked; see providers/provider_spec.hpp
///
/// Errors: `ec::invalid_request`, saying what is wrong and what would be
/// right. What cannot be read exactly is refused, never approximated.
expected<embedder_ptr> open_embedder(const std::string& spec);

/// The models of a service, by name. Immutable; any thread.
class embedder_set {
public:
  /// @param models at least one; the first is the default. Of those with one
  /// name the first counts.
  explicit embedder_set(std::vector<embedder_ptr> models);

  const embedder_ptr& standard() const { return models_.front(); }

  /// @param model the name of one; empty: the default.
  /// @returns null if there is none of this name.
  embedder_ptr find(std::string_view model) const;

  /// All names, the default first, with commas between them. Two services
  /// make equal vectors of equal jobs if these are equal.
  std::string names() const;

private:
  std::vector<embedder_ptr> models_;
};

using embedder_set_ptr = std::shared_ptr<const embedder_set>;

/// The built-in models, the semantic one first.
/// @param standard the default in front of them, unless it is null.
embedder_set_ptr make_embedder_set(embedder_ptr standard = {});

/// The same with the default that a text names, as `open_embedder`; empty: the
/// built-in one.
expected<embedder_set_ptr> open_embedder_set(const std::string& spec);

} // namespace batch
