#include "actors/messages.hpp"

namespace batch {

caf::error to_caf(const error& x) {
  return make_error(x.code, x.message, x.pointer);
}

error from_caf(const caf::error& x) {
  if (x && x.category() == error_category
      && x.context().match_elements<std::string, std::string>())
    return {static_cast<ec>(x.code()), x.context().get_as<std::string>(0),
            x.context().get_as<std::string>(1)};
  if (x == caf::sec::request_timeout)
    return {ec::overloaded, "the service did not answer in time"};
  if (x == caf::sec::request_receiver_down || !x)
    return {ec::shutting_down, "the service is ending"};
  return {ec::internal, "an actor failed: " + caf::to_string(x)};
}

} // namespace batch
