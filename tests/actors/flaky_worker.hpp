// A worker whose items fail before they succeed.
#pragma once

#include "actors/workers/worker.hpp"

#include <map>
#include <string>
#include <utility>

namespace batch::test {

/// Items are numbers: the n-th try of the item "k" succeeds if n > k.
class flaky_worker : public worker {
public:
  void run(const loaded_work& work, outcome_builder& out) override {
    for (const auto& item : work.items) {
      auto key = std::pair{work.job->spec.number, item.place.item};
      if (++tries_[key] > std::stoi(std::string{item.text}))
        out.succeed(item, item.text);
      else
        out.fail(item, {ec::timed_out, "not yet"});
    }
  }

private:
  static inline std::map<std::pair<uint64_t, uint32_t>, int> tries_;
};

} // namespace batch::test
