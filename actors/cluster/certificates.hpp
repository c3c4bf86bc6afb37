// Makes the certificates of a cluster: a CA of its own, and a certificate for
// each member. Nothing is read or written but random numbers.
//
// Thread-safety: all.
#pragma once

#include "actors/cluster/pem_file.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace batch {

/// A certificate and its private key, in PEM form.
struct certified_key {
  std::string certificate;
  std::string key;
};

/// When a certificate is valid. Members compare it with their own clocks, so
/// `from` is best a little before the present.
struct validity {
  std::chrono::sys_seconds from;
  std::chrono::sys_seconds until;
};

/// A CA: signs certificates of members and nothing else. Its name gets a
/// random number, so that two of them are told apart.
/// Errors: `ec::internal` if OpenSSL gives no random numbers.
expected<certified_key> make_authority(const validity& when);

/// A certificate for a member, good for both ends of a connection.
/// @param name see `is_member_name`.
/// @param ca,ca_key as `make_authority` made them, or those of any other CA.
/// Errors: `ec::invalid_request` if the CA cannot be read, is none, or ends
/// before the certificate would; `ec::internal`.
expected<certified_key> make_member(std::string_view name, const validity& when,
                                    const pem_file& ca, const pem_file& ca_key);

/// Whether a text can be the name of a member: 1 to 64 letters, digits, dots,
/// hyphens and underlines, the first of them a letter or a digit. Source: a
/// certificate's common name holds 64 (RFC 5280).
bool is_member_name(std::string_view name);

} // namespace batch
