// One call of a provider at a time: gate, key, tries and what comes of them.
#pragma once

#include "actors/embedders/providers/provider_fault.hpp"
#include "actors/embedders/providers/provider_gate.hpp"
#include "actors/embedders/providers/wire_format.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace batch {

/// Any thread.
class provider_client {
public:
  using time_point = std::chrono::steady_clock::time_point;

  provider_client(provider_spec spec,
                  std::unique_ptr<provider_transport> transport);

  /// Asks for vectors. What may pass is tried again after a short pause.
  /// @param tries at most so many.
  /// @param until nothing is tried beyond that.
  tl::expected<wire_vectors, provider_fault>
  embed(std::span<const std::string_view> texts, unsigned tries,
        time_point until);

  /// Asks what the provider tells of itself; nothing if it does not.
  tl::expected<provider_facts, provider_fault> facts(time_point until);

  const provider_spec& spec() const { return spec_; }
  /// Before the first call of another thread.
  void set_model(std::string model) { spec_.model = std::move(model); }
  /// Numbers of a vector, once that is known; bounds what is read.
  void set_dimensions(size_t x) { dimensions_ = x; }

private:
  tl::expected<provider_answer, provider_fault> call(provider_call what,
                                                     time_point until);
  tl::expected<wire_vectors, provider_fault>
  embed_once(std::span<const std::string_view> texts, time_point until);
  void leave(provider_fault& fault);

  provider_spec spec_;
  std::unique_ptr<provider_transport> transport_;
  provider_gate gate_;
  size_t dimensions_ = vector_dimensions_max;
};

} // namespace batch
