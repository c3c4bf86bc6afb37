// SHA-256, for what must mean the same to others and in years.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace batch {

/// The 64 lower-case hexadecimal digits of SHA-256 (FIPS 180-4).
std::string sha256_hex(std::string_view bytes);

/// SHA-256 of a stream. Thread-safety: none.
class sha256 {
public:
  sha256();
  ~sha256();
  void update(std::string_view bytes);
  /// Ends the stream; nothing may follow.
  std::string finish_hex();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace batch
