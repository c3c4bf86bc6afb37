#include "tests/actors/cluster/member_files.hpp"

#include "actors/cluster/pem.hpp"

namespace batch::test {

namespace fs = std::filesystem;

certified_key test_authority::sign(certificate_draft& draft) const {
  auto certificates = *parse_certificates(certificate_file());
  auto key = *parse_key(key_file());
  return *draft.sign(certificates.front().get(), key.get());
}

member_files::member_files(const certified_key& own, const std::string& ca) {
  paths_.certificate = (folder_->path() / "node.pem").string();
  paths_.key = (folder_->path() / "node.key").string();
  paths_.ca = (folder_->path() / "ca.pem").string();
  put_certificate(own.certificate);
  put_key(own.key);
  put_ca(ca);
}

void member_files::put_certificate(const std::string& bytes) {
  write_file(paths_.certificate, bytes);
}

void member_files::put_key(const std::string& bytes) {
  write_file(paths_.key, bytes);
  fs::permissions(paths_.key, fs::perms::owner_read | fs::perms::owner_write);
}

void member_files::put_ca(const std::string& bytes) {
  write_file(paths_.ca, bytes);
}

std::string member_files::fault() const {
  auto loaded = tls_files::load(paths_);
  return loaded ? std::string{} : loaded.error().message;
}

void member_files::remove() {
  folder_.reset();
}

} // namespace batch::test
