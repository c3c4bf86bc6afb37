// The files of weights that model2vec and others write.
#pragma once

#include "codecs/error.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// One array of a file: its elements row by row, little-endian.
struct tensor {
  /// "F64", "F32", "F16", "BF16", "I64", "I32" or "I8".
  std::string type;
  std::vector<uint64_t> shape;
  std::string_view bytes;

  uint64_t elements() const;
};

/// Reads what a safetensors file has:
///
///   file    =  size:8 header *byte       ; size of the header, little-endian
///   header  =  JSON: {name: {"dtype", "shape", "data_offsets": [from, to]}}
///
/// Offsets count from the end of the header. A name "__metadata__" stands for
/// no array. Everything is checked: a header of at most 16 MiB within the
/// file, types that are known, sizes that fit to the shapes, and arrays that
/// fill the rest of the file without a gap or an overlap.
/// @param file is pointed into.
/// Errors: `ec::invalid_request`, naming the array.
expected<std::map<std::string, tensor>> read_safetensors(std::string_view file);

/// All elements as floats; from 64 bits rounded, from the others exact.
std::vector<float> floats_of(const tensor& x);

} // namespace batch
