#include "tests/codecs/json_oracle.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace batch::test {

namespace {

using nlohmann::json;

/// Takes every event and keeps only how the text ended.
class listener : public nlohmann::json_sax<json> {
public:
  verdict result = verdict::valid;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(size_t) override { return true; }
  bool end_array() override { return true; }

  bool parse_error(size_t, const std::string&,
                   const nlohmann::detail::exception& why) override {
    constexpr int number_out_of_range = 406;
    result = why.id == number_out_of_range ? verdict::open : verdict::invalid;
    return false;
  }
};

} // namespace

verdict judged(std::string_view text) {
  if (text.find('\0') != text.npos || text.starts_with("\xEF\xBB\xBF"))
    return verdict::open;
  listener events;
  json::sax_parse(text, &events);
  return events.result;
}

} // namespace batch::test
