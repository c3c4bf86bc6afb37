// What can be asked about things, relationships and embeddings. Plain
// functions over the store: any thread may call them.
#pragma once

#include "codecs/job.hpp"
#include "storage/store.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// JSON texts of records, as they were sent.
struct record_list {
  std::vector<std::string> records;
  /// Empty if this was the last page.
  std::string next_cursor;
};

/// Errors: `ec::no_such_thing`.
expected<std::string> find_thing(const store_reader& store, std::string_view ns,
                                 std::string_view id);

/// The things of a namespace, by id. A page ends at the limit or at about
/// `answer_bytes_max`. Errors: `ec::invalid_request` (cursor).
expected<record_list> list_things(const store_reader& store,
                                  std::string_view ns, size_t limit,
                                  std::string_view cursor);

/// Which end of relationships is asked for.
struct relationship_filter {
  /// True for those that come from the thing, false for those that go to it.
  bool from = true;
  std::string ns;
  std::string id;
  /// Empty for all types.
  std::string type;
};

/// The relationships of one end, by type; pages as those of things. A page may
/// be empty and still have a next one: it looks at a bounded number of links.
/// Errors: `ec::invalid_request` (cursor).
expected<record_list> list_relationships(const store_reader& store,
                                         const relationship_filter& filter,
                                         size_t limit, std::string_view cursor);

/// Errors: `ec::no_such_embedding`.
expected<embedding> find_embedding(const store_reader& store,
                                   std::string_view ns, std::string_view id);

} // namespace batch
