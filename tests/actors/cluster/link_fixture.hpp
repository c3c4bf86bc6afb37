// A whole service in one actor system, and a gateway's half of a link to it in
// another one, with a real connection between the two.
#pragma once

#include "actors/cluster/gate.hpp"
#include "actors/cluster/remote_store.hpp"
#include "actors/queries/export_stream.hpp"
#include "tests/actors/cluster/real_service.hpp"
#include "tests/actors/quiet_system.hpp"
#include "tests/storage/passing_reader.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace batch::test {

/// Passes reads on, and knows whether the last snapshot is still held.
class watched_store : public passing_reader {
public:
  using passing_reader::passing_reader;

  snapshot_ptr take_snapshot() const override {
    auto view = passing_reader::take_snapshot();
    std::lock_guard guard{mutex_};
    last_ = view;
    return view;
  }

  expected<page> scan(const snapshot_ptr& view, family f, std::string_view from,
                      std::string_view to, std::string_view after_key,
                      size_t limit_bytes) const override {
    largest_limit = std::max(largest_limit.load(), limit_bytes);
    return passing_reader::scan(view, f, from, to, after_key, limit_bytes);
  }

  bool holds_snapshot() const {
    std::lock_guard guard{mutex_};
    return !last_.expired();
  }

  mutable std::atomic<size_t> largest_limit{0};

private:
  mutable std::mutex mutex_;
  mutable std::weak_ptr<const snapshot> last_;
};

/// The process that has the store.
class coordinator_side {
public:
  explicit coordinator_side(store_ptr in) : store(std::move(in)) {
    service_options o;
    auto spawned = spawn_service(system, o, store);
    BOOST_REQUIRE(spawned);
    actors = *spawned;
  }

  ~coordinator_side() {
    end_gate();
    stop_service(system, actors, std::chrono::seconds{30});
  }

  /// Makes a GATE for a node that listens on a port, and answers the port on
  /// which the GATE listens.
  uint16_t open_gate(uint16_t node_port) {
    auto node = system.middleman().remote_actor("127.0.0.1", node_port);
    BOOST_REQUIRE(node);
    gate_options o;
    o.search = actors.search;
    gate = spawn_gate(system, o, watched, actors.supervisor, *node);
    auto port = system.middleman().publish(gate, 0, "127.0.0.1");
    BOOST_REQUIRE(port);
    return *port;
  }

  /// Ends the GATE as its owner does when the node has left.
  void end_gate() {
    if (!gate)
      return;
    system.middleman().unpublish(gate, 0);
    caf::scoped_actor self{system};
    self->send_exit(gate, caf::exit_reason::user_shutdown);
    self->wait_for(gate);
    gate = nullptr;
  }

  bool has_rows(family f) const {
    auto rows = store->scan(nullptr, f, {}, {}, {}, 1);
    BOOST_REQUIRE(rows);
    return !rows->empty();
  }

  network_config config;
  test::quiet_system system{config};
  store_ptr store;
  std::shared_ptr<watched_store> watched
    = std::make_shared<watched_store>(store);
  service actors;
  gate_actor gate;
};

inline caf::behavior idle_node(caf::event_based_actor*) {
  return {
    [](atom::stop_atom) {},
  };
}

/// The process that has a gateway and nothing else.
class node_side {
public:
  explicit node_side(std::chrono::milliseconds deadline
                     = std::chrono::seconds{30}) {
    auto published = system.middleman().publish(self, 0, "127.0.0.1");
    BOOST_REQUIRE(published);
    port = *published;
    coordinator_link_options o;
    o.coordinator = "127.0.0.1:1";
    o.deadline = deadline;
    link = std::make_shared<coordinator_link>(system, o);
    reader = make_remote_store_reader(link);
    client = std::make_unique<service_client>(link->bridge(),
                                              remote_share_bytes_max);
  }

  ~node_side() { caf::anon_send_exit(self, caf::exit_reason::user_shutdown); }

  void join(coordinator_side& to) {
    auto gate = system.middleman().remote_actor<gate_actor>("127.0.0.1",
                                                            to.open_gate(port));
    BOOST_REQUIRE(gate);
    link->set(*gate);
    BOOST_REQUIRE(eventually([&] { return link->is_linked(); }));
  }

  job_id submit(job_type type, const std::vector<std::string>& items,
                std::string options = {}) {
    submission upload{*client};
    auto opened
      = upload.open({type, std::move(options), {}}, item_source::submitted);
    BOOST_REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
    for (const auto& item : items)
      BOOST_REQUIRE(upload.add(item));
    auto accepted = upload.close();
    BOOST_REQUIRE_MESSAGE(accepted, (accepted ? "" : accepted.error().message));
    return accepted->id;
  }

  /// Waits for the end of a job, as seen over the link.
  job_report finish(const job_id& id) {
    job_report report;
    BOOST_REQUIRE(eventually([&] {
      auto found = find_job(*reader, id);
      BOOST_REQUIRE_MESSAGE(found, (found ? "" : found.error().message));
      report = *found;
      return has_ended(report.progress.status);
    }));
    return report;
  }

  network_config config;
  test::quiet_system system{config};
  caf::actor self = system.spawn(idle_node);
  uint16_t port = 0;
  coordinator_link_ptr link;
  store_reader_ptr reader;
  std::unique_ptr<service_client> client;
};

struct linked_fixture {
  linked_fixture() { node->join(*coordinator); }

  // The order of their ends: a test may end either before.
  std::optional<coordinator_side> coordinator{std::in_place,
                                              make_memory_store()};
  std::optional<node_side> node{std::in_place};
};

} // namespace batch::test
