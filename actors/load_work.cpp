#include "actors/work.hpp"
#include "codecs/items.hpp"
#include "codecs/record.hpp"
#include "codecs/stamped.hpp"
#include "codecs/utf8.hpp"
#include "storage/keys.hpp"

#include <algorithm>
#include <numeric>

namespace batch {

namespace {

/// Things are needed by their own key, relationships' ends by two.
struct wanted_key {
  size_t item;
  std::string key;
};

expected<chunk> read_chunk(const store_reader& store, const job_context& job,
                           uint32_t number) {
  auto record = store.get(family::chunks, keys::chunk(job.spec.number, number));
  if (!record)
    return fail(record);
  if (!*record)
    return fail(ec::storage_corrupt, "chunk " + std::to_string(number)
                                       + " of job " + to_string(job.spec.id)
                                       + " is not in the store");
  return chunk::read(std::move(**record));
}

void select_items(loaded_work& work) {
  const auto& all = work.source->items();
  auto add = [&](uint32_t offset) {
    auto& item = work.items.emplace_back();
    item.offset = offset;
    item.text = all[offset].text;
    if (all[offset].fault)
      item.fault
        = error{*all[offset].fault, std::string{all[offset].fault_message}};
  };
  if (work.ref.offsets.empty())
    for (uint32_t i = 0; i < all.size(); ++i)
      add(i);
  else
    for (auto i : work.ref.offsets)
      if (i < all.size())
        add(i);
}

/// Finds the key of the thing that each item names; an item that names none
/// gets a fault.
std::vector<wanted_key> thing_keys(loaded_work& work) {
  std::vector<wanted_key> wanted;
  item_reader reader;
  for (size_t i = 0; i < work.items.size(); ++i) {
    auto& item = work.items[i];
    if (item.fault)
      continue;
    if (auto ref = reader.thing_ref(item.text))
      wanted.push_back({i, keys::named(ref->ns, ref->id)});
    else
      item.fault = std::move(ref).error();
  }
  return wanted;
}

std::vector<wanted_key> endpoint_keys(loaded_work& work) {
  std::vector<wanted_key> wanted;
  item_reader reader;
  for (size_t i = 0; i < work.items.size(); ++i) {
    if (work.items[i].fault)
      continue;
    if (auto x = reader.relationship(work.items[i].text)) {
      wanted.push_back({i, keys::named(x->from_ns, x->from_id)});
      wanted.push_back({i, keys::named(x->to_ns, x->to_id)});
    }
  }
  return wanted;
}

/// Reads the records of all keys and gives each to its item.
template <class Take>
expected<void> fetch(const store_reader& store, family f,
                     const std::vector<wanted_key>& wanted, Take&& take) {
  std::vector<std::string> keys;
  keys.reserve(wanted.size());
  for (const auto& w : wanted)
    keys.push_back(w.key);
  auto records = store.get_many(f, keys);
  if (!records)
    return fail(records);
  for (size_t i = 0; i < wanted.size(); ++i)
    if (auto taken = take(wanted[i], (*records)[i]); !taken)
      return taken;
  return {};
}

expected<void> fetch_things(const store_reader& store, loaded_work& work,
                            const std::vector<wanted_key>& wanted) {
  return fetch(store, family::things, wanted,
               [&](const wanted_key& w, auto& record) -> expected<void> {
                 if (!record)
                   return {};
                 auto thing = read_stamped(*record);
                 if (!thing)
                   return fail(thing);
                 work.items[w.item].thing.emplace(thing->text);
                 return {};
               });
}

expected<void> fetch_origins(const store_reader& store, loaded_work& work,
                             const std::vector<wanted_key>& wanted) {
  return fetch(store, family::embeddings, wanted,
               [&](const wanted_key& w, auto& record) -> expected<void> {
                 if (!record)
                   return {};
                 auto x = decode_record<embedding>(*record);
                 if (!x)
                   return fail(x);
                 work.items[w.item].current = embedding_origin{
                   std::move(x->model), std::move(x->text_hash)};
                 return {};
               });
}

/// "ns/id" of a key, for messages.
std::string readable(std::string key) {
  std::ranges::replace(key, '\0', '/');
  return key;
}

expected<void> fetch_endpoints(const store_reader& store, loaded_work& work) {
  auto wanted = endpoint_keys(work);
  return fetch(store, family::things, wanted,
               [&](const wanted_key& w, auto& record) -> expected<void> {
                 auto& missing = work.items[w.item].missing_endpoint;
                 if (!record && missing.empty())
                   missing = readable(w.key);
                 return {};
               });
}

expected<void> fetch_what_is_named(const store_reader& store,
                                   loaded_work& work) {
  const auto& options = work.job->options;
  auto stored = work.source->source() == item_source::stored_things;
  switch (work.job->spec.type) {
  case job_type::import_relationships:
    if (options.endpoints_must_exist)
      return fetch_endpoints(store, work);
    return {};
  case job_type::generate_embeddings: {
    auto wanted = thing_keys(work);
    if (!options.embedding_force)
      if (auto ok = fetch_origins(store, work, wanted); !ok)
        return ok;
    if (!stored)
      return fetch_things(store, work, wanted);
    break;
  }
  case job_type::export_things:
    if (!stored)
      return fetch_things(store, work, thing_keys(work));
    break;
  default:
    return {};
  }
  for (auto& item : work.items)
    item.thing.emplace(item.text);
  return {};
}

} // namespace

expected<loaded_work> load_work(const store_reader& store, job_context_ptr job,
                                const chunk_ref& ref) {
  loaded_work work;
  work.job = std::move(job);
  work.ref = ref;
  auto source = read_chunk(store, *work.job, ref.chunk);
  if (!source)
    return fail(source);
  work.source = std::make_shared<chunk>(std::move(*source));
  work.first_item = work.source->first_item();
  select_items(work);
  if (auto ok = fetch_what_is_named(store, work); !ok)
    return fail(ok);
  return work;
}

chunk_outcome all_failed(const loaded_work& work, const error& why) {
  error kept{why.code, to_message(why.message), why.pointer};
  chunk_outcome out;
  out.ref = work.ref;
  out.first_item = work.first_item;
  for (const auto& item : work.items)
    out.failures.push_back(
      {item.offset, item.fault.value_or(kept), std::string{item.text}});
  return out;
}

} // namespace batch
