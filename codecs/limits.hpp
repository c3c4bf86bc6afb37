// Every limit of the service, with its unit and where the number comes from.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace batch {

/// Bytes of a namespace name, and of a type.
inline constexpr size_t ns_bytes_max = 128;
inline constexpr size_t type_bytes_max = 256;
/// Bytes of the name of a job type of one's own. Source: a label of DNS.
inline constexpr size_t own_type_bytes_max = 63;
/// Bytes of the id of a thing or relationship.
inline constexpr size_t id_bytes_max = 512;

/// Bytes of a key of the store. Source: PostgreSQL's b-tree refuses entries
/// beyond a third of its 8 KiB page, and the store must be portable to it.
inline constexpr size_t key_bytes_max = 1024;
/// Bytes of a value of the store: one message between nodes has to hold it.
inline constexpr size_t value_bytes_max = 1 << 20;
/// What one atomic write may hold.
inline constexpr size_t batch_entries_max = 10'000;
inline constexpr size_t batch_bytes_max = 8 << 20;

/// Bytes of the JSON text of one item. Source: with the longest error message
/// of each of its attempts it must fit into one value, as a dead letter.
inline constexpr size_t item_bytes_max = value_bytes_max - (16 << 10);
/// Bytes of an error message that is kept; longer ones are cut. Source: the
/// attempts of a whole chunk must fit into one atomic write.
inline constexpr size_t message_bytes_max = 500;
/// Bytes of a file of certificates or keys. Source: the certificates of all
/// public authorities together take a quarter of that.
inline constexpr size_t pem_bytes_max = 1 << 20;
/// Slots that one worker of a type of its own may take. Source: each is a
/// request that is open all the time.
inline constexpr uint32_t enlisted_slots_max = 1000;
/// Bytes of the names of a worker and of a node.
inline constexpr size_t worker_name_bytes_max = 64;
/// Attempts of an item that are kept, the last ones: the first try and the
/// most retries that an item may have.
inline constexpr size_t attempts_kept_max = 11;
/// Bytes of the items of one chunk, and how many there are by default and at
/// most. Source: 100 items a batch is the hosted queue's default.
inline constexpr size_t chunk_bytes_max = value_bytes_max - (4 << 10);
inline constexpr uint32_t chunk_items_default = 100;
inline constexpr uint32_t chunk_items_max = 1000;
/// The lowest bound of the bytes of a text that a job may set. Source: a part
/// of a split text must hold some words.
inline constexpr size_t embedding_bytes_min = 64;
/// Levels of nesting in a JSON text: simdjson's default.
inline constexpr size_t json_depth_max = 1024;

/// Bytes of a JSON body, which is held whole, by default.
inline constexpr size_t json_body_bytes_max = 64 << 20;
/// Bytes of all JSON bodies held at one time.
inline constexpr size_t json_bodies_bytes_max = 256 << 20;
/// Bytes of `options` and of `input`, each.
inline constexpr size_t options_bytes_max = 64 << 10;

/// Bytes of effects and results after which a worker stops and leaves the rest
/// of its chunk to another round: one atomic write has to hold them.
inline constexpr size_t outcome_bytes_max = 4 << 20;

