// The stores under test, each opened and taken over, and short forms of what
// tests ask of them.
#pragma once

#include "storage/hostile_store.hpp"
#include "storage/memory_store.hpp"
#include "storage/rocksdb_store.hpp"
#include "tests/storage/child_process.hpp"
#include "tests/storage/printing.hpp"
#include "tests/storage/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace batch::test {

using row_list = std::vector<std::pair<std::string, std::string>>;

/// The value of an `expected` that must hold one.
template <class T>
T must(expected<T> x) {
  BOOST_REQUIRE_MESSAGE(x, (x ? "" : x.error().message));
  if constexpr (!std::is_void_v<T>)
    return std::move(*x);
}

/// The code of an `expected` that must have failed.
template <class T>
ec code_of(const expected<T>& x) {
  BOOST_REQUIRE(!x);
  BOOST_TEST(!x.error().message.empty());
  return x.error().code;
}

inline row_list rows_of(const page& x) {
  row_list result;
  for (size_t i = 0; i < x.size(); ++i)
    result.emplace_back(x[i].key, x[i].value);
  return result;
}

/// Everything in a range, read in pages of a given size.
inline row_list read_all(const store_reader& s, const snapshot_ptr& view,
                         family f, size_t page_bytes = 1 << 20,
                         std::string from = {}, std::string to = {}) {
  row_list result;
  for (std::string last;;) {
    auto next = must(s.scan(view, f, from, to, last, page_bytes));
    for (auto& row : rows_of(next))
      result.push_back(std::move(row));
    if (!next.more)
      return result;
    BOOST_REQUIRE(!next.empty());
    last = next.last_key();
  }
}

inline row_list read_all(const store_reader& s, family f) {
  return read_all(s, nullptr, f);
}

inline write_batch put_one(family f, std::string_view key,
                           std::string_view value) {
  write_batch result;
  result.put(f, key, value);
  return result;
}

/// Options for a store in a folder on any disk, however small.
inline rocksdb_options options_in(const std::filesystem::path& folder) {
  rocksdb_options o;
  o.folder = folder;
  o.free_bytes_low = 0;
  return o;
}

struct memory_kind {
  store_ptr store = make_memory_store();
};

struct hostile_kind {
  store_ptr store = make_hostile_store({});
};

struct rocksdb_kind {
  temporary_folder folder;
  store_ptr store = must(open_rocksdb_store(options_in(folder.path())));
};

/// Flushes and compacts all the time.
struct tiny_rocksdb_kind {
  temporary_folder folder;
  store_ptr store = must(open_rocksdb_store([this] {
    auto o = options_in(folder.path());
    o.memtable_bytes = 64 << 10;
    o.wal_bytes_max = 128 << 10;
    return o;
  }()));
};

using all_kinds
  = std::tuple<memory_kind, rocksdb_kind, tiny_rocksdb_kind, hostile_kind>;

/// A store whose writer is the test.
template <class Kind>
struct written : Kind {
  uint64_t term = must(this->store->take_over());

  commit_status commit(const write_batch& changes,
                       durability d = durability::buffered) {
    return this->store->commit(changes, d, term);
  }

  commit_status put(family f, std::string_view key, std::string_view value,
                    durability d = durability::buffered) {
    return commit(put_one(f, key, value), d);
  }
};

} // namespace batch::test
