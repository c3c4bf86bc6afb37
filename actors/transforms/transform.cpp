#include "actors/transforms/transform.hpp"

#include "actors/transforms/merge_patch.hpp"
#include "actors/transforms/transform_parser.hpp"
#include "actors/transforms/transform_verbs.hpp"
#include "codecs/limits.hpp"

namespace batch {

namespace {

tl::unexpected<error> fault(const transform_step& step,
                            const std::string& reason) {
  return fail(ec::transform_failed, step.position + ": " + reason);
}

/// Does a step that names fields.
expected<void> run(const transform_walk& walk, json_node& item) {
  const auto& fields = walk.step.fields;
  switch (walk.step.verb) {
  case transform_verb::pick: {
    auto found = pick_fields(walk, item, fields);
    return found ? expected<void>{} : fail(found);
  }
  case transform_verb::omit:
    return omit_fields(walk, item, fields);
  case transform_verb::rename:
    return rename_fields(walk, item, fields);
  case transform_verb::set:
  case transform_verb::set_default:
    return put_fields(walk, item, fields);
  case transform_verb::cast:
  case transform_verb::upper:
  case transform_verb::lower:
  case transform_verb::trim:
    return edit_fields(walk, item, fields);
  case transform_verb::concat:
  case transform_verb::make_template:
  case transform_verb::arithmetic:
  case transform_verb::coalesce:
    return compute_fields(walk, item, fields);
  case transform_verb::flatten:
    return fields.is_leaf() ? flatten_item(walk, item)
                            : flatten_fields(walk, item, fields);
  case transform_verb::filter:
  case transform_verb::patch:
  case transform_verb::merge:
    break;
  }
  return {};
}

/// Does a step.
/// @returns false if the item is dropped.
expected<bool> do_step(const transform_step& step, json_node& item,
                       text_pool& pool) {
  switch (step.verb) {
  case transform_verb::patch:
    if (auto done = step.patch.apply(item, pool); !done)
      return fail(ec::transform_failed,
                  step.position + "/" + done.error().message);
    return true;
  case transform_verb::merge: {
    json_node patch;
    patch.text = step.merge_patch;
    merge_into(item, patch, pool);
    return true;
  }
  default:
    break;
  }
  if (!item.is_object())
    return fault(
      step, "the item is "
              + std::string{item.text.empty() ? "empty" : describe_json(item)}
              + ", not an object");
  if (step.verb == transform_verb::filter)
    return step.keeps.holds(item, pool);
  auto done = run({step, pool}, item);
  return done ? expected<bool>{true} : fail(done);
}

} // namespace

expected<transform> transform::parse(std::string_view json) {
  auto steps = parse_transform_steps(json);
  if (!steps)
    return fail(steps);
  transform parsed;
  if (!steps->empty())
    parsed.steps_
      = std::make_shared<const std::vector<transform_step>>(std::move(*steps));
  return parsed;
}

expected<std::string> transform::apply(std::string_view item) const {
  if (is_identity())
    return std::string{item};
  text_pool pool;
  json_node root;
  root.text = trim_json(item);
  if (root.text.empty())
    return fault(steps_->front(), "the item is empty, not an object");
  auto before = root.text.data();
  for (const auto& step : *steps_) {
    auto keeps = do_step(step, root, pool);
    if (pool.is_exhausted())
      return fault(step, "it takes too much to do it to this item");
    if (!keeps)
      return fail(keeps);
    if (!*keeps)
      return std::string{};
  }
  if (!root.is_changed && root.text.data() == before)
    return std::string{item};
  if (!pool.may_make(root.written_bytes()))
    return fault(steps_->back(), "the value becomes too long");
  std::string text;
  text.reserve(item.size() + 256);
  root.write(text);
  // A level takes two bytes.
  if (text.size() > 2 * json_depth_max && json_depth(text) > json_depth_max)
    return fault(steps_->back(), "the value nests deeper than "
                                   + std::to_string(json_depth_max)
                                   + " levels");
  return text;
}

} // namespace batch
