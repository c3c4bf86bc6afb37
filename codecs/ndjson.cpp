#include "codecs/ndjson.hpp"

namespace batch {

bool ndjson_splitter::feed(std::string_view piece, const visitor& visit) {
  for (;;) {
    auto end = piece.find('\n');
    auto head = piece.substr(0, end);
    // More than a line may have is kept: a byte order mark and the CR of CRLF.
    if (partial_.size() + head.size() > line_bytes_max_ + 4) {
      too_long_ = true;
      partial_.clear();
    }
    received_ += head.size();
    if (end == std::string_view::npos) {
      if (!too_long_)
        partial_.append(head);
      return true;
    }
    received_ += 1;
    piece.remove_prefix(end + 1);
    if (!partial_.empty()) {
      partial_.append(head);
      head = partial_;
    }
    auto go_on = end_line(head, visit);
    partial_.clear();
    if (!go_on)
      return false;
  }
}

bool ndjson_splitter::finish(const visitor& visit) {
  auto last = std::move(partial_);
  partial_.clear();
  return (last.empty() && !too_long_) || end_line(last, visit);
}

bool ndjson_splitter::end_line(std::string_view text, const visitor& visit) {
  if (number_ == 1 && text.starts_with("\xEF\xBB\xBF"))
    text.remove_prefix(3);
  if (text.ends_with('\r'))
    text.remove_suffix(1);
  auto too_long = too_long_ || text.size() > line_bytes_max_;
  auto blank = !too_long && text.find_first_not_of(" \t\r") == text.npos;
  line found{too_long ? std::string_view{} : text, too_long, number_,
             line_offset_};
  too_long_ = false;
  ++number_;
  line_offset_ = received_;
  return blank || visit(found);
}

} // namespace batch
