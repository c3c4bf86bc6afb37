// Static models that others have made: folders of model2vec, e.g. potion.
#pragma once

#include "actors/embedders/embedder.hpp"

#include <filesystem>

namespace batch {

/// Makes an embedder of a folder with `model.safetensors` and `tokenizer.json`
/// as model2vec writes them. The vector of a text is the mean over its pieces
/// of their rows, by their weights if there are any, of length 1; pieces of
/// unknown words are left out. All of a text counts: model2vec itself stops
/// after 512 pieces unless it is told not to.
///
/// The arrays are `embeddings` (or `embedding.weight`) of shape [rows,
/// dimensions], and perhaps `weights` and `mapping` of one number a piece.
///
/// Its model is named after its dimensions and SHA-256 of both files, e.g.
/// "model2vec-256-1f0c93a2b7d4": equal wherever the files are equal.
///
/// Errors: `ec::invalid_request` for anything that is not known exactly.
/// Errors of a text: `ec::no_text` if no piece of it is known.
expected<embedder_ptr>
make_static_embedder(const std::filesystem::path& folder);

} // namespace batch
