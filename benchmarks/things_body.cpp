#include "benchmarks/things_body.hpp"

#include "codecs/json_reader.hpp"

namespace batch::bench {

namespace {
constexpr size_t piece_bytes = 256 << 10;
} // namespace

things_body::things_body(const things_options& o, body_form form)
  : options_(o), format_(body_formats[static_cast<size_t>(form)]),
    order_(o.count) {
  piece_.reserve(piece_bytes + 2 * o.bytes);
}

uint64_t things_body::bytes() const {
  auto count = uint64_t{options_.count};
  return format_.head.size() + count * options_.bytes
         + (count - 1) * format_.between.size() + format_.tail.size();
}

std::string_view things_body::next() {
  piece_.clear();
  while (done_ < options_.count && piece_.size() < piece_bytes) {
    piece_ += done_ == 0 ? format_.head : format_.between;
    auto place = options_.shuffled ? order_[done_] : done_;
    append_thing(piece_, options_, options_.first + place);
    if (++done_ == options_.count)
      piece_ += format_.tail;
  }
  return piece_;
}

std::string whole_body(things_body& body) {
  std::string text;
  text.reserve(body.bytes() + json_padding);
  body.rewind();
  for (auto piece = body.next(); !piece.empty(); piece = body.next())
    text += piece;
  body.rewind();
  return text;
}

} // namespace batch::bench
