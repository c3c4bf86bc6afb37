#include "actors/queries/record_cursor.hpp"

#include "codecs/json_writer.hpp"
#include "codecs/record.hpp"
#include "codecs/stamped.hpp"

namespace batch {

namespace {

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

} // namespace

record_cursor::record_cursor(const store_reader& store, snapshot_ptr view,
                             const export_request& request)
  : store_(&store), view_(std::move(view)), ns_(request.ns),
    prefix_(request.prefix), type_(request.type), after_(request.after),
    limit_(request.limit) {
  if (request.kind)
    kinds_ = {*request.kind};
  else
    kinds_ = {export_kind::things, export_kind::relationships};
  if (after_)
    while (kinds_[kind_] != after_->kind)
      ++kind_; // `check_export` has seen that it is one of them
  if (request.fields)
    picker_.emplace(*request.fields);
  open();
}

void record_cursor::open() {
  auto range = prefix_.empty() ? keys::of_namespace(ns_)
                               : keys::with_prefix(keys::named(ns_, prefix_));
  std::string after_key;
  if (after_ && kinds_[kind_] == after_->kind)
    after_key = keys::named(ns_, after_->id);
  rows_.emplace(*store_, view_, family_of(kinds_[kind_]), std::move(range),
                std::move(after_key));
}

expected<record_cursor::step> record_cursor::next() {
  while (kind_ < kinds_.size() && count_ < limit_) {
    auto more = rows_->next();
    if (!more)
      return fail(more);
    if (*more)
      return take_row();
    if (++kind_ < kinds_.size())
      open();
  }
  return step::end;
}

expected<record_cursor::step> record_cursor::take_row() {
  auto row = rows_->row();
  if (kinds_[kind_] == export_kind::embeddings) {
    auto x = decode_record<embedding>(row.value);
    if (!x)
      return fail(x);
    rendered_ = render_embedding(ns_, keys::id_of(row.key), *x);
    text_ = rendered_;
  } else {
    auto record = read_stamped(row.value);
    if (!record)
      return fail(record);
    if (!type_.empty() && !has_wanted_type(record->text))
      return step::skipped;
    text_ = record->text;
  }
  if (picker_)
    text_ = picker_->pick(text_);
  ++count_;
  return step::record;
}

bool record_cursor::has_wanted_type(std::string_view text) {
  bool is_wanted = false;
  reader_.members(text, [&](const json_member& m) {
    if (m.key != "type")
      return true;
    // A text without escapes is what it says.
    is_wanted = m.value.find('\\') == m.value.npos
                  ? m.value.substr(1, m.value.size() - 2) == type_
                  : value_reader_.string_value(m.value) == type_;
    return false;
  });
  return is_wanted;
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
