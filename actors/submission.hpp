// Brings the items of one job into the service, in bounded memory.
#pragma once

#include "actors/service_client.hpp"
#include "codecs/chunk.hpp"
#include "codecs/json_reader.hpp"
#include "storage/store.hpp"

#include <optional>

namespace batch {

/// One upload: open, add items, close. What was added is kept only when
/// `close` has answered; a submission that is destroyed before leaves nothing
/// behind.
///
/// Thread-safety: none. Must not outlive the client.
class submission {
public:
  explicit submission(service_client& client)
    : client_(client), share_(client.uploads()) {}
  ~submission();
  submission(const submission&) = delete;
  submission& operator=(const submission&) = delete;

  /// Errors: as `service_client::open`.
  expected<void> open(job_request request, item_source source);

  /// Adds the JSON text of an item. One that is beyond our limits fails alone,
  /// when the job runs.
  /// Errors: `ec::invalid_json` if the text is not JSON, and then nothing was
  /// added; errors of the service.
  expected<void> add(std::string_view text);

  /// Adds an item that cannot be one; it fails alone, when the job runs.
  expected<void> add_refused(const error& why, std::string_view text);

  /// Adds the payload of a dead letter and claims the letter; only if the
  /// source is dead letters.
  /// Errors: `ec::item_too_large`, and then nothing was added; errors of the
  /// service.
  expected<void> add_letter(std::string_view payload, const item_position& at);

  /// Adds every thing of a namespace as it is now.
  expected<void> add_namespace(const store_reader& store, std::string_view ns);

  /// Says what the job is, when more is known of it than when it was opened.
  /// @returns false if its chunks would be others: then it is as it was.
  bool describe(job_request request, const job_options& options);

  /// Accepts the job.
  /// @param key the `Idempotency-Key`, if there is one.
  /// @param fingerprint SHA-256 of what was sent, if there is a key.
  /// Errors: as `service_client::close`.
  expected<job_acceptance> close(std::string key = {},
                                 std::string fingerprint = {});

  const std::vector<std::string>& warnings() const { return ticket_.warnings; }
  uint64_t total() const { return chunks_->total(); }

private:
  expected<void> make_room(size_t text_bytes);
  void take_chunk();
  expected<void> send_block();
  expected<void> wait_for_block();

  service_client& client_;
  upload_budget::share share_;
  bool is_open_ = false;
  job_ticket ticket_;
  std::optional<job_request> description_;
  std::optional<chunk_builder> chunks_;
  uint32_t chunk_count_ = 0;
  /// Letters claimed by the open chunk; written together with it.
  std::vector<item_position> claims_;
  /// Chunk records that were not sent yet, and what they change.
  write_batch block_;
  counter_changes block_counters_;
  /// The block that is on its way; at most one.
  std::optional<answer<void>> in_flight_;
  json_reader reader_;
};

} // namespace batch
