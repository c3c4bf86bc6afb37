// The certificate, the key and the CA of a member of the cluster.
//
// CAF 0.17.6 opens the three files anew for every connection. If one cannot be
// opened then, or is not what it should be, an exception in CAF's own thread
// ends the process; a member with a wrong key dials and waits for ever; and
// without a certificate CAF speaks TLS with anybody. So everything that can be
// wrong is found here, once, and CAF gets copies in memory that nobody can
// take away or change.
#pragma once

#include "actors/cluster/memory_file.hpp"

#include <chrono>
#include <string>

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
///
/// Must outlive the actor system that uses it. Thread-safety: all calls may
/// come from any thread.
class tls_files {
public:
  /// Reads the files and checks that with them this process could both dial
  /// and be dialled now.
  ///
  /// Errors: `ec::invalid_request` names the flag and the path, and says what
  /// is wrong: the file cannot be read or is not PEM; others may read the key,
  /// it has a passphrase, or belongs to another certificate; the certificate
  /// is not signed by the CA, not valid at this time, or not meant for both
  /// servers and clients. `ec::internal` if the system has no room for copies.
  static expected<tls_files> load(const tls_paths& paths);

  /// Paths of the copies, for CAF.
  std::string certificate_path() const { return certificate_.path(); }
  std::string key_path() const { return key_.path(); }
  std::string ca_path() const { return ca_.path(); }

  /// When the first of the certificates in use ends. Connections that stand
  /// then go on; no new ones are made.
  std::chrono::sys_seconds valid_until() const { return valid_until_; }

private:
  tls_files(memory_file certificate, memory_file key, memory_file ca,
            std::chrono::sys_seconds valid_until)
    : certificate_(std::move(certificate)), key_(std::move(key)),
      ca_(std::move(ca)), valid_until_(valid_until) {}

  memory_file certificate_;
  memory_file key_;
  memory_file ca_;
  std::chrono::sys_seconds valid_until_;
};

} // namespace batch
