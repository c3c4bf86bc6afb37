#include "actors/vector_claims.hpp"
#include "actors/work.hpp"
#include "codecs/items.hpp"
#include "codecs/limits.hpp"
#include "codecs/record.hpp"
#include "codecs/stamped.hpp"
#include "codecs/utf8.hpp"
#include "storage/keys.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace batch {

namespace {

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

/// The attempts of the dead letter that the item was.
expected<void> read_history(const store_reader& store, work_item& item,
                            const item_position& at) {
  auto record = store.get(family::dead, keys::dead_item(at.job, at.item));
  if (!record)
    return fail(record);
  if (!*record)
    return {};
  auto letter = decode_record<dead_letter>(**record);
  if (!letter)
    return fail(letter);
  item.place = letter->place;
  item.history = std::make_shared<const letter_history>(
    letter_history{{letter->job, at.item}, std::move(letter->attempts)});
  return {};
}

expected<void> add_item(const store_reader& store, loaded_work& work,
                        uint32_t offset) {
  const auto& x = work.source->items()[offset];
  auto& item = work.items.emplace_back();
  item.offset = offset;
  item.text = x.text;
  item.place = {work.job->spec.number, work.first_item + offset};
  if (x.fault)
    item.fault = error{*x.fault, std::string{x.fault_message}};
  if (x.letter.job != 0)
    return read_history(store, item, x.letter);
  return {};
}

expected<void> select_items(const store_reader& store, loaded_work& work) {
  auto count = work.source->items().size();
  auto offsets = work.ref.offsets;
  if (offsets.empty()) {
    offsets.resize(count);
    std::iota(offsets.begin(), offsets.end(), 0U);
  }
  work.items.reserve(offsets.size());
  for (auto offset : offsets)
    if (offset < count)
      if (auto added = add_item(store, work, offset); !added)
        return added;
  return {};
}

/// "ns/id" of a key, for messages.
std::string readable(std::string key) {
  std::ranges::replace(key, '\0', '/');
  return key;
}

/// Reads each thing that items name once, until there is enough.
class thing_loader {
public:
  thing_loader(const store_reader& store, loaded_work& work)
    : store_(store), work_(work) {}

  expected<void> load(work_item& item, const std::string& key) {
    auto known = found_.find(key);
    if (known == found_.end()) {
      if (bytes_ >= outcome_bytes_max) {
        item.unloaded = true;
        return {};
      }
      auto read = read_thing(key);
      if (!read)
        return fail(read);
      known = found_.emplace(key, std::move(*read)).first;
    }
    item.thing = known->second.text;
    item.fault = known->second.fault;
    return {};
  }

private:
  struct found {
    std::optional<std::string_view> text;
    std::optional<error> fault;
  };

  expected<found> read_thing(const std::string& key) {
    auto record = store_.get(family::things, key);
    if (!record && record.error().code != ec::storage_corrupt)
      return fail(record);
    if (record && !*record)
      return found{};
    auto thing = record ? read_stamped(**record) : fail(record);
    if (!thing)
      return found{{},
                   error{ec::storage_corrupt, "the stored thing "
                                                + readable(key) + ": "
                                                + thing.error().message}};
    auto& kept = work_.things.emplace_back(std::move(**record));
    bytes_ += kept.size();
    return found{std::string_view{kept}.substr(stamp_bytes), {}};
  }

  const store_reader& store_;
  loaded_work& work_;
  std::map<std::string, found> found_;
  size_t bytes_ = 0;
};

/// What is known of the vector that a thing has already. One that cannot be
/// read is made again.
expected<void> load_origin(const store_reader& store, work_item& item,
                           const std::string& key) {
  auto record = store.get(family::embeddings, key);
  if (!record && record.error().code != ec::storage_corrupt)
    return fail(record);
  if (!record || !*record)
    return {};
  if (auto x = decode_record<embedding>(**record))
    item.current
      = embedding_origin{std::move(x->model), std::move(x->text_hash)};
  return {};
}

/// Reads the model of each namespace once.
class model_loader {
public:
  model_loader(const store_reader& store, loaded_work& work)
    : store_(store), work_(work) {}

