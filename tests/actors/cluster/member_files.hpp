// The files of a cluster and its members, in a folder of their own.
#pragma once

#include "actors/cluster/certificate_draft.hpp"
#include "actors/cluster/certificates.hpp"
#include "actors/cluster/tls_files.hpp"
#include "tests/storage/temporary_folder.hpp"

#include <optional>
#include <string>

namespace batch::test {

/// From an hour before the present to a day behind it; always the same.
inline validity today() {
  static const auto now = std::chrono::floor<std::chrono::seconds>(
    std::chrono::system_clock::now());
  return {now - std::chrono::hours{1}, now + std::chrono::days{1}};
}

/// A CA and what it signs.
class test_authority {
public:
  test_authority() : own_(*make_authority(today())) {}

  const std::string& certificate() const { return own_.certificate; }
  const std::string& key() const { return own_.key; }
  pem_file certificate_file() const { return {"CA", "ca.pem", certificate()}; }
  pem_file key_file() const { return {"CA key", "ca.key", key()}; }

  certified_key member(const std::string& name = "node",
                       const validity& when = today()) const {
    return *make_member(name, when, certificate_file(), key_file());
  }

  /// Signs what a member should not have.
  certified_key sign(certificate_draft& draft) const;

private:
  certified_key own_;
};

/// Three files as a member has them.
class member_files {
public:
  member_files(const certified_key& own, const std::string& ca);

  /// Puts other bytes into a file.
  void put_certificate(const std::string& bytes);
  void put_key(const std::string& bytes);
  void put_ca(const std::string& bytes);

  const tls_paths& paths() const { return paths_; }
  /// The message of the error with which loading fails; empty if it does not.
  std::string fault() const;
  /// Removes the files.
  void remove();

private:
  std::optional<temporary_folder> folder_{std::in_place};
  tls_paths paths_;
};

} // namespace batch::test
