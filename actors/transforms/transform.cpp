#include "actors/transforms/transform.hpp"

#include "actors/transforms/transform_parser.hpp"
#include "actors/transforms/transform_verbs.hpp"

namespace batch {

namespace {

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
  }
  return {};
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
  if (!root.is_object()) {
    auto what = root.text.empty() ? "empty" : describe_json(root);
    return fail(ec::transform_failed, steps_->front().position
                                        + ": the item is " + std::string{what}
                                        + ", not an object");
  }
  for (const auto& step : *steps_)
    if (auto done = run({step, pool}, root); !done)
      return fail(done);
  if (!root.is_changed)
    return std::string{item};
  std::string text;
  text.reserve(item.size() + 256);
  root.write(text);
  return text;
}

} // namespace batch
