// How many texts go into one call of a provider.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>

namespace batch {

/// What one call may hold.
struct batch_limits {
  size_t inputs = 128;
  size_t bytes = 1 << 20;
  /// As the provider counts them; we estimate.
  size_t tokens = SIZE_MAX;
};

/// Fills calls up to the limits that were given and those that were learnt
/// from answers. Any thread.
class text_batcher {
public:
  explicit text_batcher(batch_limits max) : max_(max), now_(max) {}

  /// How many of the texts the next call takes, from the first one; at least
  /// one, which may be too large by itself.
  size_t take(std::span<const std::string_view> texts) const;

  /// What the provider says that these texts have.
  void learn_tokens(std::span<const std::string_view> texts, uint64_t tokens);
  /// The provider has said how many texts it takes at one time.
  void learn_inputs(size_t max);
  /// More than this was refused, and this was taken: a guess, which is
  /// forgotten after `guess_calls` calls that went well.
  void guess_inputs(size_t max);
  void guess_bytes(size_t max);
  /// A call of so many bytes took too long, or went well: less from now, or
  /// slowly more again.
  void learn_slow(size_t bytes);
  void learn_good();

  batch_limits limits() const;

  /// Source: to find a limit again costs some three calls.
  static constexpr size_t guess_calls = 100;

private:
  size_t tokens_of(std::string_view text) const;

  mutable std::mutex mutex_;
  batch_limits max_;
  batch_limits now_;
  /// Calls until a guess is forgotten; 0 if there is none.
  size_t guess_left_ = 0;
  /// Tokens that there are for each that we estimate.
  double factor_ = 1;
};

/// Bytes of all texts.
size_t bytes_of(std::span<const std::string_view> texts);

} // namespace batch
