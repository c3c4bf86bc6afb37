#include "actors/embedders/providers/text_batcher.hpp"

#include <algorithm>
#include <cmath>

namespace batch {

namespace {

/// Tokens of a text, for the limits only. Source: a token of English has some
/// four bytes, of code or names three; of other scripts, some of which take a
/// token a character, two or three.
double estimate(std::string_view text) {
  auto others = static_cast<double>(
    std::ranges::count_if(text, [](char c) { return (c & 0x80) != 0; }));
  return 1 + (static_cast<double>(text.size()) - others) / 3 + others / 1.5;
}

} // namespace

size_t bytes_of(std::span<const std::string_view> texts) {
  size_t bytes = 0;
  for (auto text : texts)
    bytes += text.size();
  return bytes;
}

size_t text_batcher::tokens_of(std::string_view text) const {
  return static_cast<size_t>(std::ceil(estimate(text) * factor_));
}

size_t text_batcher::take(std::span<const std::string_view> texts) const {
  std::lock_guard guard{mutex_};
  size_t count = 0;
  size_t bytes = 0;
  size_t tokens = 0;
  while (count < texts.size() && count < now_.inputs) {
    bytes += texts[count].size();
    if (now_.tokens != SIZE_MAX)
      tokens += tokens_of(texts[count]);
    if (count > 0 && (bytes > now_.bytes || tokens > now_.tokens))
      break;
    ++count;
  }
  return count;
}

void text_batcher::learn_tokens(std::span<const std::string_view> texts,
                                uint64_t tokens) {
  double estimated = 0;
  for (auto text : texts)
    estimated += estimate(text);
  if (estimated <= 0 || tokens == 0)
    return;
  std::lock_guard guard{mutex_};
  auto seen = std::clamp(static_cast<double>(tokens) / estimated, 0.25, 8.0);
  // At once where it is more: an underestimate is a call for nothing.
  factor_ = std::max(seen, 0.9 * factor_ + 0.1 * seen);
}

void text_batcher::learn_inputs(size_t max) {
  std::lock_guard guard{mutex_};
  max_.inputs = std::clamp<size_t>(max, 1, max_.inputs);
  now_.inputs = std::min(now_.inputs, max_.inputs);
}

void text_batcher::guess_inputs(size_t max) {
  std::lock_guard guard{mutex_};
  now_.inputs = std::clamp<size_t>(max, 1, now_.inputs);
  guess_left_ = guess_calls;
}

void text_batcher::guess_bytes(size_t max) {
  std::lock_guard guard{mutex_};
  now_.bytes = std::clamp<size_t>(max, 1, now_.bytes);
  guess_left_ = guess_calls;
}

void text_batcher::learn_slow(size_t bytes) {
  std::lock_guard guard{mutex_};
  now_.bytes = std::clamp<size_t>(bytes / 2, 1, now_.bytes);
}

void text_batcher::learn_good() {
  std::lock_guard guard{mutex_};
  if (guess_left_ > 0) {
    if (--guess_left_ > 0)
      return;
    now_.inputs = max_.inputs;
    now_.bytes = max_.bytes;
  } else if (now_.bytes < max_.bytes)
    now_.bytes = std::min(max_.bytes, now_.bytes + now_.bytes / 64 + 1);
}

batch_limits text_batcher::limits() const {
  std::lock_guard guard{mutex_};
  return now_;
}

} // namespace batch
