#include "actors/embedders/providers/provider_embedder.hpp"

#include "actors/embedders/providers/provider_client.hpp"
#include "actors/embedders/providers/provider_run.hpp"

#include <algorithm>
#include <thread>

namespace batch {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

/// How long a provider may take to say at the start how long its vectors are,
/// its model be loaded meanwhile.
constexpr auto start_limit = 60s;
/// The longest that it is waited for at one time.
constexpr std::chrono::milliseconds start_pause_max = 10s;
constexpr int start_tries = 4;

/// Calls until it goes well, or it will not.
template <class Call>
auto try_at_start(steady::time_point until, Call call) {
  for (int left = start_tries;; --left) {
    auto answer = call();
    if (answer || left == 1
        || (answer.error().what != fault_kind::throttled
            && answer.error().what != fault_kind::passing))
      return answer;
    auto pause = answer.error().retry_after.value_or(500ms);
    if (pause > start_pause_max || steady::now() + pause >= until)
      return answer;
    std::this_thread::sleep_for(pause);
  }
}

tl::unexpected<error> refused(const provider_fault& why) {
  return fail(ec::invalid_request, why.message);
}

class provider_embedder : public embedder {
public:
  explicit provider_embedder(std::unique_ptr<provider_client> client)
    : client_(std::move(client)) {}

  expected<void> start() {
    auto until = steady::now() + start_limit;
    auto limits = client_->spec().limits;
    if (auto ok = ask_for_facts(until, limits); !ok)
      return ok;
    auto name = model_name_of(client_->spec());
    if (!name)
      return fail(name);
    model_ = std::move(*name);
    batcher_.emplace(limits);
    auto probe = try_at_start(until, [&] {
      return client_->embed({&probe_text, 1}, 1, until);
    });
    if (!probe)
      return refused(probe.error());
    const auto& vector = probe->vectors.front();
    if (!vector)
      return fail(ec::invalid_request, vector.error());
    dimensions_ = vector->size();
    client_->set_dimensions(dimensions_);
    auto wanted = client_->spec().dimensions;
    if (wanted && *wanted != dimensions_)
      return fail(ec::invalid_request,
                  client_->spec().url + " answers vectors of "
                    + std::to_string(dimensions_) + " numbers, not of the "
                    + std::to_string(*wanted) + " that were asked for");
    return {};
  }

  std::string_view model() const override { return model_; }
  size_t dimensions() const override { return dimensions_; }
  size_t text_bytes_max() const override {
    return client_->spec().text_bytes_max;
  }

  std::vector<embed_answer>
  embed(std::span<const std::string_view> texts) const override {
    return embed_until(texts, steady::now() + client_->spec().timeout);
  }

  std::vector<embed_answer>
  embed_until(std::span<const std::string_view> texts,
              steady::time_point until) const override {
    return provider_run{*client_, *batcher_, dimensions_, texts, until}.run();
  }

private:
  expected<void> ask_for_facts(steady::time_point until, batch_limits& limits) {
    const auto& spec = client_->spec();
    auto needs_inputs = spec.kind == provider_kind::tei && !spec.has_inputs;
    if (!spec.model.empty() && !needs_inputs)
      return {};
    auto facts = try_at_start(until, [&] { return client_->facts(until); });
    if (facts && facts->inputs_max > 0 && needs_inputs)
      limits.inputs = facts->inputs_max;
    if (!spec.model.empty())
      return {};
    if (!facts)
      return refused(facts.error());
    if (facts->model.empty())
      return fail(ec::invalid_request,
                  spec.url
                    + " does not say which model it has; name it "
                      "behind '#'");
    client_->set_model(facts->model);
    return {};
  }

  /// Knows what it is asked and what it has learnt; any thread.
  std::unique_ptr<provider_client> client_;
  mutable std::optional<text_batcher> batcher_;
  std::string model_;
  size_t dimensions_ = 0;
};

} // namespace

expected<embedder_ptr> make_provider_embedder(std::string_view spec) {
  auto parsed = parse_provider(spec);
  if (!parsed)
    return fail(parsed);
  auto transport = make_http_transport(*parsed);
  return make_provider_embedder(std::move(*parsed), std::move(transport));
}

expected<embedder_ptr>
make_provider_embedder(provider_spec spec,
                       std::unique_ptr<provider_transport> transport) {
  auto made = std::make_shared<provider_embedder>(
    std::make_unique<provider_client>(std::move(spec), std::move(transport)));
  if (auto ok = made->start(); !ok)
    return fail(ok);
  return made;
}

} // namespace batch
