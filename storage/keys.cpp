#include "storage/keys.hpp"

#include "codecs/bytes.hpp"

#include <cassert>
#include <xxhash.h>

namespace batch::keys {

namespace {

/// The end of a name. Names hold none, which is checked where they come in.
constexpr char nul = '\0';

void append_name(std::string& out, std::string_view name) {
  assert(name.find(nul) == std::string_view::npos);
  out.append(name);
  out.push_back(nul);
}

std::string newest_first(char kind, uint64_t job) {
  std::string key{kind};
  append_big_endian(key, ~job);
  return key;
}

std::string links_prefix(char end, std::string_view ns, std::string_view id,
                         std::string_view type) {
  assert(end == 'o' || end == 'i');
  std::string key{end};
  append_name(key, ns);
  append_name(key, id);
  if (!type.empty())
    append_name(key, type);
  return key;
}

} // namespace

range with_prefix(std::string_view prefix) {
  // The first key behind them all: the prefix plus one, as a number.
  std::string to{prefix};
  while (!to.empty() && to.back() == '\xFF')
    to.pop_back();
  assert(!to.empty());
  ++to.back();
  return {std::string{prefix}, std::move(to)};
}

namespace {
/// Before the name of a namespace, in `meta`.
constexpr std::string_view model_prefix{"model\0", 6};
} // namespace

std::string namespace_model(std::string_view ns) {
  return std::string{model_prefix}.append(ns);
}

bool is_namespace_model(std::string_view key) {
  return key.starts_with(model_prefix);
}

std::string job_spec(uint64_t job) {
  return newest_first('J', job);
}

std::string job_progress(uint64_t job) {
  std::string key{'P'};
  append_big_endian(key, job);
  return key;
}

std::string job_control(uint64_t job) {
  std::string key{'C'};
  append_big_endian(key, job);
  return key;
}

std::string finished_job(int64_t finished_at, uint64_t job) {
  std::string key{'F'};
  append_big_endian(key, static_cast<uint64_t>(finished_at));
  append_big_endian(key, job);
  return key;
}

range finished_jobs() {
  return with_prefix("F");
}

int64_t finished_at_of(std::string_view key) {
  assert(key.size() == 17);
  return static_cast<int64_t>(read_big_endian<uint64_t>(key.substr(1)));
}

uint64_t job_of_finished(std::string_view key) {
  assert(key.size() == 17);
  return read_big_endian<uint64_t>(key.substr(9));
}

std::string tombstone(const job_id& id) {
  std::string key{'T'};
  key.append(id.view());
  return key;
}

std::string expiry(int64_t expires_at, std::string_view key) {
  std::string out{'X'};
  append_big_endian(out, static_cast<uint64_t>(expires_at));
  out.append(key);
  return out;
}

range expiries_until(int64_t now) {
  return {"X", expiry(now, {})};
}

std::string_view expiring_key(std::string_view key) {
  assert(key.size() > 9);
  return key.substr(9);
}

std::string job_by_id(const job_id& id) {
  std::string key{'I'};
  key.append(id.view());
  return key;
}

std::string job_by_status(uint8_t status, uint64_t job) {
  std::string key{'S', static_cast<char>(status)};
  append_big_endian(key, ~job);
  return key;
}

std::string idempotency(std::string_view sha256_digits) {
  assert(sha256_digits.size() == 64);
  std::string key{'K'};
  key.append(sha256_digits);
  return key;
}

range job_specs() {
  return with_prefix("J");
}

range jobs_by_status(uint8_t status) {
  const char prefix[] = {'S', static_cast<char>(status)};
  return with_prefix({prefix, sizeof prefix});
}

uint64_t job_of_listed(std::string_view key) {
  assert(key.size() >= 9);
  return ~read_big_endian<uint64_t>(key.substr(key.size() - 8));
}

std::string chunk(uint64_t job, uint32_t chunk) {
  std::string key;
  append_big_endian(key, job);
  append_big_endian(key, chunk);
  return key;
}

std::string pending(uint64_t job, uint32_t chunk, uint32_t offset) {
  auto key = keys::chunk(job, chunk);
  append_big_endian(key, offset);
  return key;
}

bool is_pending(std::string_view key) {
  return key.size() == 16;
}

uint32_t pending_offset(std::string_view key) {
  assert(is_pending(key));
  return read_big_endian<uint32_t>(key.substr(12));
}

std::string result(uint64_t job, uint32_t chunk, uint16_t round,
                   uint16_t part) {
  auto key = keys::chunk(job, chunk);
  append_big_endian(key, round);
  append_big_endian(key, part);
  return key;
}

std::string result_attempts(uint64_t job, uint32_t chunk, uint16_t offset) {
  return result(job, chunk, 0xFFFF, offset);
}

bool is_result_attempts(std::string_view key) {
  assert(key.size() == 16);
  return key.substr(12, 2) == "\xFF\xFF";
}

std::string dead_item(uint64_t job, uint32_t item) {
  return chunk(job, item);
}

std::string dead_claim(uint64_t job, uint32_t item) {
  return chunk(job, item) + 'c';
}

bool is_claim(std::string_view key) {
  return key.size() == 13;
}

range of_job(uint64_t job) {
  std::string prefix;
  append_big_endian(prefix, job);
  return with_prefix(prefix);
}

uint64_t job_of(std::string_view key) {
  assert(key.size() >= 12);
  return read_big_endian<uint64_t>(key);
}

uint32_t chunk_of(std::string_view key) {
  assert(key.size() >= 12);
  return read_big_endian<uint32_t>(key.substr(8));
}

uint32_t item_of(std::string_view key) {
  return chunk_of(key);
}

std::string named(std::string_view ns, std::string_view id) {
  std::string key;
  key.reserve(ns.size() + 1 + id.size());
  append_name(key, ns);
  key.append(id);
  return key;
}

range of_namespace(std::string_view ns) {
  std::string prefix;
  append_name(prefix, ns);
  return with_prefix(prefix);
}

std::string_view id_of(std::string_view key) {
  auto end_of_ns = key.find(nul);
  assert(end_of_ns != std::string_view::npos);
  return key.substr(end_of_ns + 1);
}

std::string link(char end, std::string_view ns, std::string_view id,
                 std::string_view type, std::string_view relationship_key) {
  assert(!type.empty());
  auto key = links_prefix(end, ns, id, type);
  XXH128_canonical_t hash;
  XXH128_canonicalFromHash(
    &hash, XXH3_128bits(relationship_key.data(), relationship_key.size()));
  key.append(reinterpret_cast<const char*>(hash.digest), sizeof hash.digest);
  return key;
}

range links(char end, std::string_view ns, std::string_view id,
            std::string_view type) {
  return with_prefix(links_prefix(end, ns, id, type));
}

} // namespace batch::keys
