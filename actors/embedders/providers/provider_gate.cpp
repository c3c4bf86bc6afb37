#include "actors/embedders/providers/provider_gate.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace batch {

namespace {

using std::chrono::milliseconds;

/// When to come again if other calls took all the time there was.
constexpr milliseconds busy_wait{500};
/// What is added to a `Retry-After`, so that not all processes come at once: a
/// twentieth of it, one second at most.
constexpr double jitter_share = 0.05;
constexpr double jitter_max = 1000;

double thread_random() {
  thread_local std::mt19937_64 source{std::random_device{}()};
  return std::uniform_real_distribution<double>{}(source);
}

} // namespace

provider_gate::provider_gate(provider_gate_options options)
  : options_(std::move(options)), allowed_(options_.calls_max) {
  if (!options_.random)
    options_.random = thread_random;
}

milliseconds provider_gate::wait_at(time_point now) const {
  return std::max(std::chrono::ceil<milliseconds>(opens_at_ - now),
                  milliseconds{1});
}

tl::expected<void, provider_gate::closed>
provider_gate::enter(time_point until) {
  std::unique_lock lock{mutex_};
  auto begin = options_.now();
  // A call that had to wait is not to fail for the time it lost.
  auto patience = (until - begin) / 2;
  for (auto now = begin;; now = options_.now()) {
    if (now < opens_at_)
      return tl::unexpected{closed{wait_at(now), why_}};
    auto waited = now - begin;
    auto has_place = inside_ < (on_trial_ ? 1 : allowed_);
    if (has_place && (now == begin || waited <= patience)) {
      ++inside_;
      return {};
    }
    if (waited >= patience)
      return tl::unexpected{
        closed{busy_wait, "other calls of the provider took all the time"}};
    changed_.wait_for(lock, patience - waited);
  }
}

void provider_gate::leave() {
  --inside_;
  changed_.notify_all();
}

void provider_gate::leave_good() {
  std::lock_guard guard{mutex_};
  // What was on its way when the gate was closed says nothing of now.
  if (options_.now() >= opens_at_) {
    closings_ = 0;
    on_trial_ = false;
  }
  if (++good_in_row_ >= options_.good_calls_a_step) {
    good_in_row_ = 0;
    allowed_ = std::min(allowed_ + 1, options_.calls_max);
  }
  leave();
}

void provider_gate::leave_answered() {
  std::lock_guard guard{mutex_};
  if (options_.now() >= opens_at_)
    on_trial_ = false;
  leave();
}

void provider_gate::leave_failed() {
  std::lock_guard guard{mutex_};
  good_in_row_ = 0;
  leave();
}

provider_gate::closed
provider_gate::leave_throttled(std::optional<milliseconds> retry_after,
                               std::string why) {
  std::lock_guard guard{mutex_};
  auto now = options_.now();
  // Several calls that were on their way together are one refusal.
  auto is_news = now >= opens_at_;
  double wait = 0;
  // Nobody's clock, and no "0", lets calls that are refused again and again
  // follow each other at once.
  if (retry_after && (closings_ == 0 || *retry_after >= options_.backoff)) {
    wait = static_cast<double>(retry_after->count());
    wait += options_.random() * std::min(wait * jitter_share, jitter_max);
  } else if (is_news) {
    auto longest = static_cast<double>(options_.backoff_max.count());
    wait = std::min(static_cast<double>(options_.backoff.count())
                      * std::exp2(std::min(closings_, 30U)),
                    longest)
           * (0.5 + options_.random() / 2);
    allowed_ = std::max<size_t>(allowed_ / 2, 1);
  }
  if (is_news)
    ++closings_;
  auto opens_at = now + milliseconds{static_cast<int64_t>(std::ceil(wait))};
  if (is_news || opens_at > opens_at_) {
    opens_at_ = opens_at;
    why_ = std::move(why);
  }
  on_trial_ = true;
  good_in_row_ = 0;
  leave();
  return {wait_at(now), why_};
}

size_t provider_gate::calls_allowed() const {
  std::lock_guard guard{mutex_};
  return allowed_;
}

} // namespace batch
