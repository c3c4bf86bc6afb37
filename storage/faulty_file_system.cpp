#include "storage/faulty_file_system.hpp"

#include <charconv>
#include <optional>

namespace batch {

namespace {

/// Takes the text up to a separator, or all of it, off the front.
std::string_view take_part(std::string_view& text, char separator) {
  auto end = text.find(separator);
  auto part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

std::optional<uint64_t> to_number(std::string_view text) {
  uint64_t number = 0;
  auto end = text.data() + text.size();
  auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end)
    return std::nullopt;
  return number;
}

std::optional<file_call> to_call(std::string_view text) {
  if (text == "append")
    return file_call::append;
  if (text == "sync")
    return file_call::sync;
  if (text == "read")
    return file_call::read;
  if (text == "open")
    return file_call::open;
  if (text == "rename")
    return file_call::rename;
  return std::nullopt;
}

std::optional<file_error> to_error(std::string_view text) {
  if (text == "fail")
    return file_error::lasting;
  if (text == "retryable")
    return file_error::retryable;
  if (text == "no_space")
    return file_error::no_space;
  return std::nullopt;
}

tl::unexpected<error> wrong(std::string_view option, std::string_view right) {
  return fail(ec::invalid_option, "\"" + std::string{option}
                                    + "\" in the options of the faulty file "
                                      "system must be "
                                    + std::string{right});
}

expected<file_fault> parse_fault(std::string_view option, file_error error,
                                 std::string_view value) {
  constexpr auto right = "call:when:times[:name part], e.g. sync:120:1, "
                         "append:1/500:40 or append:1:0:.log";
  auto call = to_call(take_part(value, ':'));
  auto when = take_part(value, ':');
  auto by_chance = when.starts_with("1/");
  auto number = to_number(by_chance ? when.substr(2) : when);
  auto times = to_number(take_part(value, ':'));
  if (!call || !number || *number == 0 || !times)
    return wrong(option, right);
  file_fault result;
  result.call = *call;
  result.error = error;
  (by_chance ? result.one_in : result.from) = *number;
  result.times = *times;
  result.name_part = value;
  return result;
}

} // namespace

expected<faulty_file_options> parse_faulty_file_options(std::string_view text) {
  faulty_file_options result;
  while (!text.empty()) {
    auto option = take_part(text, ',');
    auto value = option;
    auto name = take_part(value, '=');
    if (name == "seed") {
      auto number = to_number(value);
      if (!number)
        return wrong(option, "seed= and a number");
      result.seed = *number;
    } else if (name == "power_cut") {
      if (value != "0" && value != "1")
        return wrong(option, "power_cut=0 or power_cut=1");
      result.power_cut = value == "1";
    } else if (auto error = to_error(name)) {
      auto fault = parse_fault(option, *error, value);
      if (!fault)
        return fail(fault);
      result.faults.push_back(std::move(*fault));
    } else {
      return wrong(option, "seed, power_cut, fail, retryable or no_space, "
                           "\"=\" and a value");
    }
  }
  return result;
}

fault_plan::fault_plan(const faulty_file_options& o) : random_(o.seed) {
  for (auto& x : o.faults)
    faults_.push_back({x});
}

void fault_plan::add(file_fault x) {
  std::lock_guard guard{mutex_};
  faults_.push_back({std::move(x)});
}

void fault_plan::clear() {
  std::lock_guard guard{mutex_};
  faults_.clear();
}

uint64_t fault_plan::struck() const {
  std::lock_guard guard{mutex_};
  return struck_;
}

bool fault_plan::strikes(file_call call, std::string_view path,
                         file_error& how) {
  auto name = path.substr(path.rfind('/') + 1);
  std::lock_guard guard{mutex_};
  for (auto& x : faults_) {
    if (x.fault.call != call
        || name.find(x.fault.name_part) == std::string_view::npos)
      continue;
    ++x.calls;
    auto is_due = x.fault.one_in > 0 ? random_() % x.fault.one_in == 0
                                     : x.calls >= x.fault.from;
    if (!is_due || (x.fault.times > 0 && x.struck == x.fault.times))
      continue;
    ++x.struck;
    ++struck_;
    how = x.fault.error;
    return true;
  }
  return false;
}

uint64_t fault_plan::random_below(uint64_t end) {
  std::lock_guard guard{mutex_};
  return end == 0 ? 0 : random_() % end;
}

} // namespace batch
