// Owners of what OpenSSL hands out, and its errors as text. Included by .cpp
// files only: OpenSSL's headers stay out of ours.
#pragma once

#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace batch {

template <auto Free>
struct openssl_deleter {
  template <class T>
  void operator()(T* x) const {
    Free(x);
  }
};

template <class T, auto Free>
using openssl_owner = std::unique_ptr<T, openssl_deleter<Free>>;

using bignum_ptr = openssl_owner<BIGNUM, BN_free>;
using bio_ptr = openssl_owner<BIO, BIO_free_all>;
using certificate_ptr = openssl_owner<X509, X509_free>;
using extension_ptr = openssl_owner<X509_EXTENSION, X509_EXTENSION_free>;
using key_ptr = openssl_owner<EVP_PKEY, EVP_PKEY_free>;
using ssl_context_ptr = openssl_owner<SSL_CTX, SSL_CTX_free>;
using ssl_ptr = openssl_owner<SSL, SSL_free>;
using trust_ptr = openssl_owner<X509_STORE, X509_STORE_free>;
using trust_context_ptr = openssl_owner<X509_STORE_CTX, X509_STORE_CTX_free>;

/// Takes this thread's errors off OpenSSL's list.
/// @returns the reason of the first one, which is the cause of the others;
/// "no reason given" if there is none.
inline std::string take_openssl_reason() {
  auto code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code ? ERR_reason_error_string(code) : nullptr;
  return reason ? reason : "no reason given";
}

} // namespace batch
