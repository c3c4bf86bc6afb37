// Every key of the store. Numbers in keys are big-endian, so that memcmp
// orders them; job numbers grow by one with each job.
//
//   family         key                                    value
//   meta           "schema" | "term" | "counters"         see store, counters
//                  "model" 00 ns                          namespace model
//   jobs           J ~job:8                               job specification
//                  P job:8                                job progress
//                  I uuid:16                              job:8
//                  S status:1 ~job:8                      (empty)
//                  C job:8                                job control
//                  K sha256(idempotency key):64 digits    idempotency record
//                  F finished:8 job:8                     total items:4
//                  T uuid:16                              expires:8
//                  X expires:8 key                        (empty)
//   marks          job:8 chunk:4                          chunk mark
//                  job:8 chunk:4 offset:4                 pending item
//   chunks         job:8 chunk:4                          chunk of items
//   things         ns 00 id                               stamped JSON text
//   relationships  ns 00 id                               stamped JSON text
//   links          o fromNs 00 fromId 00 type 00 hash:16  ns 00 id
//                  i toNs 00 toId 00 type 00 hash:16      ns 00 id
//   embeddings     ns 00 id                               embedding record
//   results        job:8 chunk:4 round:2 part:2           results of a chunk
//                  job:8 chunk:4 FFFF:2 offset:2          attempts of an item
//   dead           job:8 item:4                           dead letter
//                  job:8 item:4 'c'                       job:8
//
// ~job is the complement of the job number: lists read the newest job first
// without reading backwards. A name never holds a NUL, so NUL ends it.
// F orders ended jobs by the time of their end, for their removal. T is the
// tombstone of a deleted job. X says when another key of the family goes.
// 'c' claims a dead letter for the job that tries it again; letters of job 0
// are messages of the system itself.
// hash:16 is XXH3-128 of "ns 00 id": the names of five parts would not fit
// into `key_bytes_max`. A link says where to look; the relationship it names
// says whether it still holds.
#pragma once

#include "codecs/ids.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace batch::keys {

inline constexpr std::string_view schema = "schema";
inline constexpr std::string_view term = "term";
inline constexpr std::string_view counters = "counters";

/// The model that the vectors of a namespace are of.
std::string namespace_model(std::string_view ns);
bool is_namespace_model(std::string_view key);

/// The keys of a range scan or a range erasure: from inclusive, to exclusive.
struct range {
  std::string from;
  std::string to;
};

/// All keys that begin with these bytes (which are not all 0xFF).
range with_prefix(std::string_view prefix);

std::string job_spec(uint64_t job);
std::string job_progress(uint64_t job);
std::string job_by_id(const job_id& id);
std::string job_control(uint64_t job);
std::string finished_job(int64_t finished_at, uint64_t job);
/// All ended jobs, the one that ended first before the others.
range finished_jobs();
/// The parts of a key of `finished_job`.
int64_t finished_at_of(std::string_view key);
uint64_t job_of_finished(std::string_view key);
std::string tombstone(const job_id& id);
std::string expiry(int64_t expires_at, std::string_view key);
/// The keys whose time is before `now`.
range expiries_until(int64_t now);
/// What a key of `expiry` says will go.
std::string_view expiring_key(std::string_view key);
std::string job_by_status(uint8_t status, uint64_t job);
std::string idempotency(std::string_view sha256_digits);
/// All specifications, newest job first; all jobs of one status, likewise.
range job_specs();
range jobs_by_status(uint8_t status);
/// The job number in a key of `job_spec`, `job_by_status`.
uint64_t job_of_listed(std::string_view key);

/// Keys of `marks` and `chunks`.
std::string chunk(uint64_t job, uint32_t chunk);
/// Keys of `marks` for items of a marked chunk that are still to be done; each
/// stands behind the mark of its chunk. Offsets count from the chunk's begin.
std::string pending(uint64_t job, uint32_t chunk, uint32_t offset);
bool is_pending(std::string_view key);
uint32_t pending_offset(std::string_view key);
/// Keys of `results`. Round 1 holds what succeeded at the first try; the
/// results of one round stand in as many parts as they need.
std::string result(uint64_t job, uint32_t chunk, uint16_t round, uint16_t part);
/// The attempts of an item that failed and then succeeded.
std::string result_attempts(uint64_t job, uint32_t chunk, uint16_t offset);
bool is_result_attempts(std::string_view key);
/// Keys of `dead`.
std::string dead_item(uint64_t job, uint32_t item);
/// Stands right behind the letter that it claims.
std::string dead_claim(uint64_t job, uint32_t item);
bool is_claim(std::string_view key);
/// All keys of one job in `marks`, `chunks`, `results` or `dead`.
range of_job(uint64_t job);
/// The job number that leads a key of those families, and what follows it.
uint64_t job_of(std::string_view key);
uint32_t chunk_of(std::string_view key);
uint32_t item_of(std::string_view key);

/// Keys of `things`, `relationships` and `embeddings`.
std::string named(std::string_view ns, std::string_view id);
/// All keys of one namespace.
range of_namespace(std::string_view ns);
/// The id in a key of `named`: what follows the namespace's NUL.
std::string_view id_of(std::string_view key);

/// Keys of `links`. `end` is 'o' for the end a relationship comes from and
/// 'i' for the one it goes to.
std::string link(char end, std::string_view ns, std::string_view id,
                 std::string_view type, std::string_view relationship_key);
/// All links of one end; of one type only unless `type` is empty.
range links(char end, std::string_view ns, std::string_view id,
            std::string_view type);

} // namespace batch::keys
