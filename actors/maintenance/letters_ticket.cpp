#include "actors/maintenance/letters_ticket.hpp"

#include "codecs/fail_point.hpp"

#include <utility>

namespace batch {

expected<letters_ticket> letters_ticket::take(service_client& client) {
  job_request request;
  request.kind = upload_kind::ticket;
  auto opened = client.open(std::move(request));
  if (!opened)
    return fail(opened);
  return letters_ticket{client, opened->number};
}

letters_ticket::letters_ticket(letters_ticket&& other) noexcept
  : client_(std::exchange(other.client_, nullptr)), number_(other.number_) {}

letters_ticket::~letters_ticket() {
  if (client_)
    client_->abandon(number_);
}

expected<void> letters_ticket::write(write_batch changes,
                                     counter_changes counters, durability d) {
  BATCH_FAIL_POINT("letters.before_write");
  return client_->wait(client_->append(number_, std::move(changes), counters,
                                       d == durability::durable));
}

} // namespace batch
