// What does a message between actors cost, and what does waiting for an answer?

#include <benchmark/benchmark.h>
#include <caf/all.hpp>

namespace {

/// As the service sets it up.
struct bench_config : caf::actor_system_config {
  bench_config() { set("scheduler.policy", caf::atom("sharing")); }
};

caf::behavior echo() {
  return {[](int x) { return x; }};
}

using done_promise = caf::typed_response_promise<int>;

/// Asks so many times, each time when the answer before has come.
void ask_on(caf::event_based_actor* self, const caf::actor& whom, int rounds,
            done_promise done) {
  self->request(whom, caf::infinite, rounds).then([=](int answer) mutable {
    if (answer == 1)
      done.deliver(answer);
    else
      ask_on(self, whom, answer - 1, done);
  });
}

caf::behavior asker(caf::event_based_actor* self, const caf::actor& whom) {
  return {[=](int rounds) {
    auto done = self->make_response_promise<int>();
    ask_on(self, whom, rounds, done);
    return done;
  }};
}

caf::actor spawn_echo(caf::actor_system& system, bool detached) {
  return detached ? system.spawn<caf::detached>(echo) : system.spawn(echo);
}

/// Two actors; the other one on the scheduler or in a thread of its own.
void ask_actor(benchmark::State& state, bool detached) {
  constexpr int rounds = 1000;
  bench_config config;
  caf::actor_system system{config};
  auto whom = spawn_echo(system, detached);
  auto who = system.spawn(asker, whom);
  caf::scoped_actor self{system};
  for (auto _ : state)
    self->request(who, caf::infinite, rounds)
      .receive([](int) {},
               [&](const caf::error&) { state.SkipWithError("no answer"); });
  state.SetItemsProcessed(state.iterations() * rounds);
  for (const auto& x : {who, whom})
    self->send_exit(x, caf::exit_reason::user_shutdown);
}

/// A thread that is no actor, as a connection is.
void ask_from_thread(benchmark::State& state, bool detached) {
  bench_config config;
  caf::actor_system system{config};
  auto whom = spawn_echo(system, detached);
  caf::scoped_actor self{system};
  for (auto _ : state)
    self->request(whom, caf::infinite, 1)
      .receive([](int) {},
               [&](const caf::error&) { state.SkipWithError("no answer"); });
  state.SetItemsProcessed(state.iterations());
  self->send_exit(whom, caf::exit_reason::user_shutdown);
}

BENCHMARK_CAPTURE(ask_actor, scheduled, false)->UseRealTime();
BENCHMARK_CAPTURE(ask_actor, detached, true)->UseRealTime();
BENCHMARK_CAPTURE(ask_from_thread, scheduled, false)->UseRealTime();
BENCHMARK_CAPTURE(ask_from_thread, detached, true)->UseRealTime();

} // namespace
