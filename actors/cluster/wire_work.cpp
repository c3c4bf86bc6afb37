#include "actors/cluster/wire_work.hpp"

#include "codecs/limits.hpp"
#include "codecs/record.hpp"
#include "codecs/results.hpp"
#include "codecs/stamped.hpp"
#include "codecs/utf8.hpp"

#include <algorithm>
#include <set>

namespace batch {

namespace {

struct wire_error {
  ec code = ec::internal;
  std::string message;
  std::string pointer;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.code, x.message, x.pointer);
  }
};

wire_error to_wire(const error& x) {
  return {x.code, x.message, x.pointer};
}

error from_wire(wire_error x) {
  return {x.code, std::move(x.message), std::move(x.pointer)};
}

struct wire_origin {
  std::string model;
  std::string text_hash;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.model, x.text_hash);
  }
};

/// What an item has for a thing.
constexpr uint32_t no_thing = 0;
constexpr uint32_t own_text = 1;
/// Behind it: the number of the thing among those sent along.
constexpr uint32_t first_thing = 2;

struct wire_item {
  uint32_t offset = 0;
  std::optional<wire_error> fault;
  uint32_t thing = no_thing;
  std::optional<wire_origin> current;
  std::string missing_endpoint;
  uint64_t place_job = 0;
  uint32_t place_item = 0;
  bool unloaded = false;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.offset, x.fault, x.thing, x.current, x.missing_endpoint,
          x.place_job, x.place_item, x.unloaded);
  }
};

struct work_parts {
  static constexpr uint8_t record_version = 1;

  job_spec spec;
  uint32_t chunk = 0;
  uint16_t round = 1;
  std::vector<uint32_t> offsets;
  /// The chunk record as it is stored.
  std::string source;
  std::vector<wire_item> items;
  std::vector<std::string> things;
  /// The models of namespaces, by their names.
  std::map<std::string, namespace_model> models;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.spec, x.chunk, x.round, x.offsets, x.source, x.items, x.things,
          x.models);
  }
};

struct wire_failure {
  uint32_t offset = 0;
  wire_error why;
  std::optional<int64_t> retry_after_ms;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.offset, x.why, x.retry_after_ms);
  }
};

struct outcome_parts {
  static constexpr uint8_t record_version = 1;

  std::vector<uint32_t> done;
  std::vector<wire_failure> failures;
  std::vector<uint32_t> left_over;
  std::string effects;
  std::vector<std::string> results;
  std::string worker;
  std::string node;
  bool lost = false;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.done, x.failures, x.left_over, x.effects, x.results, x.worker,
          x.node, x.lost);
  }
};

/// The number of the thing that a view points into.
uint32_t thing_of(const work_item& item, const loaded_work& work) {
  if (!item.thing)
    return no_thing;
  if (item.thing->data() == item.text.data())
    return own_text;
  for (uint32_t i = 0; i < work.things.size(); ++i) {
    const auto& thing = work.things[i];
    if (item.thing->data() >= thing.data()
        && item.thing->data() < thing.data() + thing.size())
      return first_thing + i;
  }
  return no_thing;
}

wire_item to_wire(const work_item& item, uint32_t thing) {
  wire_item x;
  x.offset = item.offset;
  if (item.fault)
    x.fault = to_wire(*item.fault);
  x.thing = thing;
  if (item.current)
    x.current = wire_origin{item.current->model, item.current->text_hash};
  x.missing_endpoint = item.missing_endpoint;
  x.place_job = item.place.job;
  x.place_item = item.place.item;
  x.unloaded = item.unloaded;
  return x;
}

expected<work_item> from_wire(wire_item x, const loaded_work& work) {
  if (x.offset >= work.source->items().size()
      || x.thing >= first_thing + work.things.size())
    return fail(ec::storage_corrupt, "an item of a piece of work is not there");
  work_item item;
  item.offset = x.offset;
  item.text = work.source->items()[x.offset].text;
  if (x.fault)
    item.fault = from_wire(std::move(*x.fault));
  if (x.thing == own_text)
    item.thing = item.text;
  else if (x.thing >= first_thing)
    item.thing = work.things[x.thing - first_thing];
  if (x.current)
    item.current = embedding_origin{std::move(x.current->model),
                                    std::move(x.current->text_hash)};
  item.missing_endpoint = std::move(x.missing_endpoint);
  item.place = {x.place_job, x.place_item};
  item.unloaded = x.unloaded;
  return item;
}

bool is_of(const job_context_ptr& known, const job_spec& spec) {
  return known && known->spec.id == spec.id && known->spec.number == spec.number
         && known->spec.options == spec.options;
}

/// Whether a job of a type may write into a family.
bool may_write(job_type type, family f) {
  switch (type) {
  case job_type::import_things:
  case job_type::transform_data:
    return f == family::things;
  case job_type::import_relationships:
    return f == family::relationships || f == family::links;
  case job_type::generate_embeddings:
    return f == family::embeddings;
  default:
    return false;
  }
}

tl::unexpected<error> refused(std::string what) {
  return fail(ec::internal,
              "what a node made of a chunk is refused: " + std::move(what));
}

expected<void> check_effects(const write_batch& effects, job_type type) {
  if (effects.entries() > batch_entries_max
      || effects.bytes() > batch_bytes_max)
    return refused("more than one write may hold");
  bool is_allowed = true;
  effects.for_each([&](const write_batch::entry& x) {
    is_allowed
      &= (x.op == write_batch::op::put || x.op == write_batch::op::erase)
         && may_write(type, x.family) && !x.key.empty()
         && x.key.size() <= key_bytes_max && x.value.size() <= value_bytes_max;
  });
  if (!is_allowed)
    return refused("a change that its job may not make");
  return {};
}

