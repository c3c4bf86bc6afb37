#include "actors/vector_changes.hpp"

#include <algorithm>

namespace batch {

namespace {
/// Namespaces that are counted one by one. Source: a few MiB.
constexpr size_t namespaces_max = 10'000;
} // namespace

uint64_t vector_changes::version_of(std::string_view ns) const {
  std::lock_guard lock{mutex_};
  auto found = versions_.find(ns);
  return found == versions_.end() ? base_ : found->second;
}

void vector_changes::count(const write_batch& written) {
  std::string last;
  written.for_each([&](const write_batch::entry& e) {
    if (e.family != family::embeddings)
      return;
    auto ns = e.key.substr(0, e.key.find('\0'));
    if (ns == last)
      return;
    last = ns;
    std::lock_guard lock{mutex_};
    if (versions_.size() >= namespaces_max && !versions_.contains(ns)) {
      for (const auto& [name, version] : versions_)
        base_ = std::max(base_, version);
      ++base_;
      versions_.clear();
    }
    auto& version = versions_.try_emplace(std::string{ns}, base_).first->second;
    ++version;
  });
}

} // namespace batch
