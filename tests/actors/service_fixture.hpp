// A whole service in one thread with a virtual clock, and short forms of what
// tests ask of it.
#pragma once

#include "actors/queries/data_queries.hpp"
#include "actors/queries/export_stream.hpp"
#include "actors/queries/job_queries.hpp"
#include "actors/queries/job_streams.hpp"
#include "actors/service.hpp"
#include "codecs/chunk.hpp"
#include "storage/keys.hpp"
#include "storage/memory_store.hpp"
#include "tests/actors/quiet_system.hpp"
#include "tests/printing.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/scheduler/test_coordinator.hpp>

namespace batch::test {

/// The configuration of an actor system that runs only when it is told to.
struct virtual_time_config : caf::actor_system_config {
  virtual_time_config() {
    set("scheduler.policy", caf::atom("testing"));
    configure(*this);
  }
};

inline service_options small_service() {
  service_options o;
  o.detached = false;
  for (auto type : job_types)
    o.slots[type] = 2;
  return o;
}

/// Starts a service on a store and ends it with itself.
class virtual_service {
public:
  explicit virtual_service(store_ptr in, service_options o = small_service())
    : store(std::move(in)),
      scheduler(
        dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler())) {
    o.clock = [this] {
      auto ticks = std::chrono::duration_cast<std::chrono::milliseconds>(
                     scheduler.clock().now().time_since_epoch())
                     .count()
                   + 1;
      return moment{ticks, ticks};
    };
    auto spawned = spawn_service(system, o, store);
    BOOST_REQUIRE_MESSAGE(spawned, (spawned ? "" : spawned.error().message));
    actors = *spawned;
    scheduler.run();
  }

  ~virtual_service() {
    for (auto x : {caf::actor_cast<caf::actor>(actors.supervisor),
                   caf::actor_cast<caf::actor>(actors.dispatcher),
                   caf::actor_cast<caf::actor>(actors.dead_letters),
                   caf::actor_cast<caf::actor>(actors.cluster),
                   caf::actor_cast<caf::actor>(actors.committer)})
      caf::anon_send_exit(x, caf::exit_reason::kill);
    actors = {};
    scheduler.run();
    // Timers still hold their actors.
    scheduler.advance_time(std::chrono::hours{1});
    scheduler.run();
  }

  /// Sends a request to the SUPERVISOR and runs everything until it is
  /// answered; lets time pass if it must.
  template <class T, class... Message>
  expected<T> ask(Message&&... message) {
    return ask_actor<T>(actors.supervisor, std::forward<Message>(message)...);
  }

  /// The same of another actor.
  template <class T, class Handle, class... Message>
  expected<T> ask_actor(const Handle& whom, Message&&... message) {
    caf::scoped_actor self{system};
    auto pending = self->request(whom, std::chrono::minutes{10},
                                 std::forward<Message>(message)...);
    for (int i = 0; i < 100; ++i) {
      scheduler.run();
      scheduler.advance_time(std::chrono::milliseconds{20});
    }
    scheduler.run();
    expected<T> result = fail(ec::internal, "no answer");
    auto failed
      = [&](const caf::error& why) { result = tl::unexpected{from_caf(why)}; };
    if constexpr (std::is_void_v<T>)
      pending.receive([&] { result = {}; }, failed);
    else
      pending.receive([&](const T& x) { result = x; }, failed);
    return result;
  }

  expected<job_ticket> open(job_kind type, std::string options = {}) {
    return ask<job_ticket>(
      atom::open_atom_v,
      std::make_shared<const job_request>(job_request{type, options, {}}));
  }

  /// Submits items as they are.
  expected<job_id> submit(job_kind type, const std::vector<std::string>& items,
                          std::string options = {}) {
    auto accepted = accept(type, items, std::move(options));
    if (!accepted)
      return fail(accepted);
    return accepted->id;
  }

  /// The same under an idempotency key.
  expected<job_acceptance> accept(job_kind type,
                                  const std::vector<std::string>& items,
                                  std::string options = {},
                                  std::string key = {},
                                  std::string fingerprint = {}) {
    auto ticket = open(type, std::move(options));
    if (!ticket)
      return fail(ticket);
    chunk_builder chunks{ticket->chunk_items, item_source::submitted};
    job_closing closing;
    closing.number = ticket->number;
    closing.total = static_cast<uint32_t>(items.size());
    closing.key = key;
    closing.fingerprint = fingerprint;
    auto take = [&] {
      closing.rest.put(family::chunks,
                       keys::chunk(ticket->number, closing.chunks++),
                       chunks.take());
    };
    for (const auto& item : items) {
      if (chunks.is_full_for(item.size()))
        take();
      chunks.add(item);
      if (closing.rest.bytes() < upload_block_bytes_max / 2)
        continue;
      auto unit = std::make_shared<commit_unit>();
      std::swap(unit->changes, closing.rest);
      auto kept
        = ask<void>(atom::append_atom_v, ticket->number, commit_unit_ptr{unit});
      if (!kept)
        return fail(kept);
    }
    if (!chunks.empty())
      take();
    return ask<job_acceptance>(atom::close_atom_v,
                               std::make_shared<const job_closing>(closing));
  }

  expected<void> order(const job_id& id, job_order what) {
    return ask<void>(atom::order_atom_v, id,
                     std::make_shared<const job_order>(std::move(what)));
  }

  job_report report(const job_id& id) {
    auto found = find_job(*store, id);
    BOOST_REQUIRE(found);
    return *found;
  }

  /// Lets time pass until the job has ended.
  job_report finish(const job_id& id) {
    for (int i = 0; i < 2000; ++i) {
      auto report = find_job(*store, id);
      BOOST_REQUIRE(report);
      if (has_ended(report->progress.status))
        return *report;
      scheduler.run();
      scheduler.advance_time(std::chrono::milliseconds{500});
    }
    BOOST_FAIL("the job does not end");
    return {};
  }

  job_report run(job_kind type, const std::vector<std::string>& items,
                 std::string options = {}) {
    auto id = submit(type, items, std::move(options));
    BOOST_REQUIRE_MESSAGE(id, (id ? "" : id.error().message));
    return finish(*id);
  }

  std::string read_all(byte_stream_ptr stream) {
    std::string text;
    for (;;) {
      auto more = stream->read(text);
      BOOST_REQUIRE(more);
      if (!*more)
        return text;
    }
  }

  std::string export_of(std::string ns,
                        export_format format = export_format::ndjson) {
    export_request request;
    request.ns = std::move(ns);
    request.format = format;
    return export_of(request);
  }

  std::string export_of(const export_request& request) {
    auto begun = begin_export(store, request);
    BOOST_REQUIRE_MESSAGE(begun, (begun ? "" : begun.error().message));
    return read_all(std::move(begun->stream));
  }

  virtual_time_config config;
  test::quiet_system system{config};
  store_ptr store;
  caf::scheduler::test_coordinator& scheduler;
  service actors;
};

/// `{"ns":…,"id":…,"type":"T","data":{"v":…}}`
inline std::string thing(std::string_view ns, std::string_view id, int v = 0) {
  return R"({"ns":")" + std::string{ns} + R"(","id":")" + std::string{id}
         + R"(","type":"T","data":{"v":)" + std::to_string(v) + "}}";
}

} // namespace batch::test
