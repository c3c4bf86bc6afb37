#include "codecs/hash.hpp"

#include <cassert>

#include <openssl/evp.h>

namespace batch {

struct sha256::state {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~state() { EVP_MD_CTX_free(context); }
};

sha256::sha256() : state_(std::make_unique<state>()) {
  [[maybe_unused]] auto ok
    = EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr);
  assert(ok == 1);
}

sha256::~sha256() = default;

void sha256::update(std::string_view bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

std::string sha256::finish_hex() {
  constexpr std::string_view digits = "0123456789abcdef";
  unsigned char raw[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(state_->context, raw, &size);
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    text.push_back(digits[raw[i] >> 4]);
    text.push_back(digits[raw[i] & 15]);
  }
  return text;
}

std::string sha256_hex(std::string_view bytes) {
  sha256 hash;
  hash.update(bytes);
  return hash.finish_hex();
}

} // namespace batch
