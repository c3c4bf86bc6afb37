#include "actors/cluster/remote_store.hpp"

#include <algorithm>
#include <cassert>
#include <mutex>

namespace batch {

namespace {

/// Keys that one message asks for.
constexpr size_t keys_per_call = 256;
static_assert(keys_per_call * key_bytes_max <= wire_bytes_max / 2);

/// How long the state of the store is taken for the present one: probes and
/// their like come often.
constexpr std::chrono::seconds status_age_max{1};

/// What the value of a key is counted as, and those of a call at least: most
/// are records of less than 1 KiB, a few things of up to 1 MiB.
constexpr size_t row_bytes = 4 << 10;
constexpr size_t rows_bytes_min = 64 << 10;

/// Bytes of a call and an answer without rows.
constexpr size_t small_bytes = 1 << 10;

class remote_snapshot final : public snapshot {
public:
  explicit remote_snapshot(coordinator_link_ptr link)
    : link_(std::move(link)), number_(link_->next_number()) {
    auto& bridge = *link_->bridge();
    taken_ = bridge.wait(bridge.ask<gate_actor, void>(
      small_bytes, atom::snapshot_atom_v, number_));
  }

  ~remote_snapshot() override {
    // It may have been taken although the answer did not come.
    link_->bridge()->tell<gate_actor>(atom::release_atom_v, number_);
  }

  uint64_t number() const { return number_; }
  const expected<void>& taken() const { return taken_; }

private:
  coordinator_link_ptr link_;
  uint64_t number_;
  expected<void> taken_;
};

class remote_store_reader final : public store_reader {
public:
  explicit remote_store_reader(coordinator_link_ptr link)
    : link_(std::move(link)) {}

  expected<std::optional<std::string>>
  get(family f, std::string_view key) const override {
    std::string asked{key};
    auto values = get_many(f, {&asked, 1});
    if (!values)
      return fail(values);
    return std::move(values->front());
  }

  expected<std::vector<std::optional<std::string>>>
  get_many(family f, std::span<const std::string> keys) const override {
    std::vector<std::optional<std::string>> values;
    values.reserve(keys.size());
    while (values.size() < keys.size()) {
      auto rest = keys.subspan(values.size());
      auto found
        = read_rows(f, rest.first(std::min(rest.size(), keys_per_call)));
      if (!found)
        return fail(found);
      values.insert(values.end(), (*found)->values.begin(),
                    (*found)->values.end());
    }
    return values;
  }

  snapshot_ptr take_snapshot() const override {
    return std::make_shared<remote_snapshot>(link_);
  }

  expected<page> scan(const snapshot_ptr& view, family f, std::string_view from,
                      std::string_view to, std::string_view after_key,
                      size_t limit_bytes) const override {
    scan_request request;
    assert(!view || dynamic_cast<const remote_snapshot*>(view.get()));
    if (auto remote = dynamic_cast<const remote_snapshot*>(view.get())) {
      if (!remote->taken())
        return tl::unexpected{remote->taken().error()};
      request.view = remote->number();
    }
    request.family = f;
    request.from = from;
    request.to = to;
    request.after_key = after_key;
    auto limit = std::min(limit_bytes, remote_page_bytes_max);
    request.limit_bytes = limit;
    auto& bridge = *link_->bridge();
    auto rows = bridge.wait(bridge.ask<gate_actor, page_ptr>(
      std::max(limit, rows_bytes_min), atom::scan_atom_v,
      std::make_shared<const scan_request>(std::move(request))));
    if (!rows)
      return fail(rows);
    return **rows;
  }

  expected<backup_info> backup(const std::filesystem::path&) const override {
    return fail(ec::conflict, "a backup is made where the data is: ask the "
                              "gateway of the coordinator at "
                                + link_->options().coordinator);
  }

  batch::capacity capacity() const override { return status().capacity; }

  store_health health() const override { return status().health; }

private:
  expected<found_rows_ptr> read_rows(family f,
                                     std::span<const std::string> keys) const {
    rows_request request{f, {keys.begin(), keys.end()}};
    auto bytes = std::clamp(keys.size() * row_bytes, rows_bytes_min,
                            remote_page_bytes_max);
    auto& bridge = *link_->bridge();
    auto found = bridge.wait(bridge.ask<gate_actor, found_rows_ptr>(
      bytes, atom::get_atom_v,
      std::make_shared<const rows_request>(std::move(request))));
    if (!found)
      return found;
    auto count = (*found)->values.size();
    if (count == 0 || count > keys.size())
      return fail(ec::internal, "the coordinator answered "
                                  + std::to_string(count) + " values to "
                                  + std::to_string(keys.size()) + " keys");
    return found;
  }

  /// What the coordinator said a moment ago; one that does not answer has no
  /// store that could be written.
  store_status status() const {
    using clock = std::chrono::steady_clock;
    std::lock_guard guard{mutex_};
    auto is_linked = link_->is_linked();
    if (known_ && was_linked_ == is_linked
        && clock::now() - known_since_ < status_age_max)
      return *known_;
    auto& bridge = *link_->bridge();
    auto asked = bridge.wait(
      bridge.ask<gate_actor, store_status>(small_bytes, atom::status_atom_v),
      link_->options().status_deadline);
    if (asked)
      known_ = *asked;
    else
      known_ = {batch::capacity::ok, {false, asked.error().message, false}};
    was_linked_ = is_linked;
    known_since_ = clock::now();
    return *known_;
  }

  coordinator_link_ptr link_;
  mutable std::mutex mutex_;
  mutable std::optional<store_status> known_;
  mutable bool was_linked_ = false;
  mutable std::chrono::steady_clock::time_point known_since_;
};

} // namespace

store_reader_ptr make_remote_store_reader(coordinator_link_ptr link) {
  return std::make_shared<remote_store_reader>(std::move(link));
}

} // namespace batch