  expected<void> load(std::string_view ns) {
    if (!seen_.emplace(ns).second)
      return {};
    auto model = find_namespace_model(store_, ns);
    if (!model)
      return fail(model);
    if (*model)
      work_.models.emplace(ns, std::move(**model));
    return {};
  }

private:
  const store_reader& store_;
  loaded_work& work_;
  std::set<std::string> seen_;
};

/// Loads for each item the thing that it names; one that names none gets a
/// fault.
expected<void> load_things(const store_reader& store, loaded_work& work) {
  const auto& options = work.job->options;
  auto with_origins = work.job->spec.type == job_type::generate_embeddings
                      && !options.embedding_force;
  auto are_stored = work.source->source() == item_source::stored_things;
  thing_loader loader{store, work};
  model_loader models{store, work};
  item_reader reader;
  for (auto& item : work.items) {
    if (item.fault)
      continue;
    auto ref = reader.thing_ref(item.text);
    if (!ref) {
      item.fault = std::move(ref).error();
      continue;
    }
    auto key = keys::named(ref->ns, ref->id);
    if (are_stored)
      item.thing = item.text;
    else if (auto loaded = loader.load(item, key); !loaded)
      return loaded;
    if (!with_origins || item.unloaded)
      continue;
    if (auto loaded = models.load(ref->ns); !loaded)
      return loaded;
    if (auto loaded = load_origin(store, item, key); !loaded)
      return loaded;
  }
  return {};
}

expected<void> check_endpoint(const store_reader& store, work_item& item,
                              std::string_view ns, std::string_view id) {
  auto key = keys::named(ns, id);
  auto record = store.get(family::things, key);
  if (!record)
    return fail(record);
  if (!*record && item.missing_endpoint.empty())
    item.missing_endpoint = readable(key);
  return {};
}

expected<void> check_endpoints(const store_reader& store, loaded_work& work) {
  item_reader reader;
  for (auto& item : work.items) {
    if (item.fault)
      continue;
    auto x = reader.relationship(item.text);
    if (!x)
      continue;
    for (auto [ns, id] :
         {std::pair{x->from_ns, x->from_id}, std::pair{x->to_ns, x->to_id}})
      if (auto checked = check_endpoint(store, item, ns, id); !checked)
        return checked;
  }
  return {};
}

expected<void> load_what_is_named(const store_reader& store,
                                  loaded_work& work) {
  switch (work.job->spec.type.base) {
  case job_type::import_relationships:
    return work.job->options.endpoints_must_exist ? check_endpoints(store, work)
                                                  : expected<void>{};
  case job_type::generate_embeddings:
  case job_type::export_things:
    return load_things(store, work);
  default:
    return {};
  }
}

} // namespace

expected<loaded_work> load_items(const store_reader& store, job_context_ptr job,
                                 const chunk_ref& ref) {
  loaded_work work;
  work.job = std::move(job);
  work.ref = ref;
  auto source = read_chunk(store, *work.job, ref.chunk);
  if (!source)
    return fail(source);
  work.source = std::make_shared<chunk>(std::move(*source));
  work.first_item = work.source->first_item();
  if (auto ok = select_items(store, work); !ok)
    return fail(ok);
  return work;
}

expected<loaded_work> load_work(const store_reader& store, job_context_ptr job,
                                const chunk_ref& ref) {
  auto work = load_items(store, std::move(job), ref);
  if (work)
    if (auto ok = load_what_is_named(store, *work); !ok)
      return fail(ok);
  return work;
}

chunk_outcome all_failed(const loaded_work& work, const error& why) {
  error kept{why.code, to_message(why.message), why.pointer};
  chunk_outcome out;
  out.ref = work.ref;
  out.first_item = work.first_item;
  out.is_replay = work.source->source() == item_source::dead_letters;
  for (const auto& item : work.items)
    out.failures.push_back({item.offset,
                            item.fault.value_or(kept),
                            std::string{item.text},
                            item.place,
                            item.history,
                            {}});
  return out;
}

} // namespace batch
