#include "actors/queries/export_stream.hpp"

#include "actors/queries/rows.hpp"
#include "codecs/json_writer.hpp"
#include "codecs/record.hpp"
#include "codecs/stamped.hpp"

#include <vector>

namespace batch {

namespace {

constexpr std::string_view thing_columns[]
  = {"ns", "id", "type", "visibility", "content"};
constexpr std::string_view relationship_columns[]
  = {"ns", "id", "type", "fromNs", "fromId", "toNs", "toId"};
constexpr std::string_view all_columns[]
  = {"ns",     "id",     "type", "visibility", "content",
     "fromNs", "fromId", "toNs", "toId"};
constexpr std::string_view embedding_columns[]
  = {"ns", "id", "model", "dimensions", "textHash", "createdAt", "vector"};

family family_of(export_kind kind) {
  switch (kind) {
  case export_kind::things:
    return family::things;
  case export_kind::relationships:
    return family::relationships;
  case export_kind::embeddings:
    return family::embeddings;
  }
  return family::things;
}

/// The records of a namespace as JSON texts, one after the other.
class record_cursor {
public:
  record_cursor(const store_reader& store, snapshot_ptr view,
                const export_request& request)
    : store_(&store), view_(std::move(view)), ns_(request.ns) {
    if (request.kind)
      kinds_ = {*request.kind};
    open();
  }

  /// Goes on answering false once it has.
  expected<bool> next() {
    while (kind_ < kinds_.size()) {
      auto more = rows_->next();
      if (!more || *more)
        return more ? take_row() : more;
      if (++kind_ < kinds_.size())
        open();
    }
    return false;
  }

  /// Valid until `next` is called again.
  std::string_view text() const { return text_; }

private:
  void open() {
    rows_.emplace(*store_, view_, family_of(kinds_[kind_]),
                  keys::of_namespace(ns_));
  }

  expected<bool> take_row() {
    auto row = rows_->row();
    if (kinds_[kind_] == export_kind::embeddings) {
      auto x = decode_record<embedding>(row.value);
      if (!x)
        return fail(x);
      rendered_ = render_embedding(ns_, keys::id_of(row.key), *x);
      text_ = rendered_;
      return true;
    }
    auto record = read_stamped(row.value);
    if (!record)
      return fail(record);
    text_ = record->text;
    return true;
  }

  const store_reader* store_;
  snapshot_ptr view_;
  std::string ns_;
  std::vector<export_kind> kinds_{export_kind::things,
                                  export_kind::relationships};
  size_t kind_ = 0;
  std::optional<row_cursor> rows_;
  std::string rendered_;
  std::string_view text_;
};

/// One record a line, or the elements of one array.
class text_export : public byte_stream {
public:
  text_export(store_reader_ptr store, const export_request& request)
    : store_(std::move(store)),
      records_(*store_, store_->take_snapshot(), request),
      is_array_(request.format == export_format::json) {}

  expected<bool> read(std::string& out) override {
    if (ended_)
      return false;
    auto begin = out.size();
    while (out.size() - begin < stream_bytes) {
      auto more = records_.next();
      if (!more)
        return more;
      if (!*more) {
        ended_ = true;
        if (is_array_)
          out += first_ ? "[]\n" : "\n]\n";
        return true;
      }
      if (is_array_)
        out += first_ ? "[\n" : ",\n";
      out += records_.text();
      if (!is_array_)
        out.push_back('\n');
      first_ = false;
    }
    return true;
  }

private:
  store_reader_ptr store_;
  record_cursor records_;
  bool is_array_;
  bool first_ = true;
  bool ended_ = false;
};

class csv_export : public byte_stream {
public:
  csv_export(store_reader_ptr store, export_request request)
    : store_(std::move(store)), view_(store_->take_snapshot()),
      request_(std::move(request)) {}

  expected<bool> read(std::string& out) override {
    if (!records_) {
      if (auto begun = begin(out); !begun)
        return fail(begun);
      return true;
    }
    auto begin = out.size();
    while (out.size() - begin < stream_bytes) {
      auto more = records_->next();
      if (!more)
        return more;
      if (!*more)
        return out.size() > begin;
      table_->append_row(out, records_->text());
    }
    return true;
  }

private:
  /// Reads all records once for the columns, and writes the header.
  expected<void> begin(std::string& out) {
    auto columns = fixed_columns();
    if (!columns)
      return fail(columns);
    table_.emplace(*columns, request_.formulas);
    record_cursor first_pass{*store_, view_, request_};
    for (;;) {
      auto more = first_pass.next();
      if (!more)
        return fail(more);
      if (!*more)
        break;
      table_->collect(first_pass.text());
    }
    table_->append_header(out);
    records_.emplace(*store_, view_, request_);
    return {};
  }

  expected<std::span<const std::string_view>> fixed_columns() const {
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

} // namespace

byte_stream_ptr make_export_stream(store_reader_ptr store,
                                   export_request request) {
  if (request.format == export_format::csv)
    return std::make_unique<csv_export>(std::move(store), std::move(request));
  return std::make_unique<text_export>(std::move(store), request);
}

std::string render_embedding(std::string_view ns, std::string_view id,
                             const embedding& x) {
  std::string json;
  json_writer w{json};
  w.begin_object().key("ns").string(ns).key("id").string(id);
  w.key("model").string(x.model);
  w.key("dimensions").number(uint64_t{x.vector.size()});
  w.key("textHash").string(x.text_hash);
  w.key("createdAt").string(format_time(x.created_at));
  w.key("vector").begin_array();
  for (auto v : x.vector)
    w.number(v);
  w.end_array().end_object();
  return json;
}

} // namespace batch
