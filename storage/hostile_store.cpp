#include "storage/hostile_store.hpp"

#include "codecs/limits.hpp"
#include "storage/memory_store.hpp"

#include <algorithm>
#include <cassert>
#include <mutex>
#include <random>

namespace batch {

namespace {

/// A view that can be lost: by chance, for ever, or by a power cut.
struct hostile_snapshot : snapshot {
  snapshot_ptr view;
  uint64_t power_cuts = 0;
  mutable bool gone = false; // guarded by the mutex of the store
};

class hostile_store_impl final : public hostile_store {
public:
  explicit hostile_store_impl(hostile_options options)
    : options_(options), random_(options.seed) {}

  expected<std::optional<std::string>>
  get(family f, std::string_view key) const override {
    return present()->get(f, key);
  }

  expected<std::vector<std::optional<std::string>>>
  get_many(family f, std::span<const std::string> keys) const override {
    return present()->get_many(f, keys);
  }

  snapshot_ptr take_snapshot() const override {
    std::lock_guard guard{mutex_};
    auto result = std::make_shared<hostile_snapshot>();
    result->view = present_->take_snapshot();
    result->power_cuts = power_cuts_;
    return result;
  }

  expected<page> scan(const snapshot_ptr& view, family f, std::string_view from,
                      std::string_view to, std::string_view after_key,
                      size_t limit_bytes) const override {
    auto frozen = dynamic_cast<const hostile_snapshot*>(view.get());
    assert(frozen || !view);
    if (!frozen)
      return present()->scan(nullptr, f, from, to, after_key, limit_bytes);
    if (is_gone(*frozen))
      return fail(ec::snapshot_gone, "The hostile store gave up this snapshot");
    return present()->scan(frozen->view, f, from, to, after_key, limit_bytes);
  }

  batch::capacity capacity() const override { return capacity::ok; }

  store_health health() const override { return {}; }

  expected<uint64_t> take_over() override {
    std::lock_guard guard{mutex_};
    return raise_term();
  }

  commit_status commit(const write_batch& changes, durability d,
                       uint64_t term) override {
    std::lock_guard guard{mutex_};
    return run(changes, d, term);
  }

  void depose() override {
    std::lock_guard guard{mutex_};
    // Memory has no errors, so only a spoilt term could be refused; then the
    // old writer is refused as well.
    [[maybe_unused]] auto raised = raise_term();
    assert(raised);
  }

  void cut_power(size_t survivors) override {
    std::lock_guard guard{mutex_};
    make_durable(survivors);
    auto copy = copy_to_memory_store(*durable_);
    assert(copy);
    present_ = std::move(*copy);
    ++power_cuts_;
  }

  size_t buffered_commits() const override {
    std::lock_guard guard{mutex_};
    return buffered_.size();
  }

private:
  // -- called with the mutex held --------------------------------------------

  bool happens(unsigned permille) const {
    // Draws nothing for a harm that is switched off, so that switching one on
    // does not change when the others strike.
    return permille > 0 && random_() % 1000 < permille;
  }

  expected<uint64_t> raise_term() {
    // A new term is a durable write: it takes along what came before it.
    make_durable();
    auto raised = present_->take_over();
    if (auto same = durable_->take_over(); !same)
      return same;
    term_ = raised.value_or(term_);
    return raised;
  }

  commit_status run(const write_batch& changes, durability d, uint64_t term) {
    if (happens(options_.retry_permille))
      return commit_status::retry;
    if (happens(options_.no_space_permille))
      return commit_status::no_space;
    auto unknown = happens(options_.unknown_permille);
    if (unknown && random_() % 2 == 0)
      return commit_status::unknown;
    auto result = present_->commit(changes, d, term);
    if (result == commit_status::ok)
      remember(changes, d);
    return unknown ? commit_status::unknown : result;
  }

  void remember(const write_batch& changes, durability d) {
    buffered_.push_back(changes);
    if (d == durability::durable)
      make_durable();
  }

  /// Does in the durable state what was done in the present one before.
  void make_durable(size_t commits = SIZE_MAX) {
    for (size_t i = 0; i < std::min(commits, buffered_.size()); ++i) {
      [[maybe_unused]] auto status
        = durable_->commit(buffered_[i], durability::durable, term_);
      assert(status == commit_status::ok);
    }
    buffered_.clear();
  }

  // -- called without the mutex ----------------------------------------------

  bool is_gone(const hostile_snapshot& view) const {
    std::lock_guard guard{mutex_};
    if (view.power_cuts != power_cuts_
        || happens(options_.snapshot_gone_permille))
      view.gone = true;
    return view.gone;
  }

  store_ptr present() const {
    std::lock_guard guard{mutex_};
    return present_;
  }

  const hostile_options options_;
  mutable std::mutex mutex_;
  mutable std::mt19937_64 random_;
  /// What a reader sees, and what a power cut would leave.
  store_ptr present_ = make_memory_store();
  store_ptr durable_ = make_memory_store();
  std::vector<write_batch> buffered_;
  uint64_t term_ = 0;
  uint64_t power_cuts_ = 0;
};

} // namespace

std::shared_ptr<hostile_store> make_hostile_store(hostile_options options) {
  return std::make_shared<hostile_store_impl>(options);
}

} // namespace batch
