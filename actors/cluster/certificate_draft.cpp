#include "actors/cluster/certificate_draft.hpp"

#include <openssl/pem.h>

namespace batch {

namespace {

/// Bits of a serial number. It is random, so that nobody has to keep count.
/// Source: RFC 5280 takes up to 20 bytes, positive.
constexpr int serial_bits = 127;

bool set_serial(X509* certificate) {
  bignum_ptr number{BN_new()};
  return number
         && BN_rand(number.get(), serial_bits, BN_RAND_TOP_ONE,
                    BN_RAND_BOTTOM_ANY)
              == 1
         && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate))
              != nullptr;
}

bool set_dates(X509* certificate, const validity& when) {
  auto set = [](ASN1_TIME* place, std::chrono::sys_seconds time) {
    return ASN1_TIME_set(place, std::chrono::system_clock::to_time_t(time))
           != nullptr;
  };
  return set(X509_getm_notBefore(certificate), when.from)
         && set(X509_getm_notAfter(certificate), when.until);
}

bool set_name(X509* certificate, const std::string& name) {
  return X509_NAME_add_entry_by_NID(
           X509_get_subject_name(certificate), NID_commonName, MBSTRING_UTF8,
           reinterpret_cast<const unsigned char*>(name.data()),
           static_cast<int>(name.size()), -1, 0)
         == 1;
}

std::string text_of(BIO* memory) {
  char* bytes = nullptr;
  auto length = BIO_get_mem_data(memory, &bytes);
  return {bytes, static_cast<size_t>(length)};
}

} // namespace

certificate_draft::certificate_draft(const std::string& name,
                                     const validity& when) {
  ERR_clear_error();
  certificate_.reset(X509_new());
  key_.reset(EVP_EC_gen("P-256"));
  auto x = certificate_.get();
  good_ = x && key_ && X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x)
          && set_dates(x, when) && set_name(x, name)
          && X509_set_pubkey(x, key_.get()) == 1;
}

void certificate_draft::extend(int kind, const std::string& value,
                               const X509* issuer) {
  if (!good_)
    return;
  X509V3_CTX context;
  X509V3_set_ctx(&context, const_cast<X509*>(issuer), certificate_.get(),
                 nullptr, nullptr, 0);
  extension_ptr added{
    X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())};
  good_ = added && X509_add_ext(certificate_.get(), added.get(), -1) == 1;
}

expected<certified_key> certificate_draft::sign(const X509* issuer,
                                                EVP_PKEY* issuer_key) {
  bio_ptr certificate_text{BIO_new(BIO_s_mem())};
  bio_ptr key_text{BIO_new(BIO_s_mem())};
  good_
    = good_ && certificate_text && key_text
      && X509_set_issuer_name(certificate_.get(), X509_get_subject_name(issuer))
           == 1
      // With the hash that the kind of key asks for.
      && X509_sign(certificate_.get(), issuer_key, nullptr) > 0
      && PEM_write_bio_X509(certificate_text.get(), certificate_.get()) == 1
      && PEM_write_bio_PKCS8PrivateKey(key_text.get(), key_.get(), nullptr,
                                       nullptr, 0, nullptr, nullptr)
           == 1;
  if (!good_)
    return fail(ec::internal,
                "OpenSSL cannot make a certificate: " + take_openssl_reason());
  return certified_key{text_of(certificate_text.get()),
                       text_of(key_text.get())};
}

} // namespace batch
