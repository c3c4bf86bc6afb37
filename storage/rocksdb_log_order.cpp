#include "storage/rocksdb_log_order.hpp"

#include <rocksdb/write_batch.h>

#include <algorithm>

namespace batch {

void rocksdb_log_order::ColumnFamilyLogNumberMap(
  const std::map<uint32_t, uint64_t>& oldest_logs,
  const std::map<std::string, uint32_t>&) {
  began_.emplace();
  began_->number = UINT64_MAX;
  for (auto& [family, number] : oldest_logs)
    began_->number = std::min(began_->number, number);
}

rocksdb::WalFilter::WalProcessingOption rocksdb_log_order::LogRecordFound(
  unsigned long long log_number, const std::string&,
  const rocksdb::WriteBatch& batch, rocksdb::WriteBatch*, bool*) {
  auto record = read_log_record(batch.Data());
  if (!record)
    return WalProcessingOption::kCorruptedRecord;
  if (began_ && !began_->is_sure)
    began_ = log_begin{log_number, /*is_sure=*/true};
  // A smaller number is that of a write that failed and was done again.
  if (next_ && record->sequence > *next_)
    return what_ == at_gap::stop ? WalProcessingOption::kStopReplay
                                 : WalProcessingOption::kCorruptedRecord;
  next_ = record->sequence + record->rows;
  return WalProcessingOption::kContinueProcessing;
}

} // namespace batch
