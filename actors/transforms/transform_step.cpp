#include "actors/transforms/transform_step.hpp"

#include "codecs/json_writer.hpp"

#include <algorithm>
#include <charconv>

namespace batch {

namespace {

/// Reads an index as RFC 6901 has it: no sign, no leading zeros.
std::optional<size_t> parse_index(std::string_view token) {
  if (token.empty() || (token.size() > 1 && token.front() == '0'))
    return std::nullopt;
  uint32_t index = 0;
  auto end = token.data() + token.size();
  auto [rest, fault] = std::from_chars(token.data(), end, index);
  if (fault != std::errc{} || rest != end)
    return std::nullopt;
  return index;
}

} // namespace

transform_field::transform_field(std::string key)
  : key_(std::move(key)), index_(parse_index(key_)) {
  append_json_string(name_, key_);
}

size_t transform_field::find(std::string_view key) const {
  // Few children are compared faster than searched.
  constexpr size_t few = 8;
  if (children_.size() <= few) {
    for (size_t i = 0; i < children_.size(); ++i)
      if (children_[i].key_ == key)
        return i;
    return none;
  }
  auto at = std::ranges::lower_bound(by_key_, key, {}, [this](uint16_t i) {
    return std::string_view{children_[i].key_};
  });
  return at != by_key_.end() && children_[*at].key_ == key ? *at : none;
}

transform_field& transform_field::child(std::string_view key) {
  if (auto i = find(key); i != none)
    return children_[i];
  auto at = std::ranges::lower_bound(by_key_, key, {}, [this](uint16_t i) {
    return std::string_view{children_[i].key_};
  });
  by_key_.insert(at, static_cast<uint16_t>(children_.size()));
  return children_.emplace_back(std::string{key});
}

} // namespace batch
