// Services and nodes that talk over the loopback device, each in an actor
// system of its own, as processes would.
#pragma once

#include "actors/cluster/cluster_client.hpp"
#include "actors/cluster/dial.hpp"
#include "actors/cluster/network.hpp"
#include "actors/cluster/node.hpp"
#include "actors/queries/job_queries.hpp"
#include "actors/service.hpp"
#include "actors/service_client.hpp"
#include "actors/submission.hpp"
#include "storage/memory_store.hpp"
#include "tests/actors/quiet_system.hpp"
#include "tests/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

namespace batch::test {

using namespace std::chrono_literals;

/// Waits until something holds, for as long as a busy machine may need.
template <class Condition>
bool eventually(Condition&& holds, std::chrono::seconds limit = 60s) {
  auto end = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < end) {
    if (holds())
      return true;
    std::this_thread::sleep_for(5ms);
  }
  return holds();
}

struct network_config : caf::actor_system_config {
  network_config() {
    configure(*this);
    use_plain_network(*this);
    set("scheduler.max-threads", size_t{2});
  }
};

/// A coordinator without slots of its own: all that is done is done by nodes.
class real_service {
public:
  explicit real_service(store_ptr in, uint16_t port = 0,
                        service_options o = without_slots())
    : store(std::move(in)) {
    auto spawned = spawn_service(system, std::move(o), store);
    BOOST_REQUIRE_MESSAGE(spawned, (spawned ? "" : spawned.error().message));
    actors = *spawned;
    at = {"127.0.0.1", port, false};
    auto published = publish(system, actors.cluster, at);
    BOOST_REQUIRE_MESSAGE(published,
                          (published ? "" : published.error().message));
    at.port = *published;
    client.emplace(system, actors.supervisor, 30s);
    nodes.emplace(
      system, [this] { return expected<cluster_actor>{actors.cluster}; }, 30s);
  }

  ~real_service() {
    nodes.reset();
    client.reset();
    stop_service(system, actors, 10s);
  }

  static service_options without_slots() {
    service_options o;
    for (auto type : job_types)
      o.slots[type] = 0;
    o.version = "test";
    o.lease_tick = 50ms;
    return o;
  }

  job_id submit(job_type type, const std::vector<std::string>& items,
                std::string options = {}) {
    submission upload{*client};
    BOOST_REQUIRE(
      upload.open({type, std::move(options), {}}, item_source::submitted));
    for (const auto& item : items)
      BOOST_REQUIRE(upload.add(item));
    auto accepted = upload.close();
    BOOST_REQUIRE_MESSAGE(accepted, (accepted ? "" : accepted.error().message));
    return accepted->id;
  }

  job_report report(const job_id& id) {
    auto found = find_job(*store, id);
    BOOST_REQUIRE(found);
    return *found;
  }

  job_report finish(const job_id& id) {
    BOOST_REQUIRE(
      eventually([&] { return has_ended(report(id).progress.status); }));
    return report(id);
  }

  node_report node(const std::string& name) {
    auto all = nodes->nodes();
    BOOST_REQUIRE(all);
    for (const auto& x : *all)
      if (x.name == name)
        return x;
    return {};
  }

  bool wait_for(const std::string& name, node_state state) {
    return eventually([&] {
      auto x = node(name);
      return x.name == name && x.state == state;
    });
  }

  network_config config;
  test::quiet_system system{config};
  store_ptr store;
  service actors;
  peer_address at;
  std::optional<service_client> client;
  std::optional<cluster_client> nodes;
};

/// A worker node in a system of its own.
class real_node {
public:
  explicit real_node(const peer_address& coordinator, std::string name,
                     worker_registry workers = {}, uint32_t slots = 2) {
    node_options o;
    o.coordinator = coordinator;
    o.name = std::move(name);
    o.version = "test";
    o.workers = std::move(workers);
    for (auto type : job_types)
      if (o.workers.empty() || o.workers.contains(type))
        o.slots[type] = slots;
    o.dial_pause_max = 200ms;
    o.leave_timeout = 3s;
    actor = system.spawn(batch::node, std::move(o));
  }

  ~real_node() { kill(); }

  /// As SIGTERM does. @returns whether it left in time.
  bool leave() {
    caf::scoped_actor self{system};
    bool left = false;
    self->request(actor, caf::duration{10s}, atom::stop_atom_v)
      .receive([&] { left = true; }, [](const caf::error&) {});
    kill();
    return left;
  }

  /// Ends without a word.
  void kill() {
    if (!actor)
      return;
    caf::scoped_actor self{system};
    self->send_exit(actor, caf::exit_reason::user_shutdown);
    self->wait_for(actor);
    actor = node_actor{};
  }

  network_config config;
  test::quiet_system system{config};
  node_actor actor;
};

/// `count` things `{"ns":"n","id":"…"}`.
inline std::vector<std::string> things(size_t count) {
  std::vector<std::string> all;
  for (size_t i = 0; i < count; ++i)
    all.push_back(R"({"ns":"n","id":")" + std::to_string(i)
                  + R"(","type":"T","content":"text )" + std::to_string(i)
                  + "\"}");
  return all;
}

} // namespace batch::test