/// What a script may use for one item: CPU time, memory, and bytes of the value
/// that it makes; by default and at most. Source: a choice; 0.1 s is some
/// 20,000 times what a common item takes, and 8 MiB hold the largest item.
inline constexpr std::chrono::milliseconds script_time_default{100};
inline constexpr std::chrono::milliseconds script_time_max{10'000};
inline constexpr size_t script_memory_default = 8 << 20;
inline constexpr size_t script_memory_min = 1 << 20;
inline constexpr size_t script_memory_max = 64 << 20;
inline constexpr size_t script_output_max = item_bytes_max;
/// Bytes of one string in a script. Source: more than any value may have; one
/// step of the interpreter must not take long.
inline constexpr size_t script_string_bytes_max = 1 << 20;

/// Items of a dry run whose values before and after are shown.
inline constexpr uint64_t dry_run_items_shown = 20;

/// Bytes of chunk records that are handed over in one call.
inline constexpr size_t upload_block_bytes_max = 4 << 20;

/// Bytes that all open uploads together may gather before they hand them over
/// or wait for them to be stored, and the bounds of what one of them may; an
/// item that is larger than its share goes by itself. Source: 1 MiB a write is
/// as fast as more, and 64 uploads at one time must fit beside the caches.
inline constexpr size_t uploads_bytes_max = 64 << 20;
inline constexpr size_t upload_share_bytes_max = 1 << 20;
inline constexpr size_t upload_share_bytes_min = 64 << 10;

/// Bytes of what one message between nodes carries; a single row or item that
/// is larger goes by itself. Source: CAF moves 1 MiB the fastest, and while a
/// message is on its way no other one of that node is, beats included.
inline constexpr size_t wire_bytes_max = 1 << 20;
/// As `upload_share_bytes_max`, of an upload that goes to another node: a block
/// ends with the chunk that fills it, and both together fit into one message.
inline constexpr size_t remote_share_bytes_max = wire_bytes_max / 2;
/// Bytes of a page for another node, before its last row.
inline constexpr size_t remote_page_bytes_max = wire_bytes_max / 2;
/// Bytes that a node's gateway may have asked for and given at one time. What
/// the other side has not read yet lies in memory, and beats wait behind it:
/// at 1 MiB/s for 4 s, half the silence after which a node is given up. A call
/// for single rows counts as 64 KiB, though one of them may have 1 MiB.
inline constexpr size_t link_window_bytes = 4 << 20;
/// Snapshots that a node's gateway may hold at one time. Source: twice the
/// connections that it serves.
inline constexpr size_t link_snapshots_max = 1024;

/// Uploads that are read piece by piece at one time, by default. Source: a
/// quarter of the connections that are served.
inline constexpr size_t streamed_uploads_max = 128;

/// Columns of a CSV file that comes in. Source: far more than a spreadsheet
/// has (16,384), and their names take a few MiB.
inline constexpr size_t csv_columns_max = 100'000;

/// The highest `options.priority`; the lowest is as far below 0.
inline constexpr int32_t priority_max = 10;
/// The highest `options.concurrency`.
inline constexpr uint32_t concurrency_max = 1000;
/// Jobs that one job may wait for (`options.after`).
inline constexpr size_t after_jobs_max = 100;
/// The longest that `options.delaySeconds` puts off a job.
inline constexpr std::chrono::hours delay_max{24 * 365};

/// How long finished jobs, their results and dead letters are kept, and how
/// many items of finished jobs at most; whichever comes first.
inline constexpr std::chrono::hours retention_age_default{24 * 30};
inline constexpr uint64_t retention_items_default = 10'000'000;
/// How long a deleted job is remembered as deleted.
inline constexpr std::chrono::hours tombstone_age_max{24 * 7};

/// Items of one job: their index is stored in 32 bits.
inline constexpr uint64_t job_items_max = UINT32_MAX - 1;

/// Errors shown inside a job; the others are under `/batch/:id/errors`.
inline constexpr size_t inline_errors_max = 100;
/// Items of a job whose results `?include=results` shows.
inline constexpr size_t inline_results_max = 1000;

/// Bytes of an `Idempotency-Key`, and how long one is remembered.
inline constexpr size_t idempotency_key_bytes_max = 255;
inline constexpr std::chrono::hours idempotency_key_age_max{24};

/// Numbers in a vector. Source: it must fit into one value of the store.
inline constexpr size_t vector_dimensions_max = 65'536;

/// Results of a search, by default and at most, and the bytes of its text.
inline constexpr size_t search_results_default = 10;
inline constexpr size_t search_results_max = 1000;
inline constexpr size_t search_text_bytes_max = 64 << 10;
/// Searches of one node's gateway that the coordinator is asked for at one
/// time; further ones wait at the node. Source: a request has at most 256 KiB,
/// so together they are a `link_window_bytes`.
inline constexpr size_t link_searches_max = 16;
/// Bytes of vectors that are held for searches, by default.
inline constexpr size_t search_cache_bytes_default = 256 << 20;

/// Rows of a page of a list, by default and at most.
inline constexpr size_t page_rows_default = 100;
inline constexpr size_t page_rows_max = 500;

/// Bytes that a stream (export, results) gathers before it writes. Source: a
/// chunked answer in 64 KiB pieces runs at 1.7 GB/s, in 4 KiB pieces at 0.4.
inline constexpr size_t stream_bytes = 256 << 10;

/// Exports, results and errors that are sent at one time, by default. Source:
/// each holds two threads, about 1.5 MiB, and for up to 10 minutes a snapshot.
inline constexpr size_t exports_max_default = 100;
/// Records that one export may be asked for.
inline constexpr size_t export_limit_max = 10'000'000;

/// The longest that a snapshot is held: every row that an old one still shows
/// stays on disk. Source: ten million things of 250 B need 4.2 MB/s for it,
/// and an export that is cut off can go on behind its last record.
inline constexpr std::chrono::minutes snapshot_age_max{10};

static_assert(ns_bytes_max + id_bytes_max + type_bytes_max + 3 + 16
              <= key_bytes_max);
static_assert(chunk_bytes_max < value_bytes_max);
static_assert(2 * remote_share_bytes_max <= wire_bytes_max);
static_assert(chunk_items_max * attempts_kept_max
                  * (message_bytes_max + 2 * worker_name_bytes_max + 16)
                + chunk_bytes_max
              < batch_bytes_max);

} // namespace batch