/// Whether done, failed and left-over items are together those of the work.
bool has_each_item_once(const outcome_parts& parts, const loaded_work& work) {
  std::vector<uint32_t> told = parts.done;
  for (const auto& x : parts.failures)
    told.push_back(x.offset);
  told.insert(told.end(), parts.left_over.begin(), parts.left_over.end());
  std::ranges::sort(told);
  std::vector<uint32_t> asked;
  for (const auto& item : work.items)
    asked.push_back(item.offset);
  std::ranges::sort(asked);
  return told == asked;
}

/// Whether results are those of items that succeeded, each once at most.
bool has_results_of_done(const outcome_parts& parts, const loaded_work& work) {
  std::set<uint32_t> done;
  for (auto offset : parts.done)
    done.insert(work.first_item + offset);
  for (const auto& record : parts.results) {
    if (record.size() > value_bytes_max)
      return false;
    auto results = read_results(record);
    if (!results || results->empty())
      return false;
    for (const auto& x : *results)
      if (done.erase(x.index) == 0)
        return false;
  }
  return true;
}

bool is_name(const std::string& x) {
  return x.size() <= worker_name_bytes_max && is_valid_utf8(x);
}

bool is_failure(ec code) {
  // Codes without a name of their own are called internal.
  return code == ec::internal || to_string(code) != to_string(ec::internal);
}

} // namespace

std::string encode_work(const loaded_work& work) {
  work_parts parts;
  parts.spec = work.job->spec;
  parts.chunk = work.ref.chunk;
  parts.round = work.ref.round;
  parts.offsets = work.ref.offsets;
  parts.source = work.source->record();
  std::map<const char*, uint32_t> known;
  for (const auto& item : work.items) {
    auto at = item.thing ? item.thing->data() : nullptr;
    auto [found, fresh] = known.try_emplace(at, no_thing);
    if (fresh)
      found->second = thing_of(item, work);
    // Several items may share a thing, but no two their own text.
    parts.items.push_back(to_wire(item, found->second));
  }
  for (const auto& thing : work.things)
    parts.things.push_back(thing.substr(stamp_bytes));
  parts.models = {work.models.begin(), work.models.end()};
  return encode_record(parts);
}

expected<loaded_work> decode_work(std::string_view bytes,
                                  job_context_ptr& known) {
  auto parts = decode_record<work_parts>(bytes);
  if (!parts)
    return fail(parts);
  if (!is_of(known, parts->spec)) {
    auto context = make_job_context(std::move(parts->spec));
    if (!context)
      return fail(context);
    known = std::move(*context);
  }
  auto source = chunk::read(std::move(parts->source));
  if (!source)
    return fail(source);
  loaded_work work;
  work.job = known;
  work.ref = {parts->chunk, parts->round, std::move(parts->offsets)};
  work.first_item = source->first_item();
  work.source = std::make_shared<const chunk>(std::move(*source));
  for (auto& thing : parts->things)
    work.things.push_back(std::move(thing));
  work.models = {parts->models.begin(), parts->models.end()};
  work.items.reserve(parts->items.size());
  for (auto& x : parts->items) {
    auto item = from_wire(std::move(x), work);
    if (!item)
      return fail(item);
    work.items.push_back(std::move(*item));
  }
  return work;
}

std::string encode_outcome(const chunk_outcome& outcome) {
  outcome_parts parts;
  parts.done = outcome.done;
  for (const auto& x : outcome.failures) {
    wire_failure failure{x.offset, to_wire(x.why), {}};
    if (x.retry_after)
      failure.retry_after_ms = x.retry_after->count();
    parts.failures.push_back(std::move(failure));
  }
  parts.left_over = outcome.left_over;
  parts.effects = outcome.effects.data();
  parts.results = outcome.results;
  parts.worker = outcome.worker;
  parts.node = outcome.node;
  parts.lost = outcome.lost;
  return encode_record(parts);
}

expected<chunk_outcome> decode_outcome(std::string_view bytes,
                                       const loaded_work& work) {
  auto parts = decode_record<outcome_parts>(bytes);
  if (!parts)
    return refused("it is not readable");
  if (!has_each_item_once(*parts, work))
    return refused("its items are not those of the chunk");
  if (!is_name(parts->worker) || !is_name(parts->node))
    return refused("the name of its worker cannot be one");
  if (!has_results_of_done(*parts, work))
    return refused("its results are not those of its items");
  auto effects = write_batch::from_data(std::move(parts->effects));
  if (!effects)
    return refused("its effects are not readable");
  if (auto ok = check_effects(*effects, work.job->spec.type.base); !ok)
    return fail(ok);
  chunk_outcome out;
  out.ref = work.ref;
  out.first_item = work.first_item;
  out.done = std::move(parts->done);
  out.left_over = std::move(parts->left_over);
  out.effects = std::move(*effects);
  out.results = std::move(parts->results);
  out.worker = std::move(parts->worker);
  out.node = std::move(parts->node);
  out.is_replay = work.source->source() == item_source::dead_letters;
  out.lost = parts->lost;
  for (auto& x : parts->failures) {
    if (!is_failure(x.why.code) || x.why.message.size() > message_bytes_max)
      return refused("a failure that it does not know");
    x.why.message = to_message(x.why.message);
    auto item = std::ranges::find(work.items, x.offset, &work_item::offset);
    item_failure failure{x.offset,
                         from_wire(std::move(x.why)),
                         std::string{item->text},
                         item->place,
                         item->history,
                         {}};
    if (x.retry_after_ms)
      failure.retry_after = std::chrono::milliseconds{*x.retry_after_ms};
    out.failures.push_back(std::move(failure));
  }
  return out;
}

} // namespace batch
