// The files that `batchd cert` makes, and what it tells of them.
#pragma once

#include "codecs/time.hpp"
#include "gateway/cli/outcome.hpp"

#include <string>

namespace batch::cli {

/// Lifetimes: a CA has to outlast what it signs by far; a certificate that
/// nobody can call back should end soon.
inline constexpr int ca_days_default = 3650;
inline constexpr int node_days_default = 365;

struct certificate_order {
  /// Of a node; empty for a CA.
  std::string name;
  /// Where the CA is, or shall be.
  std::string folder;
  /// Where the files of a node shall be; empty: `folder`.
  std::string out;
  int days = 0;
};

/// Files that were made. The paths are absolute.
struct made_certificate {
  /// Of a node; empty for a CA.
  std::string name;
  std::string certificate;
  std::string key;
  std::string ca;
  time_ms valid_until = 0;
};

/// Makes a CA: `ca.pem` and `ca.key`. All or nothing; no file is overwritten.
/// Fails with `exit_status::failed`.
outcome<made_certificate> make_ca_files(const certificate_order& order);

/// Makes a certificate that the CA signs: NAME.pem and NAME.key. Otherwise as
/// `make_ca_files`; also fails with `exit_status::wrong_usage` for the name.
outcome<made_certificate> make_node_files(const certificate_order& order);

/// What was made and what to do with it, for people and for programs.
std::string certificate_text(const made_certificate& made);
std::string certificate_json(const made_certificate& made);

} // namespace batch::cli
