#include "actors/embedders/providers/provider_client.hpp"

#include "actors/embedders/providers/provider_key.hpp"

#include <algorithm>
#include <thread>

namespace batch {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

/// The pause before the second try; doubles.
constexpr std::chrono::milliseconds pause_first = 200ms;
/// Bytes of a number in an answer, and of what is around a vector.
constexpr size_t number_bytes_max = 32;
constexpr size_t frame_bytes_max = 1 << 10;
/// Bytes of answers without vectors.
constexpr size_t small_bytes_max = 1 << 20;

provider_fault fault_of(const error& why) {
  provider_fault out;
  out.what = why.code == ec::provider_refused ? fault_kind::blocked
                                              : fault_kind::passing;
  out.message = why.message;
  return out;
}

provider_fault closed_fault(provider_gate::closed x) {
  provider_fault out;
  out.what = fault_kind::throttled;
  out.message = std::move(x.why);
  out.retry_after = x.wait;
  return out;
}

} // namespace

provider_client::provider_client(provider_spec spec,
                                 std::unique_ptr<provider_transport> transport)
  : spec_(std::move(spec)), transport_(std::move(transport)),
    gate_(provider_gate_options{spec_.calls_max}) {}

void provider_client::leave(provider_fault& fault) {
  switch (fault.what) {
  case fault_kind::throttled:
    fault.retry_after
      = gate_.leave_throttled(fault.retry_after, fault.message).wait;
    break;
  case fault_kind::passing:
    gate_.leave_failed();
    break;
  case fault_kind::refused:
  case fault_kind::blocked:
    gate_.leave_answered();
    break;
  }
}

tl::expected<provider_answer, provider_fault>
provider_client::call(provider_call what, time_point until) {
  auto key = read_provider_key(spec_.key_file);
  if (!key)
    return tl::unexpected{fault_of(key.error())};
  what.key = *key;
  if (auto entered = gate_.enter(until); !entered)
    return tl::unexpected{closed_fault(std::move(entered).error())};
  auto end = std::min(until, steady::now() + spec_.timeout);
  auto answer = transport_->call(what, end);
  if (answer && answer->status == 200) {
    gate_.leave_good();
    return std::move(*answer);
  }
  // Before anything is cut, in the middle of it perhaps.
  if (answer)
    answer->body = without_key(std::move(answer->body), *key);
  auto fault
    = answer ? batch::fault_of(spec_, *answer, std::chrono::system_clock::now())
             : batch::fault_of(answer.error());
  fault.message = without_key(std::move(fault.message), *key);
  leave(fault);
  return tl::unexpected{std::move(fault)};
}

tl::expected<wire_vectors, provider_fault>
provider_client::embed_once(std::span<const std::string_view> texts,
                            time_point until) {
  provider_call what;
  what.path = embed_path(spec_.kind);
  what.body = render_texts(spec_, texts);
  what.answer_bytes_max
    = small_bytes_max
      + texts.size() * (frame_bytes_max + dimensions_ * number_bytes_max);
  auto answer = call(std::move(what), until);
  if (!answer)
    return tl::unexpected{std::move(answer).error()};
  auto vectors = read_vectors(spec_.kind, answer->body, texts.size());
  if (!vectors)
    return tl::unexpected{fault_of(vectors.error())};
  return std::move(*vectors);
}

tl::expected<wire_vectors, provider_fault>
provider_client::embed(std::span<const std::string_view> texts, unsigned tries,
                       time_point until) {
  auto pause = pause_first;
  for (;;) {
    auto vectors = embed_once(texts, until);
    // What took all of its time would take it again.
    if (vectors || vectors.error().what != fault_kind::passing
        || vectors.error().is_late || --tries == 0
        || steady::now() + pause >= until)
      return vectors;
    std::this_thread::sleep_for(pause);
    pause *= 2;
  }
}

tl::expected<provider_facts, provider_fault>
provider_client::facts(time_point until) {
  provider_call what;
  what.path = facts_path(spec_.kind);
  what.answer_bytes_max = small_bytes_max;
  if (what.path.empty())
    return provider_facts{};
  auto answer = call(std::move(what), until);
  if (!answer)
    return tl::unexpected{std::move(answer).error()};
  auto facts = read_facts(spec_.kind, answer->body);
  if (!facts)
    return tl::unexpected{fault_of(facts.error())};
  return std::move(*facts);
}

} // namespace batch
