#include "actors/transforms/transform_step.hpp"

#include "codecs/json_writer.hpp"

#include <algorithm>

namespace batch {

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
