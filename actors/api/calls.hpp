// The calls of the RPC that read or write the store, as functions. Any thread;
// all of them block.
#pragma once

#include "actors/api/context.hpp"

#include <optional>

namespace batch::api {

/// Nothing if there is no such job, or not any more.
expected<std::optional<job_info>> find_job_info(const api_context& context,
                                                const std::string& id);

expected<job_page> list_job_infos(const api_context& context,
                                  const job_query& query);

/// Gives an order and answers the job as it is then.
expected<job_info> order_job(api_context& context, const std::string& id,
                             const job_order& order);

expected<job_accepted> retry_job(api_context& context, const std::string& id);
expected<void> remove_job(api_context& context, const std::string& id);

expected<service_stats> read_stats(const api_context& context);

/// Nothing if there is no such thing.
expected<std::optional<thing_text>> find_thing(const api_context& context,
                                               const std::string& ns,
                                               const std::string& id);
/// @param json names its ns and id.
expected<void> put_thing(api_context& context, const std::string& json);

expected<letter_page> list_letters(const api_context& context,
                                   const letter_query& query);
expected<letters_replayed> replay_letters(api_context& context,
                                          const letter_replay& replay);
expected<uint64_t> purge_letters(api_context& context,
                                 const letter_query& query);

} // namespace batch::api
