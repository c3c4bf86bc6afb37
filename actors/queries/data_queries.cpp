#include "actors/queries/data_queries.hpp"

#include "actors/queries/answer_bytes.hpp"
#include "actors/queries/cursor.hpp"
#include "actors/queries/rows.hpp"
#include "codecs/items.hpp"
#include "codecs/record.hpp"
#include "codecs/stamped.hpp"

#include <optional>

namespace batch {

namespace {

/// Whether a relationship still has the end that a link says it has.
bool has_end(item_reader& reader, std::string_view text,
             const relationship_filter& filter) {
  auto x = reader.relationship(text);
  if (!x || (!filter.type.empty() && x->type != filter.type))
    return false;
  return filter.from ? x->from_ns == filter.ns && x->from_id == filter.id
                     : x->to_ns == filter.ns && x->to_id == filter.id;
}

/// The record that a row lists; nothing if the row does not count.
using listed_text = std::optional<std::string>;

expected<listed_text> text_of(std::string_view record) {
  auto stamped = read_stamped(record);
  if (!stamped)
    return fail(stamped);
  return std::string{stamped->text};
}

/// One page of a list: bounded by the caller's limit, by its bytes, and by the
/// rows that it looks at.
/// @param read makes an `expected<listed_text>` of a row.
template <class Read>
expected<record_list> read_list(const store_reader& store, family f,
                                keys::range range, size_t limit,
                                std::string_view cursor, Read&& read) {
  auto after = read_cursor(cursor, range);
  if (!after)
    return fail(after);
  row_cursor rows{store, nullptr, f, std::move(range), *after, 64 << 10};
  record_list list;
  std::string last;
  size_t bytes = 0;
  for (size_t looked_at = 0;; ++looked_at) {
    auto more = rows.next();
    if (!more)
      return fail(more);
    if (!*more)
      return list;
    if (list.records.size() == limit || bytes >= answer_bytes_max
        || looked_at == rows_looked_at_max) {
      list.next_cursor = make_cursor(last);
      return list;
    }
    auto text = read(rows.row());
    if (!text)
      return fail(text);
    last = rows.row().key;
    if (!*text)
      continue;
    bytes += (*text)->size();
    list.records.push_back(std::move(**text));
  }
}

} // namespace

expected<std::string> find_thing(const store_reader& store, std::string_view ns,
                                 std::string_view id) {
  auto record = store.get(family::things, keys::named(ns, id));
  if (!record)
    return fail(record);
  if (!*record)
    return fail(ec::no_such_thing, "no thing has this ns and id");
  auto thing = read_stamped(**record);
  if (!thing)
    return fail(thing);
  return std::string{thing->text};
}

expected<record_list> list_things(const store_reader& store,
                                  std::string_view ns, size_t limit,
                                  std::string_view cursor) {
  return read_list(store, family::things, keys::of_namespace(ns), limit, cursor,
                   [](const page::row& row) { return text_of(row.value); });
}

expected<record_list> list_relationships(const store_reader& store,
                                         const relationship_filter& filter,
                                         size_t limit,
                                         std::string_view cursor) {
  item_reader reader;
  auto range
    = keys::links(filter.from ? 'o' : 'i', filter.ns, filter.id, filter.type);
  return read_list(store, family::links, std::move(range), limit, cursor,
                   [&](const page::row& link) -> expected<listed_text> {
                     auto record = store.get(family::relationships, link.value);
                     if (!record)
                       return fail(record);
                     if (!*record)
                       return std::nullopt;
                     auto text = text_of(**record);
                     if (text && !has_end(reader, **text, filter))
                       return std::nullopt;
                     return text;
                   });
}

expected<embedding> find_embedding(const store_reader& store,
                                   std::string_view ns, std::string_view id) {
  auto record = store.get(family::embeddings, keys::named(ns, id));
  if (!record)
    return fail(record);
  if (!*record)
    return fail(ec::no_such_embedding, "no embedding has this ns and id");
  return decode_record<embedding>(**record);
}

} // namespace batch
