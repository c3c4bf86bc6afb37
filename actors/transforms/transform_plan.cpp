#include "actors/transforms/transform_plan.hpp"

#include "actors/transforms/placed_json.hpp"
#include "codecs/json_reader.hpp"

#include <algorithm>
#include <exception>

namespace batch {

namespace {

constexpr auto root = "/options/transform";

std::string names_of(const transform_functions& known) {
  if (known.empty())
    return "this program has none";
  std::string names;
  for (const auto& [name, function] : known) {
    names += names.empty() ? "there are " : ", ";
    names += name;
  }
  return names;
}

/// The steps of the declarative transform.
class steps_transformer : public item_transformer {
public:
  explicit steps_transformer(transform steps) : steps_(std::move(steps)) {}

  expected<std::string> apply(std::string_view item) override {
    return steps_.apply(item);
  }

private:
  transform steps_;
};

/// A function of the embedding program.
class function_transformer : public item_transformer {
public:
  function_transformer(std::string name, const transform_functions& known)
    : name_(std::move(name)), known_(known) {}

  expected<std::string> apply(std::string_view item) override {
    auto found = known_.find(name_);
    if (found == known_.end())
      return fault("there is no such function here; " + names_of(known_));
    try {
      auto value = found->second(item);
      if (!value || value->empty())
        return value;
      if (auto ok = reader_.check(*value); !ok)
        return fault("what it answers is " + ok.error().message);
      return value;
    } catch (const std::exception& e) {
      return fault(std::string{"it has thrown: "} + e.what());
    } catch (...) {
      return fault("it has thrown what is no exception");
    }
  }

private:
  tl::unexpected<error> fault(const std::string& reason) const {
    return fail(ec::transform_failed, std::string{root} + "/function "
                                        + quote_clipped(name_) + ": " + reason);
  }

  std::string name_;
  const transform_functions& known_;
  json_reader reader_;
};

expected<transform_plan> parse_function(const placed_json& value) {
  transform_plan plan;
  if (!value.is_string())
    return value.fault("must be the name of a function");
  plan.function = value.content();
  if (plan.function.empty())
    return value.fault("must not be empty");
  return plan;
}

expected<transform_plan> parse_script(placed_json whole, text_pool& pool) {
  lua_script script;
  placed_json source;
  for (const auto& child : whole.node.children) {
    auto member = whole.below(child, child.key);
    if (child.key == "lua") {
      if (!member.is_string())
        return member.fault("must be a string with a script");
      script.source = member.content();
      source = std::move(member);
    } else if (child.key == "limits") {
      auto limits = parse_script_limits(std::move(member), pool);
      if (!limits)
        return fail(limits);
      script.limits = *limits;
    } else {
      return member.fault("unknown member; beside \"lua\" there may only be "
                          "\"limits\"");
    }
  }
  // It names the place by itself, as the errors of items do.
  if (auto ok = check_lua(script); !ok)
    return fail(ec::invalid_option, std::move(ok).error().message,
                source.position);
  transform_plan plan;
  plan.script = std::make_shared<const lua_script>(std::move(script));
  return plan;
}

} // namespace

expected<transform_plan> transform_plan::parse(std::string_view json) {
  placed_json whole{{}, root};
  text_pool pool;
  if (json_reader{}.check(json)) {
    whole.node.text = trim_json(json);
    auto has = [&](std::string_view key) {
      return std::ranges::find(whole.node.children, key, &json_node::key)
             != whole.node.children.end();
    };
    if (whole.node.is_object()) {
      whole.node.open(pool);
      auto is_script = has("lua") || has("limits");
      if (is_script || has("function"))
        if (auto opened = whole.open_object(pool); !opened)
          return fail(opened);
      if (is_script && !has("lua"))
        return whole.fault("has \"limits\", which go with \"lua\"");
      if (is_script)
        return parse_script(std::move(whole), pool);
      if (has("function")) {
        if (whole.node.children.size() > 1)
          return whole.fault("has other members beside \"function\"");
        const auto& member = whole.node.children.front();
        return parse_function(whole.below(member, member.key));
      }
    }
  }
  transform_plan plan;
  auto steps = transform::parse(json);
  if (!steps)
    return fail(steps);
  plan.steps = std::move(*steps);
  return plan;
}

expected<void> check_function(const transform_plan& plan,
                              const transform_functions& known) {
  if (plan.function.empty() || known.contains(plan.function))
    return {};
  placed_json value{{}, std::string{root} + "/function"};
  return value.fault("there is no function " + quote_clipped(plan.function)
                     + "; " + names_of(known));
}

std::unique_ptr<item_transformer>
make_transformer(const transform_plan& plan, const transform_functions& known) {
  if (plan.script)
    return make_lua_transformer(plan.script);
  if (!plan.function.empty())
    return std::make_unique<function_transformer>(plan.function, known);
  return std::make_unique<steps_transformer>(plan.steps);
}

} // namespace batch
