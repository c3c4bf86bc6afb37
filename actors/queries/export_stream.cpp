#include "actors/queries/export_stream.hpp"

#include "actors/queries/answer_bytes.hpp"
#include "actors/queries/matrix_export.hpp"
#include "actors/queries/record_cursor.hpp"
#include "codecs/json_writer.hpp"

#include <vector>

namespace batch {

namespace {

using step = record_cursor::step;

constexpr std::string_view thing_columns[]
  = {"ns", "id", "type", "visibility", "content"};
constexpr std::string_view relationship_columns[]
  = {"ns", "id", "type", "fromNs", "fromId", "toNs", "toId"};
constexpr std::string_view all_columns[]
  = {"ns",     "id",     "type", "visibility", "content",
     "fromNs", "fromId", "toNs", "toId"};
constexpr std::string_view embedding_columns[]
  = {"ns", "id", "model", "dimensions", "textHash", "createdAt", "vector"};

/// Appends records up to about `stream_bytes`, or until so many rows were
/// passed over that the reader should be heard again.
/// @param append takes the text of a record.
/// @returns false if there are no more.
template <class Append>
expected<bool> append_piece(record_cursor& records, std::string& out,
                            Append&& append) {
  auto begin = out.size();
  size_t skipped = 0;
  while (out.size() - begin < stream_bytes && skipped < rows_looked_at_max) {
    auto found = records.next();
    if (!found)
      return fail(found);
    if (*found == step::end)
      return false;
    if (*found == step::skipped)
      ++skipped;
    else
      append(records.text());
  }
  return true;
}

/// One record a line, or the elements of one array.
class text_export : public byte_stream {
public:
  text_export(store_reader_ptr store, const export_request& request)
    : store_(std::move(store)),
      records_(*store_, store_->take_snapshot(), request),
      is_array_(request.format == export_format::json) {}

  expected<bool> read(std::string& out) override {
    auto is_first = records_.count() == 0;
    auto more = append_piece(records_, out, [&](std::string_view record) {
      if (is_array_)
        out += is_first ? "[\n" : ",\n";
      out += record;
      if (!is_array_)
        out.push_back('\n');
      is_first = false;
    });
    if (more && !*more && is_array_)
      out += is_first ? "[]\n" : "\n]\n";
    return more;
  }

  uint64_t count() const { return records_.count(); }

private:
  store_reader_ptr store_;
  record_cursor records_;
  bool is_array_;
};

class csv_export : public byte_stream {
public:
  csv_export(store_reader_ptr store, export_request request)
    : store_(std::move(store)), view_(store_->take_snapshot()),
      request_(std::move(request)) {}

  /// Reads all records once, for the columns. @returns their number.
  expected<uint64_t> read_columns() {
    auto columns = fixed_columns();
    if (!columns)
      return fail(columns);
    table_.emplace(*columns, request_.formulas);
    // Columns that were asked for are there even if no record has them, so
    // that who reads the file can rely on them.
    if (request_.fields)
      collect_wanted(*request_.fields);
    record_cursor first_pass{*store_, view_, request_};
    for (;;) {
      auto found = first_pass.next();
      if (!found)
        return fail(found);
      if (*found == step::end)
        return first_pass.count();
      if (*found == step::record)
        table_->collect(first_pass.text());
    }
  }

  expected<bool> read(std::string& out) override {
    if (!records_) {
      table_->append_header(out);
      records_.emplace(*store_, view_, request_);
    }
    return append_piece(*records_, out, [&](std::string_view record) {
      table_->append_row(out, record);
    });
  }

private:
  void collect_wanted(const record_fields& fields) {
    if (fields.data_keys.empty())
      return;
    std::string record;
    json_writer w{record};
    w.begin_object().key("data").begin_object();
    for (const auto& key : fields.data_keys)
      w.key(key).null();
    w.end_object().end_object();
    table_->collect(record);
  }

  expected<std::vector<std::string_view>> fixed_columns() const {
    auto all = columns_of_kind();
    if (!all)
      return fail(all);
    std::vector<std::string_view> wanted;
    for (auto name : *all)
      if (!request_.fields || request_.fields->has(name))
        wanted.push_back(name);
    return wanted;
  }

  expected<std::span<const std::string_view>> columns_of_kind() const {
    if (request_.kind == export_kind::embeddings)
      return embedding_columns;
    if (request_.kind == export_kind::things)
      return thing_columns;
    if (request_.kind == export_kind::relationships)
      return relationship_columns;
    auto things = has_any(family::things);
    if (!things)
      return fail(things);
    auto relationships = has_any(family::relationships);
    if (!relationships)
      return fail(relationships);
    if (!*relationships)
      return thing_columns;
    return *things ? std::span<const std::string_view>{all_columns}
                   : std::span<const std::string_view>{relationship_columns};
  }

  /// Asks of the whole namespace, so that parts of an export have the same
  /// columns.
  expected<bool> has_any(family f) const {
    row_cursor rows{*store_, view_, f, keys::of_namespace(request_.ns), {}, 1};
    return rows.next();
  }

  store_reader_ptr store_;
  snapshot_ptr view_;
  export_request request_;
  std::optional<csv_table> table_;
  std::optional<record_cursor> records_;
};

/// A stream whose first piece was read before.
class begun_stream : public byte_stream {
public:
  begun_stream(byte_stream_ptr rest, std::string first, bool more)
    : rest_(std::move(rest)), first_(std::move(first)), more_(more) {}

  expected<bool> read(std::string& out) override {
    if (!first_)
      return more_ ? rest_->read(out) : false;
    out += *first_;
    first_.reset();
    return more_;
  }

private:
  byte_stream_ptr rest_;
  std::optional<std::string> first_;
  bool more_;
};

} // namespace

expected<begun_export> begin_export(store_reader_ptr store,
                                    export_request request) {
  begun_export begun;
  if (request.format == export_format::npy
      || request.format == export_format::ids)
    return begin_matrix_export(std::move(store), request);
  if (request.format == export_format::csv) {
    auto table
      = std::make_unique<csv_export>(std::move(store), std::move(request));
    auto count = table->read_columns();
    if (!count)
      return fail(count);
    begun.records = *count;
    begun.stream = std::move(table);
    return begun;
  }
  auto texts = std::make_unique<text_export>(std::move(store), request);
  std::string first;
  auto more = texts->read(first);
  if (!more)
    return fail(more);
  if (!*more)
    begun.records = texts->count();
  begun.stream
    = std::make_unique<begun_stream>(std::move(texts), std::move(first), *more);
  return begun;
}

} // namespace batch
