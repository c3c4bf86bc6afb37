#include "actors/embedders/providers/provider_fault.hpp"

#include "actors/embedders/providers/retry_after.hpp"
#include "codecs/json_reader.hpp"
#include "codecs/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace batch {

namespace {

/// Bytes of what a provider says that are shown.
constexpr size_t shown_bytes_max = 300;

/// What the JSON of an error says, in whichever of the known forms.
struct told_error {
  std::string message;
  /// `code` and `type`, with a blank between them.
  std::string codes;
};

void read_members(std::string_view json, told_error& out) {
  json_reader reader;
  json_reader values;
  reader.members(json, [&](const json_member& m) {
    auto is_text = kind_of_json(m.value) == json_kind::string;
    if (m.key == "error" && kind_of_json(m.value) == json_kind::object)
      read_members(m.value, out);
    else if (is_text
             && (m.key == "error" || m.key == "message" || m.key == "detail"))
      out.message = values.string_value(m.value);
    else if (is_text
             && (m.key == "code" || m.key == "type" || m.key == "error_type"))
      out.codes += " " + values.string_value(m.value);
    return true;
  });
}

told_error read_error(std::string_view body) {
  told_error out;
  json_reader reader;
  if (reader.check(body) && kind_of_json(body) == json_kind::object)
    read_members(body, out);
  if (out.message.empty())
    out.message = body;
  std::ranges::replace_if(
    out.message, [](char c) { return static_cast<unsigned char>(c) < 0x20; },
    ' ');
  if (out.message.size() > shown_bytes_max) {
    out.message.resize(shown_bytes_max);
    out.message += " …";
  }
  if (!out.message.empty())
    out.message = to_message(out.message);
  return out;
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

template <size_t Count>
bool has_any(const std::string& text,
             const std::array<std::string_view, Count>& parts) {
  return std::ranges::any_of(parts,
                             [&](auto x) { return text.find(x) != text.npos; });
}

/// 429 that waiting does not help against. The last phrase is also said of
/// limits of the minute, but then with a time (Gemini's does so).
bool is_spent(const told_error& e, bool tells_time) {
  auto codes = lower(e.codes + " " + e.message);
  return has_any(codes, std::array<std::string_view, 3>{"insufficient_quota",
                                                        "billing_hard_limit",
                                                        "billing_not_active"})
         || (!tells_time && codes.find("retry in") == codes.npos
             && codes.find("exceeded your current quota") != codes.npos);
}

/// 429 of a single call that is larger than what a minute allows.
bool is_too_large(const told_error& e) {
  return has_any(lower(e.message), std::array<std::string_view, 2>{
                                     "request too large", "must be reduced"});
}

/// 400 that has nothing to do with the texts.
bool is_setup(const told_error& e) {
  return has_any(lower(e.codes),
                 std::array<std::string_view, 3>{
                   "model_not_found", "invalid_api_key", "unknown_model"});
}

/// 500 of llama.cpp, and of others, that means the text.
bool is_overlong(const told_error& e) {
  return has_any(lower(e.message),
                 std::array<std::string_view, 4>{
                   "too large to process", "input is too large",
                   "context length", "input is too long"});
}

fault_kind kind_of(int status, const told_error& e, bool tells_time) {
  switch (status) {
  case 429:
    if (is_too_large(e))
      return fault_kind::refused;
    return is_spent(e, tells_time) ? fault_kind::blocked
                                   : fault_kind::throttled;
  case 503:
    return fault_kind::throttled;
  case 400:
  case 413:
  case 422:
    return is_setup(e) ? fault_kind::blocked : fault_kind::refused;
  case 408:
  case 409:
  case 424: // TEI's backend has failed
  case 425:
    return fault_kind::passing;
  default:
    break;
  }
  if (status >= 500)
    return is_overlong(e) ? fault_kind::refused : fault_kind::passing;
  return fault_kind::blocked;
}

} // namespace

provider_fault fault_of(const provider_spec& spec,
                        const provider_answer& answer,
                        std::chrono::system_clock::time_point now) {
  auto told = read_error(answer.body);
  provider_fault out;
  out.what = kind_of(answer.status, told, !answer.retry_after.empty());
  out.message = spec.url + " answers " + std::to_string(answer.status);
  if (!told.message.empty())
    out.message += ": " + told.message;
  if (out.what == fault_kind::throttled)
    out.retry_after = parse_retry_after(answer.retry_after, now);
  out.is_too_long
    = answer.status == 413 || (answer.status == 429 && is_too_large(told));
  out.told = std::move(told.message);
  return out;
}

provider_fault fault_of(const provider_trouble& trouble) {
  using what = provider_trouble::kind;
  provider_fault out;
  out.message = trouble.message;
  switch (trouble.what) {
  case what::unreachable:
    out.what = fault_kind::throttled;
    break;
  case what::untrusted:
    out.what = fault_kind::blocked;
    break;
  case what::broken:
  case what::too_large:
    out.what = fault_kind::passing;
    break;
  case what::timed_out:
    out.what = fault_kind::passing;
    out.is_late = true;
    break;
  }
  return out;
}

size_t inputs_max_of(std::string_view message, size_t texts) {
  if (!has_any(lower(message), std::array<std::string_view, 4>{
                                 "batch", "inputs", "maximum", "array"}))
    return 0;
  size_t found = 0;
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  auto end = message.data() + message.size();
  for (auto at = message.data(); at != end;) {
    if (!is_digit(*at)) {
      ++at;
      continue;
    }
    size_t x = 0;
    auto [stop, err] = std::from_chars(at, end, x);
    if (err == std::errc{} && x < texts)
      found = std::max(found, x);
    at = stop;
  }
  return found;
}

} // namespace batch
