#include "actors/api/start.hpp"
#include "actors/embedders/embedder_set.hpp"

#include <algorithm>
#include <thread>

namespace batch {

namespace {

/// What a setting may be. Source: as the flags of `batchd serve`.
constexpr size_t slots_max = 256;
constexpr size_t cache_mib_min = 8;
constexpr size_t retention_days_max = 36'500;
constexpr size_t sessions_max = 10'000;

expected<void> check_number(const std::string& name, size_t value, size_t min,
                            size_t max) {
  if (value >= min && value <= max)
    return {};
  return fail(ec::invalid_option, name + ": expected " + std::to_string(min)
                                    + " to " + std::to_string(max) + ", not "
                                    + std::to_string(value));
}

expected<void> check(const service_settings& x) {
  if (x.data.empty())
    return fail(ec::invalid_option, "data: expected the path of a folder");
  if (x.node.empty() || x.node.size() > worker_name_bytes_max)
    return fail(ec::invalid_option, "node: expected 1 to "
                                      + std::to_string(worker_name_bytes_max)
                                      + " bytes");
  constexpr auto no_max = SIZE_MAX >> 20;
  struct bounds {
    const char* name;
    size_t value, min, max;
  };
  for (const auto& [name, value, min, max] :
       {bounds{"slots", x.slots, 0, slots_max},
        bounds{"cache", x.cache_mib, cache_mib_min, no_max},
        bounds{"disk-reserve", x.disk_reserve_mib, 0, no_max},
        bounds{"retention-days", x.retention_days, 1, retention_days_max},
        bounds{"open-jobs-max", x.open_jobs_max, 1, SIZE_MAX},
        bounds{"uploads-max", x.uploads_max, 1, sessions_max},
        bounds{"streams-max", x.streams_max, 1, sessions_max}})
    if (auto ok = check_number(name, value, min, max); !ok)
      return ok;
  return {};
}

} // namespace

service_settings::service_settings()
  : slots(std::max<size_t>(std::thread::hardware_concurrency(), 1)),
    retention_days(static_cast<size_t>(retention_age_default.count() / 24)),
    retention_items(retention_items_default), uploads_max(streamed_uploads_max),
    streams_max(exports_max_default) {}

void add_options(caf::config_option_set& to, service_settings& x) {
  caf::config_option_adder{to, "batch"}
    .add(x.data, "data", "folder of the store; made if absent")
    .add(x.node, "node", "what attempts name as the place they were made at")
    .add(x.slots, "slots", "worker threads of each type of jobs")
    .add(x.slots_of, "slots-of", "the same for single types, by name")
    .add(x.embedder, "embedder", "the model of jobs that name none")
    .add(x.cache_mib, "cache", "MiB of block cache")
    .add(x.disk_reserve_mib, "disk-reserve",
         "MiB of free disk below which new work is refused; 0: by itself")
    .add(x.retention_days, "retention-days",
         "days for which finished jobs are kept")
    .add(x.retention_items, "retention-items",
         "items of all finished jobs that are kept")
    .add(x.open_jobs_max, "open-jobs-max", "jobs that are open at one time")
    .add(x.uploads_max, "uploads-max", "uploads at one time")
    .add(x.streams_max, "streams-max",
         "exports, results and errors that are read at one time")
    .add(x.subscriptions_max, "subscriptions-max",
         "subscriptions to jobs at one time")
    .add(x.idle_limit, "idle-limit",
         "time after which an upload or a stream that nobody uses ends")
    .add(x.drain_limit, "drain-limit",
         "the longest that the end waits for what is being worked on");
}

namespace api {

namespace {

std::chrono::milliseconds milliseconds_of(caf::timespan x) {
  return std::chrono::ceil<std::chrono::milliseconds>(x);
}

transform_function function_of(item_function f) {
  return [f = std::move(f)](std::string_view item) -> expected<std::string> {
    auto value = f(std::string{item});
    if (!value)
      return tl::unexpected{from_caf(value.error())};
    return std::move(*value);
  };
}

} // namespace

expected<service_options> service_options_of(const service_settings& x) {
  if (auto ok = check(x); !ok)
    return fail(ok);
  service_options o;
  for (auto type : job_types)
    o.slots[type] = x.slots;
  for (const auto& [name, slots] : x.slots_of) {
    auto type = job_type_of(name);
    if (!type)
      return fail(ec::invalid_option, "slots-of: '" + name
                                        + "' is no job type; expected one of "
                                        + std::string{job_type_names()});
    if (auto ok = check_number("slots-of/" + name, slots, 0, slots_max); !ok)
      return fail(ok);
    o.slots[*type] = slots;
  }
  auto embedders = open_embedder_set(x.embedder);
  if (!embedders)
    return fail(ec::invalid_option, "embedder: " + embedders.error().message);
  o.embedders = std::move(*embedders);
  o.vectors_changed = std::make_shared<vector_changes>();
  for (const auto& [name, f] : x.functions)
    o.transform_functions[name] = function_of(f);
  o.node = x.node;
  o.open_jobs_max = x.open_jobs_max;
  o.retention.age = std::chrono::hours{24 * x.retention_days};
  o.retention.items = x.retention_items;
  o.drain_timeout = milliseconds_of(x.drain_limit);
  return o;
}

rocksdb_options rocksdb_options_of(const service_settings& x) {
  rocksdb_options o;
  o.folder = x.data;
  o.block_cache_bytes = x.cache_mib << 20;
  if (x.disk_reserve_mib > 0) {
    o.free_bytes_full = x.disk_reserve_mib << 20;
    o.free_bytes_low = 2 * *o.free_bytes_full;
  }
  return o;
}

api_options api_options_of(const service_settings& x) {
  api_options o;
  o.uploads_max = x.uploads_max;
  o.streams_max = x.streams_max;
  o.subscriptions_max = x.subscriptions_max;
  o.idle_limit = milliseconds_of(x.idle_limit);
  // The SUPERVISOR waits for itself; its answer takes its time.
  o.drain_limit = milliseconds_of(x.drain_limit) + std::chrono::seconds{2};
  return o;
}

} // namespace api
} // namespace batch
