#include "storage/memory_store.hpp"

#include "codecs/limits.hpp"
#include "storage/keys.hpp"
#include "storage/term.hpp"

#include <array>
#include <cassert>
#include <map>
#include <mutex>

namespace batch {

namespace {

// std::string compares its bytes as unsigned, which is the store's order.
using rows = std::map<std::string, std::string, std::less<>>;
using all_rows = std::array<rows, family_count>;

struct memory_snapshot : snapshot {
  explicit memory_snapshot(all_rows x) : families(std::move(x)) {}
  const all_rows families;
};

std::optional<std::string> find(const rows& in, std::string_view key) {
  auto found = in.find(key);
  if (found == in.end())
    return std::nullopt;
  return found->second;
}

page read_page(const rows& in, std::string_view from, std::string_view to,
               std::string_view after_key, size_t limit_bytes) {
  page result;
  auto row = !after_key.empty() && after_key >= from ? in.upper_bound(after_key)
                                                     : in.lower_bound(from);
  for (; row != in.end() && (to.empty() || row->first < to); ++row) {
    if (!result.empty() && result.bytes() >= limit_bytes) {
      result.more = true;
      break;
    }
    result.add(row->first, row->second);
  }
  return result;
}

class memory_store final : public store {
public:
  expected<std::optional<std::string>>
  get(family f, std::string_view key) const override {
    std::lock_guard guard{mutex_};
    return find(of(f), key);
  }

  expected<std::vector<std::optional<std::string>>>
  get_many(family f, std::span<const std::string> keys) const override {
    std::lock_guard guard{mutex_};
    std::vector<std::optional<std::string>> values;
    values.reserve(keys.size());
    for (auto& key : keys)
      values.push_back(find(of(f), key));
    return values;
  }

  snapshot_ptr take_snapshot() const override {
    std::lock_guard guard{mutex_};
    return std::make_shared<memory_snapshot>(families_);
  }

  expected<page> scan(const snapshot_ptr& view, family f, std::string_view from,
                      std::string_view to, std::string_view after_key,
                      size_t limit_bytes) const override {
    auto index = static_cast<size_t>(f);
    if (auto frozen = dynamic_cast<const memory_snapshot*>(view.get()))
      return read_page(frozen->families[index], from, to, after_key,
                       limit_bytes);
    assert(view == nullptr);
    std::lock_guard guard{mutex_};
    return read_page(of(f), from, to, after_key, limit_bytes);
  }

  batch::capacity capacity() const override { return capacity::ok; }

  store_health health() const override { return {}; }

  expected<uint64_t> take_over() override {
    std::lock_guard guard{mutex_};
    auto term = stored_term();
    if (!term)
      return fail(term);
    ++*term;
    of(family::meta)
      .insert_or_assign(std::string{keys::term}, render_term(*term));
    return *term;
  }

  commit_status commit(const write_batch& changes, durability,
                       uint64_t term) override {
    assert(changes.entries() <= batch_entries_max);
    assert(changes.bytes() <= batch_bytes_max);
    std::lock_guard guard{mutex_};
    auto current = stored_term();
    if (!current)
      return commit_status::fatal;
    if (term != *current)
      return commit_status::stale_term;
    if (!expectations_hold(changes))
      return commit_status::mismatch;
    apply(changes);
    return commit_status::ok;
  }

  /// Takes over all rows of another store, in which nobody writes meanwhile.
  expected<void> load(const store_reader& original) {
    constexpr size_t page_bytes = 1 << 20;
    for (size_t i = 0; i < family_count; ++i) {
      for (std::string last;;) {
        auto rows_read = original.scan(nullptr, static_cast<family>(i), {}, {},
                                       last, page_bytes);
        if (!rows_read)
          return fail(rows_read);
        for (size_t n = 0; n < rows_read->size(); ++n) {
          auto [key, value] = (*rows_read)[n];
          families_[i].emplace(key, value);
        }
        if (!rows_read->more)
          break;
        last = rows_read->last_key();
      }
    }
    return {};
  }

private:
  rows& of(family f) { return families_[static_cast<size_t>(f)]; }
  const rows& of(family f) const { return families_[static_cast<size_t>(f)]; }

  expected<uint64_t> stored_term() const {
    return parse_term(find(of(family::meta), keys::term));
  }

  bool expectations_hold(const write_batch& changes) const {
    bool hold = true;
    changes.for_each([&](const write_batch::entry& x) {
      if (x.op == write_batch::op::expect_value)
        hold = hold && find(of(x.family), x.key) == x.value;
      else if (x.op == write_batch::op::expect_absent)
        hold = hold && !of(x.family).contains(x.key);
    });
    return hold;
  }

  void apply(const write_batch& changes) {
    changes.for_each([&](const write_batch::entry& x) {
      if (x.op == write_batch::op::erase_range && x.key < x.value) {
        auto& in = of(x.family);
        in.erase(in.lower_bound(x.key), in.lower_bound(x.value));
      }
    });
    changes.for_each([&](const write_batch::entry& x) {
      if (x.op == write_batch::op::put)
        of(x.family).insert_or_assign(std::string{x.key}, std::string{x.value});
      else if (x.op == write_batch::op::erase)
        of(x.family).erase(std::string{x.key});
    });
  }

  mutable std::mutex mutex_;
  all_rows families_;
};

} // namespace

store_ptr make_memory_store() {
  return std::make_shared<memory_store>();
}

expected<store_ptr> copy_to_memory_store(const store_reader& original) {
  auto result = std::make_shared<memory_store>();
  if (auto loaded = result->load(original); !loaded)
    return fail(loaded);
  return result;
}

} // namespace batch
