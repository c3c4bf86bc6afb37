#include "actors/queries/vector_cache.hpp"

#include "actors/queries/rows_ahead.hpp"
#include "actors/queries/vector_scores.hpp"
#include "codecs/record.hpp"

#include <algorithm>

namespace batch {

namespace {
/// Tables that are remembered, large or small.
constexpr size_t entries_max = 1000;
} // namespace

std::string_view vector_table::id(size_t row) const {
  auto begin = row == 0 ? 0 : ends[row - 1];
  return std::string_view{ids}.substr(begin, ends[row] - begin);
}

size_t vector_table::bytes() const {
  size_t numbers = 0;
  for (const auto& block : blocks)
    numbers += block.capacity();
  return numbers * sizeof(float) + ids.size() + ends.size() * sizeof(size_t);
}

void vector_table::score(std::span<const float> query,
                         std::span<float> scores) const {
  for (const auto& block : blocks) {
    auto rows = block.size() / query.size();
    score_rows(query, block.data(), scores.first(rows));
    scores = scores.subspan(rows);
  }
}

struct vector_walk::state {
  rows_ahead rows;
  namespace_model model;
};

vector_walk::vector_walk(const store_reader& store, snapshot_ptr view,
                         std::string ns, namespace_model model)
  : state_(new state{
    {store, std::move(view), family::embeddings, keys::of_namespace(ns)},
    std::move(model)}) {}

vector_walk::~vector_walk() = default;

expected<bool> vector_walk::read(vector_table& to) {
  auto& st = *state_;
  to.model = st.model;
  auto dimensions = st.model.dimensions;
  auto room = std::max<size_t>(1, vector_block_bytes / sizeof(float)
                                    / std::max<size_t>(dimensions, 1));
  vector_table::float_block block;
  block.reserve(room * dimensions);
  auto is_last = false;
  while (room > 0) {
    auto more = st.rows.next();
    if (!more)
      return fail(more);
    is_last = !*more;
    if (is_last)
      break;
    auto x = decode_record<embedding>(st.rows.row().value);
    if (!x)
      return fail(x);
    if (x->model != st.model.model || x->vector.size() != dimensions) {
      ++to.others;
      continue;
    }
    block.insert(block.end(), x->vector.begin(), x->vector.end());
    to.ids += keys::id_of(st.rows.row().key);
    to.ends.push_back(to.ids.size());
    --room;
  }
  if (is_last)
    block.shrink_to_fit();
  to.blocks.push_back(std::move(block));
  return !is_last;
}

vector_cache::vector_cache(store_reader_ptr store,
                           std::shared_ptr<vector_changes> changes,
                           size_t bytes_max)
  : store_(std::move(store)), changes_(std::move(changes)),
    bytes_max_(bytes_max) {}

expected<vector_table_ptr> vector_cache::find(const std::string& ns,
                                              const namespace_model& model) {
  if (bytes_max_ == 0)
    return vector_table_ptr{};
  auto version = changes_->version_of(ns);
  if (auto found = known(ns, version, model))
    return found->table;
  std::lock_guard lock{loading_};
  // Somebody else may have read it meanwhile.
  version = changes_->version_of(ns);
  if (auto found = known(ns, version, model))
    return found->table;
  auto loaded = load(ns, version, model);
  if (!loaded)
    return fail(loaded);
  auto table = loaded->table;
  keep(std::move(*loaded));
  return table;
}

std::optional<vector_cache::entry>
vector_cache::known(const std::string& ns, uint64_t version,
                    const namespace_model& model) {
  std::lock_guard lock{mutex_};
  auto found = std::ranges::find(entries_, ns, &entry::ns);
  if (found == entries_.end() || found->version < version)
    return std::nullopt;
  if (found->table
      && (found->table->model.model != model.model
          || found->table->model.dimensions != model.dimensions))
    return std::nullopt;
  entries_.splice(entries_.begin(), entries_, found);
  return *found;
}

expected<vector_cache::entry>
vector_cache::load(const std::string& ns, uint64_t version,
                   const namespace_model& model) const {
  auto table = std::make_shared<vector_table>();
  vector_walk walk{*store_, nullptr, ns, model};
  for (;;) {
    if (auto ok = go_on(); !ok)
      return fail(ok);
    auto more = walk.read(*table);
    if (!more)
      return fail(more);
    if (table->bytes() > bytes_max_)
      return entry{ns, version, nullptr, 0};
    if (!*more)
      break;
  }
  table->model = model;
  auto bytes = table->bytes();
  return entry{ns, version, std::move(table), bytes};
}

expected<void> vector_cache::go_on() const {
  if (stopping_)
    return fail(ec::shutting_down, "the service is ending");
  return {};
}

void vector_cache::keep(entry x) {
  std::lock_guard lock{mutex_};
  std::erase_if(entries_, [&](const entry& e) { return e.ns == x.ns; });
  entries_.push_front(std::move(x));
  size_t bytes = 0;
  for (auto e = entries_.begin(); e != entries_.end(); ++e) {
    bytes += e->bytes;
    if (bytes > bytes_max_) {
      entries_.erase(e, entries_.end());
      break;
    }
  }
  if (entries_.size() > entries_max)
    entries_.pop_back();
}

} // namespace batch
