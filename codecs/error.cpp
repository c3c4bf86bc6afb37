#include "codecs/error.hpp"

#include <algorithm>
#include <array>

namespace batch {

namespace {

struct named_code {
  ec code;
  std::string_view name;
};

constexpr std::array names{
  named_code{ec::invalid_request, "invalid_request"},
  named_code{ec::invalid_json, "invalid_json"},
  named_code{ec::invalid_job, "invalid_job"},
  named_code{ec::invalid_option, "invalid_option"},
  named_code{ec::invalid_item, "invalid_item"},
  named_code{ec::item_too_large, "item_too_large"},
  named_code{ec::no_such_job, "no_such_job"},
  named_code{ec::no_such_thing, "no_such_thing"},
  named_code{ec::no_such_embedding, "no_such_embedding"},
  named_code{ec::no_such_endpoint, "no_such_endpoint"},
  named_code{ec::no_text, "no_text"},
  named_code{ec::transform_failed, "transform_failed"},
  named_code{ec::timed_out, "timed_out"},
  named_code{ec::worker_lost, "worker_lost"},
  named_code{ec::poison, "poison"},
  named_code{ec::internal, "internal"},
  named_code{ec::storage_failure, "storage_failure"},
  named_code{ec::storage_full, "storage_full"},
  named_code{ec::storage_foreign, "storage_foreign"},
  named_code{ec::storage_locked, "storage_locked"},
  named_code{ec::storage_corrupt, "storage_corrupt"},
  named_code{ec::overloaded, "overloaded"},
  named_code{ec::shutting_down, "shutting_down"},
  named_code{ec::conflict, "conflict"},
  named_code{ec::no_such_route, "no_such_route"},
  named_code{ec::method_not_allowed, "method_not_allowed"},
  named_code{ec::unsupported_media_type, "unsupported_media_type"},
  named_code{ec::body_too_large, "body_too_large"},
  named_code{ec::unauthorized, "unauthorized"},
  named_code{ec::snapshot_gone, "snapshot_gone"},
  named_code{ec::idempotency_mismatch, "idempotency_mismatch"},
  named_code{ec::throttled, "throttled"},
  named_code{ec::undeliverable, "undeliverable"},
  named_code{ec::job_gone, "job_gone"},
  named_code{ec::no_such_dead_letter, "no_such_dead_letter"},
  named_code{ec::coordinator_unreachable, "coordinator_unreachable"},
  named_code{ec::rejected, "rejected"},
  named_code{ec::no_such_node, "no_such_node"},
  named_code{ec::unavailable, "unavailable"},
  named_code{ec::provider_refused, "provider_refused"},
};

} // namespace

std::string_view to_string(ec code) {
  auto found = std::ranges::find(names, code, &named_code::code);
  return found == names.end() ? "internal" : found->name;
}

ec error_code_of(std::string_view name) {
  auto found = std::ranges::find(names, name, &named_code::name);
  return found == names.end() ? ec::internal : found->code;
}

failure_class class_of(ec code) {
  switch (code) {
  case ec::throttled:
    return failure_class::throttled;
  case ec::provider_refused:
    return failure_class::blocked;
  case ec::timed_out:
  case ec::worker_lost:
  case ec::internal:
  case ec::storage_failure:
  case ec::overloaded:
  case ec::coordinator_unreachable:
  case ec::unavailable:
    return failure_class::transient;
  default:
    return failure_class::permanent;
  }
}

} // namespace batch
