// Random JSON texts, whole and broken.
#pragma once

#include "tests/codecs/random_source.hpp"

#include <string>
#include <vector>

namespace batch::test {

/// The tokens of a JSON value, each as it stands in a text.
using json_tokens = std::vector<std::string>;

class json_samples {
public:
  explicit json_samples(uint64_t seed) : random(seed) {}

  /// A value within the bounds of `json_reader::check`.
  json_tokens value(int depth_max = 4);
  json_tokens object(int depth_max = 4);
  json_tokens array(int depth_max = 4);

  /// The tokens with white space of all kinds between them.
  std::string spaced(const json_tokens& tokens);

  /// The text with one to three changes; it may still be JSON.
  std::string broken(std::string text);

  random_source random;

private:
  std::string string();
  std::string number();
};

/// The tokens with nothing between them.
std::string joined(const json_tokens& tokens);

} // namespace batch::test
