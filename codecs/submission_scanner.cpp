#include "codecs/submission_scanner.hpp"

#include "codecs/json_reader.hpp"
#include "codecs/limits.hpp"

#include <array>

namespace batch {

namespace {

/// Bytes before the items: `options` and `input` at their largest, and a few.
constexpr size_t head_bytes_max = 2 * options_bytes_max + (4 << 10);

/// What a byte means to the skipping of a value.
enum byte_class : uint8_t {
  other = 0,
  space = 1,
  quote = 2,
  escape = 4,
  open = 8,
  close = 16,
  separator = 32
};

constexpr std::array<uint8_t, 256> make_classes() {
  std::array<uint8_t, 256> classes{};
  for (auto c : {' ', '\t', '\n', '\r'})
    classes[static_cast<unsigned char>(c)] = space;
  classes['"'] = quote;
  classes['\\'] = escape;
  classes['{'] = classes['['] = open;
  classes['}'] = classes[']'] = close;
  classes[','] = separator;
  return classes;
}

constexpr auto classes = make_classes();

uint8_t class_of_byte(char c) {
  return classes[static_cast<unsigned char>(c)];
}

/// The first byte from `at` on that is of one of the classes, or the end.
size_t find_class(std::string_view body, size_t at, uint8_t wanted) {
  while (at < body.size() && (class_of_byte(body[at]) & wanted) == 0)
    ++at;
  return at;
}

} // namespace

bool submission_scanner::scan(std::string_view body,
                              const head_visitor& on_head,
                              const item_visitor& on_item) {
  auto ok = part_ != part::head || scan_head(body, on_head);
  if (ok && part_ != part::head)
    ok = scan_items(body, on_item);
  if (!ok)
    part_ = part::whole;
  return part_ != part::whole;
}

std::optional<submission_view>
submission_scanner::finish(std::string_view body) {
  if (part_ != part::tail)
    return std::nullopt;
  frame_.clear();
  frame_.reserve(body.size() - (items_end_ - items_begin_) + 2 + json_padding);
  frame_.append(body.substr(0, items_begin_)).append("[]");
  frame_.append(body.substr(items_end_));
  auto parts = parse_submission(frame_);
  if (!parts)
    return std::nullopt;
  return *parts;
}

/// Walks over the members before the items. They are few and small: until they
/// are all there, each call begins anew.
bool submission_scanner::scan_head(std::string_view body,
                                   const head_visitor& on_head) {
  if (at_ = 0; !skip_space(body))
    return true;
  if (body[at_++] != '{')
    return false;
  for (;;) {
    if (!skip_space(body))
      break;
    if (body[at_] != '"')
      return false;
    auto end = find_class(body, at_ + 1, quote | escape);
    if (end == body.size())
      break;
    if (body[end] == '\\')
      return false;
    auto name = body.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    if (!skip_space(body))
      break;
    if (body[at_++] != ':')
      return false;
    if (!skip_space(body))
      break;
    if (name == "items") {
      if (body[at_] != '[')
        return false;
      items_begin_ = at_++;
      frame_.reserve(at_ + 2 + json_padding);
      frame_.assign(body.substr(0, items_begin_)).append("[]}");
      auto head = parse_submission(frame_);
      part_ = part::first_value;
      return head && on_head(*head);
    }
    depth_ = 0;
    in_string_ = false;
    if (!skip_value(body) || !skip_space(body))
      break;
    if (body[at_++] != ',')
      return false;
  }
  return body.size() <= head_bytes_max;
}

bool submission_scanner::scan_items(std::string_view body,
                                    const item_visitor& on_item) {
  for (;;) {
    switch (part_) {
    case part::first_value:
    case part::value:
      if (!skip_space(body))
        return true;
      if (body[at_] == ']' && part_ == part::first_value) {
        items_end_ = ++at_;
        part_ = part::tail;
        return true;
      }
      if ((class_of_byte(body[at_]) & (close | separator)) != 0)
        return false;
      value_begin_ = at_;
      depth_ = 0;
      in_string_ = false;
      part_ = part::value_rest;
      break;
    case part::value_rest:
      if (!skip_value(body))
        return true;
      if (!on_item(body.substr(value_begin_, at_ - value_begin_)))
        return false;
      part_ = part::comma;
      break;
    case part::comma:
      if (!skip_space(body))
        return true;
      if (auto c = body[at_++]; c == ']') {
        items_end_ = at_;
        part_ = part::tail;
        return true;
      } else if (c != ',')
        return false;
      part_ = part::value;
      break;
    default:
      // What follows the items is looked at when it is all there.
      return part_ == part::tail && body.size() - items_end_ <= head_bytes_max;
    }
  }
}

/// @returns false if there is nothing else yet.
bool submission_scanner::skip_space(std::string_view body) {
  while (at_ < body.size() && class_of_byte(body[at_]) == space)
    ++at_;
  return at_ < body.size();
}

/// Skips a value, or the rest of one. @returns false if it has not ended yet.
bool submission_scanner::skip_value(std::string_view body) {
  for (;;) {
    if (in_string_) {
      if (!skip_string(body))
        return false;
      if (depth_ == 0)
        return true;
    }
    auto wanted = depth_ > 0 ? quote | open | close
                             : quote | open | close | separator | space;
    at_ = find_class(body, at_, static_cast<uint8_t>(wanted));
    if (at_ == body.size())
      return false;
    switch (class_of_byte(body[at_])) {
    case quote:
      ++at_;
      in_string_ = true;
      break;
    case open:
      ++at_;
      ++depth_;
      break;
    case close:
      if (depth_ == 0)
        return true; // behind a number or a word
      ++at_;
      if (--depth_ == 0)
        return true;
      break;
    default:
      return true;
    }
  }
}

/// Skips to behind the quote that ends the string. @returns false if it has not
/// come yet.
bool submission_scanner::skip_string(std::string_view body) {
  for (;;) {
    at_ = find_class(body, at_, quote | escape);
    if (at_ == body.size())
      return false;
    if (body[at_] == '"') {
      ++at_;
      in_string_ = false;
      return true;
    }
    if (at_ + 1 == body.size())
      return false; // the escaped byte is still to come
    at_ += 2;
  }
}

} // namespace batch
