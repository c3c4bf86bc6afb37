#include "actors/queries/matrix_export.hpp"

#include "actors/queries/rows_ahead.hpp"
#include "actors/vector_claims.hpp"
#include "codecs/bytes.hpp"
#include "codecs/record.hpp"

namespace batch {

namespace {

/// Bytes that the header of an npy file is a multiple of, as NumPy wants it.
constexpr size_t alignment = 64;

std::string npy_header(uint64_t rows, uint64_t dimensions) {
  std::string what = "{'descr': '<f4', 'fortran_order': False, 'shape': ("
                     + std::to_string(rows) + ", " + std::to_string(dimensions)
                     + "), }";
  constexpr std::string_view magic{"\x93NUMPY\x01\x00", 8};
  auto size = magic.size() + 2 + what.size() + 1;
  what.append((alignment - size % alignment) % alignment, ' ');
  what.push_back('\n');
  std::string header{magic};
  append_fixed(header, static_cast<uint16_t>(what.size()));
  return header + what;
}

/// Walks the vectors that an export is asked for.
class vector_rows {
public:
  vector_rows(const store_reader& store, snapshot_ptr view,
              const export_request& request, namespace_model model)
    : rows_(store, std::move(view), family::embeddings,
            request.prefix.empty()
              ? keys::of_namespace(request.ns)
              : keys::with_prefix(keys::named(request.ns, request.prefix)),
            request.after ? keys::named(request.ns, request.after->id)
                          : std::string{}),
      model_(std::move(model)), left_(request.limit) {}

  /// @returns false behind the last vector.
  expected<bool> next() {
    while (left_ > 0) {
      auto more = rows_.next();
      if (!more || !*more)
        return more;
      auto x = decode_record<embedding>(rows_.row().value);
      if (!x)
        return fail(x);
      if (x->model != model_.model || x->vector.size() != model_.dimensions)
        continue;
      current_ = std::move(*x);
      --left_;
      return true;
    }
    return false;
  }

  const std::vector<float>& vector() const { return current_.vector; }
  std::string_view id() const { return keys::id_of(rows_.row().key); }

private:
  rows_ahead rows_;
  namespace_model model_;
  uint64_t left_;
  embedding current_;
};

class matrix_export : public byte_stream {
public:
  matrix_export(store_reader_ptr store, export_request request,
                namespace_model model)
    : store_(std::move(store)), view_(store_->take_snapshot()),
      request_(std::move(request)), model_(std::move(model)) {}

  /// The header of an array says how many rows there are.
  expected<uint64_t> count_rows() {
    vector_rows first_pass{*store_, view_, request_, model_};
    uint64_t rows = 0;
    for (;; ++rows) {
      auto more = first_pass.next();
      if (!more)
        return fail(more);
      if (!*more)
        break;
    }
    if (request_.format == export_format::npy)
      header_ = npy_header(rows, model_.dimensions);
    return rows;
  }

  expected<bool> read(std::string& out) override {
    if (!rows_) {
      out += header_;
      rows_.emplace(*store_, view_, request_, model_);
    }
    for (auto begin = out.size(); out.size() - begin < stream_bytes;) {
      auto more = rows_->next();
      if (!more || !*more)
        return more;
      if (request_.format == export_format::npy) {
        auto& numbers = rows_->vector();
        out.append(reinterpret_cast<const char*>(numbers.data()),
                   numbers.size() * sizeof(float));
      } else {
        out += rows_->id();
        out += '\n';
      }
    }
    return true;
  }

private:
  store_reader_ptr store_;
  snapshot_ptr view_;
  export_request request_;
  namespace_model model_;
  std::string header_;
  std::optional<vector_rows> rows_;
};

} // namespace

expected<begun_export> begin_matrix_export(store_reader_ptr store,
                                           const export_request& request) {
  auto model = find_namespace_model(*store, request.ns);
  if (!model)
    return fail(model);
  auto stream = std::make_unique<matrix_export>(
    std::move(store), request, model->value_or(namespace_model{}));
  auto rows = stream->count_rows();
  if (!rows)
    return fail(rows);
  begun_export begun;
  begun.records = *rows;
  begun.stream = std::move(stream);
  return begun;
}

} // namespace batch
