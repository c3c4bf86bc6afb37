#include "actors/cluster/cluster_client.hpp"

namespace batch {

template <class T, class... Message>
expected<T> cluster_client::ask(Message... message) {
  auto to = find_();
  if (!to)
    return fail(to);
  caf::scoped_actor self{system_};
  expected<T> answer = fail(ec::internal, "no answer");
  self->request(*to, caf::duration{deadline_}, std::move(message)...)
    .receive(
      [&](T& x) { answer = std::move(x); },
      [&](const caf::error& why) { answer = tl::unexpected{from_caf(why)}; });
  return answer;
}

expected<std::vector<node_report>> cluster_client::nodes() {
  return ask<std::vector<node_report>>(atom::nodes_atom_v);
}

expected<node_report> cluster_client::drain(const std::string& name) {
  return ask<node_report>(atom::drain_atom_v, name);
}

} // namespace batch
