#include "codecs/attempt.hpp"

#include "codecs/limits.hpp"

namespace batch {

void attempt_list::add(attempt x) {
  if (kept.size() == attempts_kept_max)
    kept.erase(kept.begin());
  kept.push_back(std::move(x));
  ++count;
}

} // namespace batch
