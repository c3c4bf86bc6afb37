// The texts of one piece, on their way through a provider.
#pragma once

#include "actors/embedders/embedder.hpp"
#include "actors/embedders/providers/provider_client.hpp"
#include "actors/embedders/providers/text_batcher.hpp"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace batch {

/// The text that tells how long vectors are, and whether a provider that
/// refuses texts would refuse any.
inline constexpr std::string_view probe_text = "a harmless text";

/// Fills calls with texts. One that fails as a whole is split until the text
/// that does it stands alone; those around it have their vectors.
///
/// Thread-safety: none; used once.
class provider_run {
public:
  /// @param dimensions that a vector has to have.
  provider_run(provider_client& client, text_batcher& batcher,
               size_t dimensions, std::span<const std::string_view> texts,
               provider_client::time_point until);

  std::vector<embed_answer> run();

private:
  /// What a call was split for; known when its parts are done.
  struct split_call {
    size_t inputs;
    size_t bytes;
    bool is_too_long;
    /// A part of this many was asked for, because the provider seemed to say
    /// so; 0 if halves were made.
    size_t hinted;
    size_t open = 0;
    bool all_good = true;
  };
  struct part {
    /// Of the texts that are asked for.
    size_t first;
    size_t count;
    std::shared_ptr<split_call> of;
  };

  part next_part();
  /// Whether another call would likely be cut off. There is always time for
  /// the first one: if that fails it has lost an attempt, so that no piece
  /// waits for ever.
  bool is_late() const;
  void ask(const part& x);
  void take(const part& x, wire_vectors vectors);
  void take_vector(size_t place, const std::vector<double>& vector);
  void take_fault(const part& x, const provider_fault& fault);
  void take_refusal(const part& x, const provider_fault& fault);
  void split(const part& x, const provider_fault& fault, size_t inputs);
  void close(const part& x, bool good);
  /// Asks for a harmless text: if that is refused as well, it is not for the
  /// texts.
  bool takes_probe();
  void block(const provider_fault& fault);

  /// They cost no attempt.
  void leave_for_later(const part& x, const std::string& why);
  void refuse(size_t first, size_t count, ec code, const std::string& why,
              std::optional<std::chrono::milliseconds> retry_after = {});

  provider_client& client_;
  text_batcher& batcher_;
  size_t dimensions_;
  provider_client::time_point until_;
  std::vector<embed_answer> answers_;
  /// The texts that are asked for, and where they stand among all.
  std::vector<std::string_view> texts_;
  std::vector<size_t> places_;
  /// The first text that was in no call yet.
  size_t next_ = 0;
  std::deque<part> split_;
  bool has_asked_ = false;
  size_t good_ = 0;
  /// Calls that were refused since one was good.
  size_t refused_ = 0;
  bool is_checked_ = false;
  /// The longest that a good call took.
  std::chrono::steady_clock::duration slowest_{0};
  size_t failed_in_row_ = 0;
  bool is_blocked_ = false;
};

} // namespace batch
