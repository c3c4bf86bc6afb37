#include "actors/messages.hpp"
#include "actors/wire_record.hpp"
#include "codecs/limits.hpp"

#include <spdlog/spdlog.h>

namespace batch {

namespace {

/// An append as it crosses nodes.
struct sent_block {
  static constexpr uint8_t record_version = 1;

  std::string changes;
  counter_changes counters;
  bool durable = false;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.changes, x.counters, x.durable);
  }
};

/// A `job_closing` as it crosses nodes.
struct sent_closing {
  static constexpr uint8_t record_version = 1;

  uint64_t number = 0;
  std::optional<job_request> description;
  uint32_t total = 0;
  uint32_t chunks = 0;
  std::string rest;
  counter_changes counters;
  std::string key;
  std::string fingerprint;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.number, x.description, x.total, x.chunks, x.rest, x.counters, x.key,
          x.fingerprint);
  }
};

bool is_type(job_type x) {
  return is_within(x, job_types.front(), job_types.back());
}

/// What else is wrong with it is for the SUPERVISOR to say: who asked gets an
/// answer then.
expected<void> check(const job_request& x) {
  constexpr auto what = "a job";
  if (!is_type(x.type))
    return not_sendable(what, "no such type");
  if (!is_within(x.kind, upload_kind::items, upload_kind::ticket))
    return not_sendable(what, "no such kind of upload");
  return {};
}

/// Reads a block and its counters out of what was sent.
expected<write_batch> read_block(std::string_view what, std::string bytes,
                                 const counter_changes& counters) {
  if (!is_type(counters.type))
    return not_sendable(what, "no such type");
  auto block = write_batch::from_data(std::move(bytes));
  if (!block)
    return not_sendable(what, block.error().message);
  return block;
}

} // namespace

caf::error refuse_bytes(const error& why) {
  spdlog::error("dropped {}", why.message);
  return caf::make_error(caf::sec::invalid_argument, why.message);
}

std::string to_wire(const job_id& x) {
  return std::string{x.view()};
}

expected<void> from_wire(std::string_view bytes, job_id& x) {
  if (bytes.size() != x.bytes.size())
    return not_sendable("the id of a job", "expected 16 bytes");
  std::ranges::copy(bytes, x.bytes.begin());
  return {};
}

std::string to_wire(const job_request& x) {
  return encode_record(x);
}

expected<void> from_wire(std::string_view bytes, job_request& x) {
  if (auto read = read_record("a job", bytes, x); !read)
    return read;
  return check(x);
}

std::string to_wire(const job_ticket& x) {
  return encode_record(x);
}

expected<void> from_wire(std::string_view bytes, job_ticket& x) {
  constexpr auto what = "a ticket";
  if (auto read = read_record(what, bytes, x); !read)
    return read;
  if (x.chunk_items < 1 || x.chunk_items > chunk_items_max)
    return not_sendable(what, "chunks of this size are not allowed");
  return {};
}

std::string to_wire(const job_closing& x) {
  return encode_record(sent_closing{x.number, x.description, x.total, x.chunks,
                                    x.rest.data(), x.counters, x.key,
                                    x.fingerprint});
}

expected<void> from_wire(std::string_view bytes, job_closing& x) {
  constexpr auto what = "the end of an upload";
  sent_closing sent;
  if (auto read = read_record(what, bytes, sent); !read)
    return read;
  if (sent.description)
    if (auto ok = check(*sent.description); !ok)
      return ok;
  auto rest = read_block(what, std::move(sent.rest), sent.counters);
  if (!rest)
    return fail(rest);
  x = {sent.number,         std::move(sent.description),
       sent.total,          sent.chunks,
       std::move(*rest),    sent.counters,
       std::move(sent.key), std::move(sent.fingerprint)};
  return {};
}

std::string to_wire(const job_acceptance& x) {
  return encode_record(x);
}

expected<void> from_wire(std::string_view bytes, job_acceptance& x) {
  return read_record("the acceptance of a job", bytes, x);
}

std::string to_wire(const job_order& x) {
  return encode_record(x);
}

expected<void> from_wire(std::string_view bytes, job_order& x) {
  constexpr auto what = "an order";
  if (auto read = read_record(what, bytes, x); !read)
    return read;
  if (!is_within(x.what, job_order::kind::pause, job_order::kind::change))
    return not_sendable(what, "no such order");
  if (x.priority && !is_within(*x.priority, -priority_max, priority_max))
    return not_sendable(what, "no such priority");
  if (x.concurrency && !is_within(*x.concurrency, 1U, concurrency_max))
    return not_sendable(what, "no such concurrency");
  return {};
}

std::string to_wire(const commit_unit& x) {
  return encode_record(sent_block{x.changes.data(), x.counters, x.durable});
}

expected<void> from_wire(std::string_view bytes, commit_unit& x) {
  constexpr auto what = "a block";
  sent_block sent;
  if (auto read = read_record(what, bytes, sent); !read)
    return read;
  auto changes = read_block(what, std::move(sent.changes), sent.counters);
  if (!changes)
    return fail(changes);
  x = {};
  x.changes = std::move(*changes);
  x.counters = sent.counters;
  x.durable = sent.durable;
  x.refusable = true;
  return {};
}

} // namespace batch
