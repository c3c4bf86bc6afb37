#include "actors/transforms/formula.hpp"
#include "actors/transforms/operand.hpp"

namespace batch {

namespace {

class concat_formula : public formula {
public:
  explicit concat_formula(std::vector<operand> operands)
    : operands_(std::move(operands)) {}

  expected<std::string_view> value(json_node& item,
                                   text_pool& pool) const override {
    std::string text{"\""};
    for (const auto& x : operands_)
      if (auto added = x.append_content(text, item, pool); !added)
        return fail(added);
    text += '"';
    return pool.keep(std::move(text));
  }

private:
  std::vector<operand> operands_;
};

} // namespace

expected<formula_ptr> parse_concat(placed_json value, text_pool& pool) {
  auto operands = parse_operands(std::move(value), true, pool);
  if (!operands)
    return fail(operands);
  return std::make_shared<concat_formula>(std::move(*operands));
}

} // namespace batch
