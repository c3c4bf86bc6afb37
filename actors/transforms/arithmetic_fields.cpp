#include "actors/transforms/exact_number.hpp"
#include "actors/transforms/formula.hpp"
#include "actors/transforms/json_path.hpp"
#include "actors/transforms/operand.hpp"
#include "actors/transforms/transform_walk.hpp"
#include "codecs/json_reader.hpp"

#include <algorithm>
#include <iterator>

namespace batch {

namespace {

/// Parentheses, calls and signs inside of one another.
constexpr size_t expression_depth_max = 64;

enum class op : uint8_t {
  constant, ///< Pushes a number.
  field,    ///< Pushes a field of the item.
  add,
  subtract,
  multiply,
  divide,
  remainder,
  negate,
  absolute,
  floor,
  ceil,
  round, ///< To the digits of the second operand.
  least,
  greatest,
};

/// An operation on a stack of numbers.
struct instruction {
  op what = op::constant;
  exact_number number = {};
  std::vector<json_path> path = {}; ///< One or none.
};

struct function_entry {
  std::string_view name;
  op what;
  size_t operands_min;
  size_t operands_max;
};

constexpr size_t any = formula_parts_max;
constexpr function_entry functions[] = {
  {"abs", op::absolute, 1, 1}, {"ceil", op::ceil, 1, 1},
  {"floor", op::floor, 1, 1},  {"max", op::greatest, 1, any},
  {"min", op::least, 1, any},  {"round", op::round, 1, 2},
};

/// Reads an expression into instructions.
///
///   sum     = product *( ("+" / "-") product )
///   product = factor *( ("*" / "/" / "%") factor )
///   factor  = "-" factor / "(" sum ")" / "{" field "}" / number
///           / name "(" sum *( "," sum ) ")"
class expression_parser {
public:
  explicit expression_parser(std::string_view text) : rest_(text) {}

  expected<std::vector<instruction>> parse() {
    read_sum();
    if (why_.empty() && peek() != '\0')
      refuse("expected an operator");
    if (!why_.empty())
      return fail(ec::invalid_option, why_);
    return std::move(code_);
  }

private:
  char peek() {
    while (rest_.starts_with(' ') || rest_.starts_with('\t')
           || rest_.starts_with('\n') || rest_.starts_with('\r'))
      rest_.remove_prefix(1);
    return rest_.empty() ? '\0' : rest_.front();
  }

