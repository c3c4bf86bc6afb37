// A service with its RPC on a store in memory, and short forms of what tests
// ask of it.
#pragma once

#include "actors/api/service_role.hpp"
#include "storage/memory_store.hpp"
#include "tests/actors/service_fixture.hpp"

#include <chrono>
#include <thread>

namespace batch::test {

using namespace std::chrono_literals;

/// Waits until something is true; fails the test if that takes too long.
template <class Condition>
void wait_until(Condition&& condition) {
  for (int i = 0; i < 3000; ++i) {
    if (condition())
      return;
    std::this_thread::sleep_for(10ms);
  }
  BOOST_FAIL("what was waited for does not come");
}

/// Asks an actor and waits for its answer.
template <class T, class Handle, class... Message>
expected<T> ask(caf::scoped_actor& self, const Handle& whom,
                const Message&... message) {
  expected<T> result = fail(ec::internal, "no answer");
  auto failed
    = [&](const caf::error& why) { result = tl::unexpected{from_caf(why)}; };
  auto pending = self->request(whom, 30s, message...);
  if constexpr (std::is_void_v<T>)
    pending.receive([&] { result = {}; }, failed);
  else
    pending.receive([&](const T& x) { result = x; }, failed);
  return result;
}

/// Whether an answer is an error with this code.
template <class T>
bool failed_with(const expected<T>& x, ec code) {
  if (!x && x.error().code != code)
    BOOST_TEST_MESSAGE("it failed with " << to_string(x.error().code) << ": "
                                         << x.error().message);
  return !x && x.error().code == code;
}

/// The configuration of an actor system that knows the service.
struct api_config : caf::actor_system_config {
  api_config() { configure(*this); }
};

/// Quick, and bounded so that tests reach the bounds.
inline api::api_options small_api() {
  api::api_options o;
  o.uploads_max = 2;
  o.streams_max = 2;
  o.subscriptions_max = 3;
  o.idle_tick = 10ms;
  o.watch_interval = 5ms;
  return o;
}

/// Starts a service on a store and ends it with itself.
class api_service {
public:
  explicit api_service(store_ptr in = make_memory_store(),
                       api::api_options o = small_api(),
                       service_options core_options = {})
    : store(std::move(in)) {
    auto spawned = spawn_service(system, std::move(core_options), store);
    BOOST_REQUIRE_MESSAGE(spawned, (spawned ? "" : spawned.error().message));
    core = *spawned;
    handle = api::spawn_service_role(system, core, store, std::move(o));
  }

  ~api_service() { stop(); }

  void stop() {
    core = {};
    if (handle)
      BOOST_TEST(!stop_service(system, handle, 60s));
    handle = service_actor{};
  }

  template <class T, class... Message>
  expected<T> ask(const Message&... message) {
    return test::ask<T>(self, handle, message...);
  }

  job_accepted create(const new_job& job) {
    auto accepted = ask<job_accepted>(atom::create_atom_v, job);
    BOOST_REQUIRE_MESSAGE(accepted, (accepted ? "" : accepted.error().message));
    return *accepted;
  }

  job_info find(const std::string& id) {
    auto found = ask<caf::optional<job_info>>(atom::find_atom_v, id);
    BOOST_REQUIRE_MESSAGE(found, (found ? "" : found.error().message));
    BOOST_REQUIRE(*found);
    return **found;
  }

  /// Waits for the end of a job.
  job_info finish(const std::string& id) {
    job_info job;
    wait_until([&] { return (job = find(id)).has_ended(); });
    return job;
  }

  job_info run(const new_job& job) { return finish(create(job).id); }

  /// All bytes of a stream.
  std::string read_all(const block_source_actor& source) {
    std::string bytes;
    for (;;) {
      auto block = test::ask<byte_block>(self, source, atom::next_atom_v);
      BOOST_REQUIRE_MESSAGE(block, (block ? "" : block.error().message));
      BOOST_TEST(block->bytes.size() <= rpc_bytes_max);
      bytes += block->bytes;
      if (block->last)
        return bytes;
    }
  }

  api_config config;
  caf::actor_system system{config};
  store_ptr store;
  service core;
  service_actor handle;
  caf::scoped_actor self{system};
};

inline new_job import_of(std::vector<std::string> items) {
  new_job job;
  job.type = "import-things";
  job.items = std::move(items);
  return job;
}

} // namespace batch::test
