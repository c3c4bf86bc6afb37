// A certificate that is being made. Included by .cpp files only, as it names
// types of OpenSSL.
#pragma once

#include "actors/cluster/certificates.hpp"
#include "actors/cluster/openssl_handles.hpp"

#include <string>

namespace batch {

/// What the certificates of a cluster have in common: a new key on the curve
/// P-256, a random serial number, one name. Calls of OpenSSL that fail are
/// told by `sign`.
///
/// Thread-safety: none.
class certificate_draft {
public:
  certificate_draft(const std::string& name, const validity& when);

  /// Adds an extension.
  /// @param kind is a number of OpenSSL, e.g. `NID_key_usage`.
  /// @param value as OpenSSL's files of settings have it.
  /// @param issuer whose key will sign.
  void extend(int kind, const std::string& value, const X509* issuer);

  /// Errors: `ec::internal`, with OpenSSL's reason.
  expected<certified_key> sign(const X509* issuer, EVP_PKEY* issuer_key);

  /// Itself as an issuer: that of a CA is signed with its own key.
  const X509* own() const { return certificate_.get(); }
  EVP_PKEY* own_key() const { return key_.get(); }

private:
  certificate_ptr certificate_;
  key_ptr key_;
  bool good_;
};

} // namespace batch
