#include "actors/api/clerk_pool.hpp"

#include <algorithm>

namespace batch::api {

expected<clerk_actor>
clerk_pool::take(size_t bytes, const std::function<clerk_actor()>& spawn) {
  if (calls_ == calls_max_ || (calls_ > 0 && bytes_ + bytes > bytes_max_))
    return fail(ec::overloaded, std::to_string(calls_)
                                  + " calls of this kind are being made; try "
                                    "again later");
  auto next = std::ranges::min_element(clerks_, {}, &entry::calls);
  if (next == clerks_.end()
      || (next->calls > 0 && clerks_.size() < clerks_max_))
    next = clerks_.insert(clerks_.end(), {spawn()});
  ++next->calls;
  next->bytes += bytes;
  ++calls_;
  bytes_ += bytes;
  return next->clerk;
}

void clerk_pool::give_back(const clerk_actor& clerk, size_t bytes) {
  auto found = std::ranges::find(clerks_, clerk, &entry::clerk);
  if (found == clerks_.end())
    return;
  --found->calls;
  found->bytes -= bytes;
  --calls_;
  bytes_ -= bytes;
}

void clerk_pool::remove(const caf::actor_addr& clerk) {
  auto found = std::ranges::find_if(
    clerks_, [&](const entry& x) { return x.clerk.address() == clerk; });
  if (found == clerks_.end())
    return;
  calls_ -= found->calls;
  bytes_ -= found->bytes;
  clerks_.erase(found);
}

} // namespace batch::api
