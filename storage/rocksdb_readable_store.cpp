#include "storage/rocksdb_reader.hpp"
#include "storage/rocksdb_status.hpp"

namespace batch {

namespace {

class rocksdb_readable_store final : public readable_store {
public:
  rocksdb_readable_store(const rocksdb_options& o,
                         std::shared_ptr<rocksdb_database> database)
    : folder_(o.folder.string()), database_(std::move(database)),
      reader_(o, database_), space_(watch_disk(o)) {}

  expected<std::optional<std::string>>
  get(family f, std::string_view key) const override {
    return reader_.get(f, key);
  }

  expected<std::vector<std::optional<std::string>>>
  get_many(family f, std::span<const std::string> keys) const override {
    return reader_.get_many(f, keys);
  }

  snapshot_ptr take_snapshot() const override {
    return reader_.take_snapshot();
  }

  expected<page> scan(const snapshot_ptr& view, family f, std::string_view from,
                      std::string_view to, std::string_view after_key,
                      size_t limit_bytes) const override {
    return reader_.scan(view, f, from, to, after_key, limit_bytes);
  }

  batch::capacity capacity() const override { return space_.current(); }

  store_health health() const override {
    return {false, folder_ + " was opened for reading only"};
  }

  expected<void> verify_checksums() const override {
    auto verified = database_->db->VerifyChecksum();
    if (verified.ok())
      return {};
    if (verified.IsCorruption())
      return fail(ec::storage_corrupt,
                  folder_ + " is damaged; restore it from a backup: "
                    + verified.ToString());
    return fail(verified, "Reading from " + folder_);
  }

private:
  const std::string folder_;
  const std::shared_ptr<rocksdb_database> database_;
  const rocksdb_reader reader_;
  const disk_space space_;
};

} // namespace

expected<std::shared_ptr<const readable_store>>
open_rocksdb_for_reading(const rocksdb_options& o) {
  auto database = open_rocksdb_database_for_reading(o);
  if (!database)
    return fail(database);
  return std::make_shared<const rocksdb_readable_store>(o,
                                                        std::move(*database));
}

} // namespace batch
