#include "actors/queries/data_queries.hpp"

#include "actors/queries/cursor.hpp"
#include "actors/queries/rows.hpp"
#include "codecs/items.hpp"
#include "codecs/record.hpp"
#include "codecs/stamped.hpp"

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
  auto after = read_cursor(cursor);
  if (!after)
    return fail(after);
  row_cursor rows{store,  nullptr, family::things, keys::of_namespace(ns),
                  *after, 64 << 10};
  record_list list;
  std::string last;
  for (;;) {
    auto more = rows.next();
    if (!more)
      return fail(more);
    if (!*more)
      return list;
    if (list.records.size() == limit) {
      list.next_cursor = make_cursor(last);
      return list;
    }
    auto thing = read_stamped(rows.row().value);
    if (!thing)
      return fail(thing);
    list.records.emplace_back(thing->text);
    last = rows.row().key;
  }
}

expected<record_list> list_relationships(const store_reader& store,
                                         const relationship_filter& filter,
                                         size_t limit,
                                         std::string_view cursor) {
  auto after = read_cursor(cursor);
  if (!after)
    return fail(after);
  auto range
    = keys::links(filter.from ? 'o' : 'i', filter.ns, filter.id, filter.type);
  row_cursor links{store, nullptr, family::links, range, *after, 64 << 10};
  item_reader reader;
  record_list list;
  std::string last;
  for (;;) {
    auto more = links.next();
    if (!more)
      return fail(more);
    if (!*more)
      return list;
    if (list.records.size() == limit) {
      list.next_cursor = make_cursor(last);
      return list;
    }
    last = links.row().key;
    auto record = store.get(family::relationships, links.row().value);
    if (!record)
      return fail(record);
    if (!*record)
      continue;
    auto relationship = read_stamped(**record);
    if (!relationship)
      return fail(relationship);
    if (has_end(reader, relationship->text, filter))
      list.records.emplace_back(relationship->text);
  }
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
