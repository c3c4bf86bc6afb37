#include "actors/submission.hpp"

#include "actors/queries/rows.hpp"
#include "codecs/bytes.hpp"
#include "codecs/limits.hpp"
#include "codecs/stamped.hpp"

namespace batch {

namespace {

/// Chunk records that travel together, at most.
constexpr size_t block_records = 1000;
static_assert(upload_share_bytes_max + chunk_bytes_max
              < upload_block_bytes_max);
/// Bytes that are kept of an item that is too large to be kept.
constexpr size_t begin_bytes = 1024;

} // namespace

submission::~submission() {
  if (is_open_)
    client_.abandon(ticket_.number);
}

expected<void> submission::open(job_request request, item_source source) {
  auto ticket = client_.open(std::move(request));
  if (!ticket)
    return fail(ticket);
  ticket_ = std::move(*ticket);
  is_open_ = true;
  chunks_.emplace(ticket_.chunk_items, source);
  return {};
}

expected<void> submission::add(std::string_view text) {
  if (text.size() > item_bytes_max)
    return add_refused(
      {ec::item_too_large,
       "the item is longer than " + std::to_string(item_bytes_max) + " bytes"},
      text.substr(0, begin_bytes));
  if (auto checked = reader_.check(text); !checked) {
    if (checked.error().code == ec::invalid_json)
      return checked;
    return add_refused(checked.error(), text);
  }
  std::string line;
  if (has_line_end(text)) {
    line = minify_json(text);
    text = line;
  }
  if (auto room = make_room(text.size()); !room)
    return room;
  chunks_->add(text);
  return {};
}

expected<void> submission::add_refused(const error& why,
                                       std::string_view text) {
  if (auto room = make_room(text.size() + why.message.size()); !room)
    return room;
  chunks_->add_refused(why, text);
  return {};
}

expected<void> submission::add_letter(std::string_view payload,
                                      const item_position& at) {
  if (payload.size() > item_bytes_max)
    return fail(ec::item_too_large, "the item is longer than "
                                      + std::to_string(item_bytes_max)
                                      + " bytes");
  if (auto room = make_room(payload.size()); !room)
    return room;
  chunks_->add(payload, at);
  claims_.push_back(at);
  return {};
}

expected<void> submission::add_namespace(const store_reader& store,
                                         std::string_view ns) {
  row_cursor rows{store, store.take_snapshot(), family::things,
                  keys::of_namespace(ns)};
  for (;;) {
    auto more = rows.next();
    if (!more)
      return fail(more);
    if (!*more)
      return {};
    auto thing = read_stamped(rows.row().value);
    if (!thing)
      return fail(thing);
    if (auto room = make_room(thing->text.size()); !room)
      return room;
    chunks_->add(thing->text);
  }
}

bool submission::describe(job_request request, const job_options& options) {
  if (options.chunk_items != ticket_.chunk_items)
    return false;
  description_ = std::move(request);
  ticket_.warnings = options.warnings;
  return true;
}

expected<job_acceptance> submission::close(std::string key,
                                           std::string fingerprint) {
  if (!chunks_->empty())
    take_chunk();
  if (auto sent = wait_for_block(); !sent)
    return fail(sent);
  auto accepted = client_.close({ticket_.number, std::move(description_),
                                 static_cast<uint32_t>(total()), chunk_count_,
                                 std::move(block_), block_counters_,
                                 std::move(key), std::move(fingerprint)});
  // A refused upload is still open, and dropped by the destructor.
  is_open_ = !accepted;
  return accepted;
}

expected<void> submission::make_room(size_t text_bytes) {
  if (total() >= job_items_max)
    return fail(ec::invalid_job, "a job has at most "
                                   + std::to_string(job_items_max) + " items");
  auto block_bytes = share_.block_bytes();
  if (!chunks_->is_full_for(text_bytes) && chunks_->bytes() < block_bytes)
    return {};
  take_chunk();
  if (block_.bytes() < block_bytes && block_.entries() < block_records)
    return {};
  return send_block();
}

void submission::take_chunk() {
  block_.put(family::chunks, keys::chunk(ticket_.number, chunk_count_++),
             chunks_->take());
  std::string claimer;
  append_fixed(claimer, ticket_.number);
  for (const auto& at : claims_)
    block_.put(family::dead, keys::dead_claim(at.job, at.item), claimer);
  block_counters_.dead_letters -= static_cast<int64_t>(claims_.size());
  claims_.clear();
}

expected<void> submission::send_block() {
  if (auto sent = wait_for_block(); !sent)
    return sent;
  in_flight_
    = client_.append(ticket_.number, std::move(block_), block_counters_);
  block_.clear();
  block_counters_ = {};
  return {};
}

expected<void> submission::wait_for_block() {
  if (!in_flight_)
    return {};
  auto pending = std::move(*in_flight_);
  in_flight_.reset();
  return client_.wait(std::move(pending));
}

} // namespace batch
