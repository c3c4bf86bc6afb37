#include "storage/rocksdb_log_file.hpp"

#include "codecs/bytes.hpp"
#include "storage/rocksdb_status.hpp"

#include <array>
#include <charconv>
#include <map>

namespace batch {

namespace {

constexpr size_t block_bytes = 32 << 10;
constexpr size_t header_bytes = 7;
enum kind : uint8_t { whole = 1, begin = 2, middle = 3, end = 4 };

constexpr auto crc_table = [] {
  std::array<uint32_t, 256> result{};
  for (uint32_t i = 0; i < result.size(); ++i) {
    auto x = i;
    for (int bit = 0; bit < 8; ++bit)
      x = (x >> 1) ^ (x & 1 ? 0x82F63B78u : 0);
    result[i] = x;
  }
  return result;
}();

/// The checksum of RocksDB: CRC-32C, masked because the bytes may hold
/// checksums themselves.
uint32_t masked_crc(std::string_view bytes) {
  auto crc = ~uint32_t{0};
  for (auto x : bytes)
    crc = crc_table[(crc ^ static_cast<uint8_t>(x)) & 0xFF] ^ (crc >> 8);
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
}

} // namespace

expected<std::vector<std::filesystem::path>>
list_log_files(const std::filesystem::path& folder, uint64_t oldest,
               rocksdb::Env& env) {
  std::vector<std::string> names;
  auto listed = env.GetChildren(folder.string(), &names);
  if (!listed.ok())
    return fail(listed, "Reading " + folder.string());
  std::map<uint64_t, std::filesystem::path> logs;
  for (auto& name : names) {
    uint64_t number = 0;
    auto end = name.data() + name.size();
    auto read = std::from_chars(name.data(), end, number);
    if (read.ec == std::errc{} && number >= oldest
        && std::string_view{read.ptr, end} == ".log")
      logs.emplace(number, folder / name);
  }
  std::vector<std::filesystem::path> result;
  for (auto& [number, path] : logs)
    result.push_back(path);
  return result;
}

expected<log_file> log_file::open(const std::filesystem::path& path,
                                  rocksdb::Env& env) {
  std::unique_ptr<rocksdb::SequentialFile> file;
  auto opened = env.NewSequentialFile(path.string(), &file, {});
  if (!opened.ok())
    return fail(opened, "Opening " + path.string());
  return log_file{path.string(), std::move(file)};
}

log_file::log_file(std::string name,
                   std::unique_ptr<rocksdb::SequentialFile> file)
  : name_(std::move(name)), file_(std::move(file)) {}

expected<std::optional<std::string>> log_file::next(size_t bytes_max) {
  std::optional<std::string> record;
  auto add = [&](std::string_view bytes) {
    record->append(bytes.substr(0, bytes_max - record->size()));
  };
  for (;;) {
    auto skipped = std::exchange(has_skipped_, false);
    auto found = take_fragment();
    if (has_skipped_)
      record.reset();
    has_skipped_ |= skipped;
    if (!found) {
      auto more = read_block();
      if (!more)
        return fail(more);
      if (!*more)
        return std::optional<std::string>{};
      continue;
    }
    if (found->kind == whole || found->kind == begin)
      record.emplace();
    if (!record)
      continue; // its begin is lost
    add(found->bytes);
    if (found->kind == whole || found->kind == end)
      return record;
  }
}

expected<bool> log_file::read_block() {
  block_.resize(block_bytes);
  at_ = 0;
  rocksdb::Slice found;
  auto read = file_->Read(block_bytes, &found, block_.data());
  if (!read.ok())
    return fail(read, "Reading " + name_);
  block_ = found.ToString();
  return !block_.empty();
}

std::optional<log_file::fragment> log_file::take_fragment() {
  for (; at_ + header_bytes <= block_.size(); ++at_) {
    auto rest = std::string_view{block_}.substr(at_);
    byte_reader reader{rest};
    auto crc = reader.fixed<uint32_t>();
    auto size = reader.fixed<uint16_t>();
    auto kind = static_cast<uint8_t>(rest[header_bytes - 1]);
    if (kind >= whole && kind <= end && header_bytes + size <= rest.size()
        && crc == masked_crc(rest.substr(header_bytes - 1, size + 1))) {
      at_ += header_bytes + size;
      return fragment{kind, rest.substr(header_bytes, size)};
    }
    has_skipped_ = true;
  }
  return std::nullopt;
}

} // namespace batch
