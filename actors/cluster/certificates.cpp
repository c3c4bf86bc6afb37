#include "actors/cluster/certificates.hpp"

#include "actors/cluster/certificate_draft.hpp"
#include "actors/cluster/certificate_fields.hpp"
#include "actors/cluster/pem.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include <openssl/rand.h>

namespace batch {

namespace {

constexpr size_t name_bytes_max = 64;

/// A CA, read and found able to sign.
struct signer {
  certificate_ptr certificate;
  key_ptr key;
};

expected<signer> read_signer(const pem_file& certificate_file,
                             const pem_file& key_file, const validity& when) {
  auto certificates = parse_certificates(certificate_file);
  if (!certificates)
    return fail(certificates);
  auto key = parse_key(key_file);
  if (!key)
    return fail(key);
  auto& own = certificates->front();
  auto name = "the certificate of '" + subject_of(own.get()) + "' ";
  ERR_clear_error();
  if (X509_check_private_key(own.get(), key->get()) != 1) {
    ERR_clear_error();
    return fail(key_file, "this key does not belong to " + name + "in "
                            + certificate_file.path);
  }
  if (X509_check_ca(own.get()) != 1)
    return fail(certificate_file, name + "is not that of a CA");
  if (end_of(own.get()) < when.until)
    return fail(certificate_file,
                name + "ends at " + date_text(end_of(own.get()))
                  + ", before what it is to sign, which would end at "
                  + date_text(when.until)
                  + "; give fewer days, or make a new CA");
  return signer{std::move(own), std::move(*key)};
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9');
}

} // namespace

bool is_member_name(std::string_view name) {
  return !name.empty() && name.size() <= name_bytes_max
         && is_letter_or_digit(name.front())
         && std::all_of(name.begin(), name.end(), [](char c) {
              return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_';
            });
}

expected<certified_key> make_authority(const validity& when) {
  std::array<unsigned char, 4> drawn;
  if (RAND_bytes(drawn.data(), static_cast<int>(drawn.size())) != 1)
    return fail(ec::internal, "OpenSSL cannot draw a random number: "
                                + take_openssl_reason());
  char name[64];
  std::snprintf(name, sizeof name, "batchd cluster %02x%02x%02x%02x", drawn[0],
                drawn[1], drawn[2], drawn[3]);
  certificate_draft x{name, when};
  // Those whom it signs sign nobody.
  x.extend(NID_basic_constraints, "critical,CA:TRUE,pathlen:0", x.own());
  x.extend(NID_key_usage, "critical,keyCertSign,cRLSign", x.own());
  x.extend(NID_subject_key_identifier, "hash", x.own());
  return x.sign(x.own(), x.own_key());
}

expected<certified_key> make_member(std::string_view name, const validity& when,
                                    const pem_file& ca,
                                    const pem_file& ca_key) {
  auto by = read_signer(ca, ca_key, when);
  if (!by)
    return fail(by);
  auto issuer = by->certificate.get();
  certificate_draft x{std::string{name}, when};
  x.extend(NID_basic_constraints, "critical,CA:FALSE", issuer);
  x.extend(NID_key_usage, "critical,digitalSignature", issuer);
  x.extend(NID_ext_key_usage, "serverAuth,clientAuth", issuer);
  x.extend(NID_subject_key_identifier, "hash", issuer);
  // Some CAs made elsewhere have no identifier.
  if (X509_get0_subject_key_id(issuer))
    x.extend(NID_authority_key_identifier, "keyid", issuer);
  x.extend(NID_subject_alt_name, "DNS:" + std::string{name}, issuer);
  return x.sign(issuer, by->key.get());
}

} // namespace batch