  bool take(char c) {
    if (peek() != c || c == '\0')
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  void refuse(const std::string& what) {
    if (!why_.empty())
      return;
    why_ = what;
    why_ += rest_.empty() ? " at its end" : " at " + quote_clipped(rest_);
  }

  void emit(instruction x) {
    if (code_.size() == formula_parts_max)
      refuse("more than " + std::to_string(formula_parts_max)
             + " numbers, fields and operations");
    else
      code_.push_back(std::move(x));
  }

  void read_sum() {
    read_product();
    while (why_.empty()) {
      if (take('+'))
        read_product(), emit({op::add});
      else if (take('-'))
        read_product(), emit({op::subtract});
      else
        return;
    }
  }

  void read_product() {
    read_factor();
    while (why_.empty()) {
      if (take('*'))
        read_factor(), emit({op::multiply});
      else if (take('/'))
        read_factor(), emit({op::divide});
      else if (take('%'))
        read_factor(), emit({op::remainder});
      else
        return;
    }
  }

  void read_factor() {
    if (++depth_ > expression_depth_max)
      refuse("nested too deep");
    if (!why_.empty())
      return;
    auto c = peek();
    if (take('-')) {
      read_factor();
      emit({op::negate});
    } else if (take('(')) {
      read_sum();
      if (!take(')'))
        refuse("expected )");
    } else if (c == '{') {
      read_field();
    } else if (c >= 'a' && c <= 'z') {
      read_call();
    } else {
      read_number();
    }
    --depth_;
  }

  void read_field() {
    auto end = rest_.find('}');
    if (end == std::string_view::npos)
      return refuse("a field without }");
    auto path = json_path::of_field(rest_.substr(1, end - 1));
    if (!path)
      return refuse(path.error().message);
    rest_.remove_prefix(end + 1);
    emit({op::field, {}, {std::move(*path)}});
  }

  void read_number() {
    auto size
      = std::min(rest_.find_first_not_of("0123456789.eE"), rest_.size());
    // The sign of an exponent.
    if (size > 0 && size < rest_.size() && (rest_[size - 1] | 0x20) == 'e'
        && (rest_[size] == '+' || rest_[size] == '-'))
      size = std::min(rest_.find_first_not_of("0123456789", size + 1),
                      rest_.size());
    auto text = rest_.substr(0, size);
    if (!json_reader{}.check(text))
      return refuse("expected a number, a {field}, a function or (");
    rest_.remove_prefix(size);
    emit({op::constant, read_exact_number(text)});
  }

  void read_call() {
    auto size = std::min(rest_.find_first_not_of("abcdefghijklmnopqrstuvwxyz"),
                         rest_.size());
    auto entry = std::ranges::find(functions, rest_.substr(0, size),
                                   &function_entry::name);
    if (entry == std::end(functions))
      return refuse("expected a number, a {field} or one of abs, ceil, floor, "
                    "max, min, round");
    rest_.remove_prefix(size);
    if (!take('('))
      return refuse("expected (");
    size_t count = 0;
    do {
      read_sum();
      ++count;
      if (count > 1 && entry->operands_max == any)
        emit({entry->what});
    } while (why_.empty() && take(','));
    if (count < entry->operands_min || count > entry->operands_max)
      return refuse(std::string{entry->name} + " has " + std::to_string(count)
                    + " operands, too many");
    if (!take(')'))
      return refuse("expected )");
    if (entry->what == op::round && count == 1)
      emit({op::constant});
    if (entry->operands_max != any)
      emit({entry->what});
  }

  std::string_view rest_;
  std::string why_;
  std::vector<instruction> code_;
  size_t depth_ = 0;
};

expected<exact_number> of_one(op what, const exact_number& x) {
  switch (what) {
  case op::floor:
    return floor_number(x);
  case op::ceil:
    return ceil_number(x);
  case op::absolute:
    if (!is_less(x, {}))
      return x;
    [[fallthrough]];
  default:
    return x.is_decimal ? calculate('-', {}, x)
                        : exact_number::of_real(-x.real);
  }
}

expected<exact_number> of_two(op what, const exact_number& a,
                              const exact_number& b) {
  switch (what) {
  case op::add:
    return calculate('+', a, b);
  case op::subtract:
    return calculate('-', a, b);
  case op::multiply:
    return calculate('*', a, b);
  case op::divide:
    return calculate('/', a, b);
  case op::remainder:
    return calculate('%', a, b);
  case op::least:
    return is_less(b, a) ? b : a;
  case op::greatest:
    return is_less(a, b) ? b : a;
  default: // round
    if (!b.is_integer() || b.digits < 0 || b.digits > 15)
      return fail(ec::transform_failed,
                  "it rounds to a number of digits that is not 0 to 15");
    return round_number(a, static_cast<int>(b.digits));
  }
}

class arithmetic_formula : public formula {
public:
  explicit arithmetic_formula(std::vector<instruction> code)
    : code_(std::move(code)) {}

  expected<std::string_view> value(json_node& item,
                                   text_pool& pool) const override {
    std::vector<exact_number> stack;
    stack.reserve(code_.size());
    for (const auto& x : code_) {
      if (x.what == op::constant) {
        stack.push_back(x.number);
        continue;
      }
      if (x.what == op::field) {
        auto found = x.path.front().find(item, pool);
        if (!found || found->text == "null")
          return std::string_view{};
        if (kind_of_json(found->text) != json_kind::number)
          return fail(ec::transform_failed,
                      quote_clipped(x.path.front().text()) + " is "
                        + std::string{describe_json(*found)}
                        + ", not a number");
        stack.push_back(read_exact_number(found->text));
        continue;
      }
      auto is_unary = x.what >= op::negate && x.what <= op::ceil;
      auto last = stack.back();
      if (!is_unary)
        stack.pop_back();
      auto result
        = is_unary ? of_one(x.what, last) : of_two(x.what, stack.back(), last);
      if (!result)
        return fail(result);
      stack.back() = *result;
    }
    auto text = write_exact_number(stack.back());
    if (!text)
      return fail(text);
    return pool.keep(std::move(*text));
  }

private:
  std::vector<instruction> code_;
};

} // namespace

expected<formula_ptr> parse_arithmetic(placed_json value, text_pool&) {
  if (!value.is_string())
    return value.fault("must be a string with an expression, as "
                       "\"{price} * 1.1\"");
  auto source = value.content();
  auto code = expression_parser{source}.parse();
  if (!code)
    return value.fault(code.error().message);
  return std::make_shared<arithmetic_formula>(std::move(*code));
}

} // namespace batch
