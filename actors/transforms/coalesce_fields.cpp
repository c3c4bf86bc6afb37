#include "actors/transforms/formula.hpp"
#include "actors/transforms/operand.hpp"

namespace batch {

namespace {

class coalesce_formula : public formula {
public:
  explicit coalesce_formula(std::vector<operand> operands)
    : operands_(std::move(operands)) {}

  expected<std::string_view> value(json_node& item,
                                   text_pool& pool) const override {
    for (const auto& x : operands_)
      if (auto json = x.value(item, pool); !json.empty())
        return json;
    return std::string_view{};
  }

private:
  std::vector<operand> operands_;
};

} // namespace

expected<formula_ptr> parse_coalesce(placed_json value, text_pool& pool) {
  auto operands = parse_operands(std::move(value), false, pool);
  if (!operands)
    return fail(operands);
  return std::make_shared<coalesce_formula>(std::move(*operands));
}

} // namespace batch
