#include "actors/item_stream.hpp"

#include "codecs/csv_items.hpp"
#include "codecs/limits.hpp"
#include "codecs/ndjson.hpp"

#include <optional>

namespace batch {

namespace {

class ndjson_stream : public item_stream {
public:
  explicit ndjson_stream(submission& to) : to_(to) {}

  expected<void> feed(std::string_view piece) override {
    lines_.feed(piece, add_);
    return added_;
  }

  expected<void> finish() override {
    lines_.finish(add_);
    return added_;
  }

private:
  expected<void> add(const ndjson_splitter::line& line) {
    auto place = [&] { return place_in_stream(line.number, line.offset); };
    if (line.too_long)
      return to_.add_refused(
        {ec::item_too_large, place() + " is longer than "
                               + std::to_string(item_bytes_max) + " bytes"},
        {});
    auto added = to_.add(line.text);
    if (added || added.error().code != ec::invalid_json)
      return added;
    return to_.add_refused(
      {ec::invalid_json, place() + " is " + added.error().message}, line.text);
  }

  submission& to_;
  ndjson_splitter lines_{item_bytes_max};
  expected<void> added_;
  ndjson_splitter::visitor add_ = [this](const ndjson_splitter::line& line) {
    added_ = add(line);
    return added_.has_value();
  };
};

class csv_stream : public item_stream {
public:
  csv_stream(job_type type, submission& to) : type_(type), to_(to) {}

  expected<void> feed(std::string_view piece) override {
    records_.feed(piece, take_);
    return taken_;
  }

  expected<void> finish() override {
    if (auto ended = records_.finish(take_); !ended)
      return ended;
    if (taken_ && !items_)
      return fail(ec::invalid_job, "the CSV is empty; expected a header that "
                                   "names its columns, e.g. ns,id,type");
    return taken_;
  }

private:
  expected<void> take(const csv_record& record) {
    if (items_)
      return add(record);
    auto items = csv_items::read_header(type_, record);
    if (!items)
      return fail(items);
    items_.emplace(std::move(*items));
    records_.keep_cells(items_->columns());
    return {};
  }

  expected<void> add(const csv_record& row) {
    // What is kept of a row that is refused; its quotes may make it too long.
    auto text = row.text.substr(0, item_bytes_max);
    auto item = items_->item(row);
    if (!item)
      return to_.add_refused(item.error(), text);
    auto added = to_.add(*item);
    if (added || added.error().code != ec::invalid_json)
      return added;
    return to_.add_refused(items_->not_utf8(row), text);
  }

  job_type type_;
  submission& to_;
  csv_reader records_{item_bytes_max, csv_columns_max};
  std::optional<csv_items> items_;
  expected<void> taken_;
  csv_reader::visitor take_ = [this](const csv_record& record) {
    taken_ = take(record);
    return taken_.has_value();
  };
};

} // namespace

item_stream_ptr make_ndjson_stream(submission& to) {
  return std::make_unique<ndjson_stream>(to);
}

item_stream_ptr make_csv_stream(job_type type, submission& to) {
  return std::make_unique<csv_stream>(type, to);
}

} // namespace batch
