#include "actors/cluster/pem.hpp"

#include <string_view>

#include <openssl/pem.h>

namespace batch {

namespace {

constexpr std::string_view certificate_block = "-----BEGIN CERTIFICATE-----";

bio_ptr reader_of(const pem_file& file) {
  return bio_ptr{
    BIO_new_mem_buf(file.bytes.data(), static_cast<int>(file.bytes.size()))};
}

/// What the first block of a file is, for messages.
std::string kind_of(std::string_view bytes) {
  constexpr std::string_view begin = "-----BEGIN ";
  auto at = bytes.find(begin);
  if (at == std::string_view::npos)
    return "it is not in PEM form, which begins with '-----BEGIN …'";
  auto name = bytes.substr(at + begin.size(), 40);
  return "it begins with a block of '"
         + std::string{name.substr(0, name.find("-----"))} + "'";
}

/// Called for the passphrase of a key; notes that there is one.
int note_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

} // namespace

expected<std::vector<certificate_ptr>>
parse_certificates(const pem_file& file) {
  std::vector<certificate_ptr> found;
  if (file.bytes.find(certificate_block) == std::string::npos)
    return fail(file, "holds no certificate; " + kind_of(file.bytes));
  auto in = reader_of(file);
  ERR_clear_error();
  while (certificate_ptr next{
    PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)})
    found.push_back(std::move(next));
  auto at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  auto reason = take_openssl_reason();
  if (!at_end || found.empty())
    return fail(file, "its certificate number "
                        + std::to_string(found.size() + 1)
                        + " is damaged: " + reason);
  return found;
}

expected<key_ptr> parse_key(const pem_file& file) {
  auto in = reader_of(file);
  auto is_encrypted = false;
  ERR_clear_error();
  key_ptr key{
    PEM_read_bio_PrivateKey(in.get(), nullptr, note_passphrase, &is_encrypted)};
  auto reason = take_openssl_reason();
  if (key)
    return key;
  if (is_encrypted)
    return fail(file, "the private key has a passphrase, and nobody types it "
                      "in when the service starts; write it without one: "
                      "openssl pkey -in "
                        + file.path + " -out NEW_FILE");
  if (file.bytes.find("PRIVATE KEY-----") == std::string::npos)
    return fail(file, "holds no private key; " + kind_of(file.bytes));
  return fail(file, "its private key is damaged: " + reason);
}

} // namespace batch
