#include "gateway/cli/submission_body.hpp"

#include "codecs/json_writer.hpp"

#include <array>

namespace batch::cli {

namespace {

/// Bytes of a request target. Source: cpp-httplib refuses URLs beyond 8 KiB.
constexpr size_t target_bytes_max = 8000;

/// Reads a text piece by piece.
struct text_reader {
  std::string text;
  size_t at = 0;

  size_t read(char* buffer, size_t size) {
    auto taken = text.copy(buffer, size, at);
    at += taken;
    return taken;
  }
  size_t bytes_left() const { return text.size() - at; }
};

/// `,"options":{…}}`, the end of a document.
std::string document_end(const submission_head& head) {
  return head.options.empty() ? "}" : ",\"options\":" + head.options + '}';
}

std::string document_begin(const submission_head& head) {
  std::string out = "{\"type\":";
  append_json_string(out, head.type);
  return out;
}

} // namespace

outcome<item_format> find_item_format(std::string_view flag,
                                      std::string_view path,
                                      item_source& items) {
  auto is = [&](std::string_view name) {
    return flag == name
           || (flag.empty() && path.ends_with('.' + std::string{name}));
  };
  if (is("ndjson") || is("jsonl"))
    return item_format::ndjson;
  if (is("csv"))
    return item_format::csv;
  auto first = items.first_byte();
  if (!first)
    return fail(first);
  if (*first == '[')
    return item_format::json_array;
  if (is("json"))
    return wrong_usage(items.name()
                       + " is not a JSON array of items: it does not begin "
                         "with '['; for one item per line use --format "
                         "ndjson");
  return item_format::ndjson;
}

upload json_body(const submission_head& head,
                 std::shared_ptr<item_source> items) {
  struct parts {
    text_reader begin;
    std::shared_ptr<item_source> items;
    text_reader end;
  };
  auto all
    = std::make_shared<parts>(parts{{document_begin(head) + ",\"items\":"},
                                    std::move(items),
                                    {document_end(head)}});
  upload out;
  out.content_type = "application/json";
  if (auto length = all->items->bytes_left())
    out.length = all->begin.bytes_left() + *length + all->end.bytes_left();
  out.read = [all](char* buffer, size_t size) -> outcome<size_t> {
    if (auto taken = all->begin.read(buffer, size); taken > 0)
      return taken;
    if (auto taken = all->items->read(buffer, size); !taken || *taken > 0)
      return taken;
    return all->end.read(buffer, size);
  };
  return out;
}

upload input_body(const submission_head& head, std::string_view input_ns) {
  auto text = document_begin(head) + ",\"input\":{\"ns\":";
  append_json_string(text, input_ns);
  text += '}' + document_end(head);
  upload out;
  out.content_type = "application/json";
  out.length = text.size();
  out.read = [reader = text_reader{std::move(text)}](
               char* buffer, size_t size) mutable -> outcome<size_t> {
    return reader.read(buffer, size);
  };
  return out;
}

upload stream_body(item_format format, std::shared_ptr<item_source> items) {
  upload out;
  out.content_type
    = format == item_format::csv ? "text/csv" : "application/x-ndjson";
  out.length = items->bytes_left();
  out.read
    = [items](char* buffer, size_t size) { return items->read(buffer, size); };
  return out;
}

outcome<request_path> stream_path(const submission_head& head) {
  request_path out{"/batch"};
  out.parameter("type", head.type).optional("options", head.options);
  if (out.text().size() > target_bytes_max)
    return wrong_usage("the options are too long for a stream of items, where "
                       "they stand in the URL; give the items as a JSON array");
  return out;
}

} // namespace batch::cli
