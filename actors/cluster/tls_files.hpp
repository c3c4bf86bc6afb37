// The certificate, the key and the CA of a member of the cluster.
//
// Everything that can be wrong with them is found here, once, before anything
// depends on them. Afterwards the files are not looked at again.
#pragma once

#include "codecs/error.hpp"

#include <chrono>
#include <memory>
#include <string>

struct ssl_ctx_st;

namespace batch {

/// Where the files are. All three are required.
struct tls_paths {
  /// The certificate of this member, and behind it those between it and the
  /// CA, if there are any. `--cluster-cert`.
  std::string certificate;
  /// Its private key, without passphrase. `--cluster-key`.
  std::string key;
  /// The certificate of the CA, or of several while one replaces another.
  /// Each certificate signed by one of them is a full member of the cluster,
  /// whatever name is in it. `--cluster-ca`.
  std::string ca;
};

/// What was in the files when they were loaded: new files need a new start.
/// Copies share it. Thread-safety: all calls may come from any thread.
class tls_files {
public:
  /// Reads the files and checks that with them this process could both dial
  /// and be dialled now.
  ///
  /// Errors: `ec::invalid_request` names the flag and the path, and says what
  /// is wrong: the file cannot be read or is not PEM; others may read the key,
  /// it has a passphrase, or belongs to another certificate; the certificate
  /// is not signed by the CA, not valid at this time, or not meant for both
  /// servers and clients; OpenSSL's settings on this machine forbid it.
  static expected<tls_files> load(const tls_paths& paths);

  /// When the first of the certificates in use ends. Connections that stand
  /// then go on; no new ones are made.
  std::chrono::sys_seconds valid_until() const { return valid_until_; }

  /// For `use_tls`: all of it, as OpenSSL holds it.
  const std::shared_ptr<ssl_ctx_st>& context() const { return context_; }

private:
  tls_files(std::shared_ptr<ssl_ctx_st> context,
            std::chrono::sys_seconds valid_until)
    : context_(std::move(context)), valid_until_(valid_until) {}

  std::shared_ptr<ssl_ctx_st> context_;
  std::chrono::sys_seconds valid_until_;
};

} // namespace batch
