// What is stored, as the RPC tells it; and what is asked, as queries take it.
#pragma once

#include "actors/messages.hpp"
#include "actors/queries/export_request.hpp"
#include "actors/queries/job_queries.hpp"
#include "actors/queries/letter_queries.hpp"

namespace batch::api {

job_info job_info_of(const job_report& report);
service_stats stats_of(const service_counters& counters);
letter_info letter_info_of(const stored_letter& x);

/// Errors: `ec::invalid_request`.
expected<job_filter> job_filter_of(const job_query& query);

/// Errors: `ec::invalid_request`, `ec::no_such_job`.
expected<letter_filter> letter_filter_of(const letter_query& query);

/// Errors: `ec::invalid_request`.
expected<export_request> export_request_of(const export_query& query);

/// Rows of a page. Errors: `ec::invalid_request`.
expected<size_t> page_limit(uint32_t limit);

} // namespace batch::api
