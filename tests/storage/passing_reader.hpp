// What test stores that watch or disturb reads are made of.
#pragma once

#include "storage/store.hpp"

#include <utility>

namespace batch::test {

/// Passes every read on to another reader.
/// @tparam Base `store_reader`, or `store` for one that writes as well.
template <class Base>
class passing_reads : public Base {
public:
  explicit passing_reads(store_reader_ptr in) : in_(std::move(in)) {}

  expected<std::optional<std::string>>
  get(family f, std::string_view key) const override {
    return in_->get(f, key);
  }

  expected<std::vector<std::optional<std::string>>>
  get_many(family f, std::span<const std::string> keys) const override {
    return in_->get_many(f, keys);
  }

  snapshot_ptr take_snapshot() const override { return in_->take_snapshot(); }

  expected<page> scan(const snapshot_ptr& view, family f, std::string_view from,
                      std::string_view to, std::string_view after_key,
                      size_t limit_bytes) const override {
    return in_->scan(view, f, from, to, after_key, limit_bytes);
  }

  batch::capacity capacity() const override { return in_->capacity(); }
  store_health health() const override { return in_->health(); }

private:
  store_reader_ptr in_;
};

using passing_reader = passing_reads<store_reader>;

} // namespace batch::test
