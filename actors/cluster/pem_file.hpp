// Files in PEM form, which hold certificates and private keys.
//
// Thread-safety: all. Errors are `ec::invalid_request` and begin with what the
// file is for and its path.
#pragma once

#include "codecs/error.hpp"

#include <string>

namespace batch {

/// A file in PEM form and what it is for.
struct pem_file {
  /// For messages; best the flag that names the file, e.g. "--cluster-key".
  std::string what;
  std::string path;
  std::string bytes;
};

/// Who else may read a file.
enum class pem_access {
  everybody,
  /// Nobody but its owner, as it holds a private key.
  owner_only,
};

/// Reads a plain file of at most `pem_bytes_max` bytes. What it holds is not
/// looked at.
expected<pem_file> read_pem(std::string what, std::string path,
                            pem_access access);

/// "WHAT PATH: TEXT" as an error.
tl::unexpected<error> fail(const pem_file& file, const std::string& text);

} // namespace batch
