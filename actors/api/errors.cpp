#include "actors/api/errors.hpp"

namespace batch {

caf::error make_error(ec code, std::string message, std::string pointer) {
  return {static_cast<uint8_t>(code), error_category,
          caf::make_message(std::move(message), std::move(pointer))};
}

ec code_of(const caf::error& why) {
  return from_caf(why).code;
}

std::string message_of(const caf::error& why) {
  return from_caf(why).message;
}

namespace api {

std::string render_error(uint8_t code, caf::atom_value,
                         const caf::message& context) {
  auto text = "batch error " + std::string{to_string(static_cast<ec>(code))};
  auto part = [&](size_t i) {
    return context.match_element<std::string>(i)
             ? context.get_as<std::string>(i)
             : std::string{};
  };
  if (context.size() > 0 && !part(0).empty())
    text += ": " + part(0);
  if (context.size() > 1 && !part(1).empty())
    text += " (at " + part(1) + ")";
  return text;
}

} // namespace api
} // namespace batch
