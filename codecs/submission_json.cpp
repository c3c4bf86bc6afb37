#include "codecs/submission_json.hpp"

#include "codecs/items.hpp"
#include "codecs/json_fault.hpp"
#include "codecs/json_reader.hpp"
#include "codecs/limits.hpp"

namespace batch {

namespace {

tl::unexpected<error> wrong(std::string_view member, const std::string& what) {
  auto name = std::string{member};
  return fail(ec::invalid_job, name + ": " + what, "/" + name);
}

/// Reads the members one by one; a doubled one of ours is an error.
class body_reader {
public:
  expected<void> take(const json_member& m) {
    if (m.key == "items")
      return take_items(m.value);
    auto checked = checked_.check(m.value);
    if (!checked && checked.error().code == ec::invalid_json)
      return checked;
    // Other members may be legal JSON beyond what we can hold.
    if (m.key != "type" && m.key != "input" && m.key != "options")
      return {};
    if (!checked)
      return wrong(m.key, checked.error().message);
    if (m.key == "type")
      return take_type(m.value);
    return take_object(m, m.key == "input" ? out_.input : out_.options);
  }

  expected<submission_view> finish() {
    if (!has_type_)
      return wrong("type", "required, one of " + std::string{job_type_names()});
    return out_;
  }

private:
  expected<void> take_type(std::string_view value) {
    if (has_type_)
      return wrong("type", "stands in the body twice");
    if (kind_of_json(value) != json_kind::string)
      return wrong("type", "expected a string, one of "
                             + std::string{job_type_names()});
    auto type = parse_job_type(checked_.string_value(value));
    if (!type)
      return fail(type);
    out_.type = std::move(*type);
    has_type_ = true;
    return {};
  }

  expected<void> take_items(std::string_view value) {
    if (out_.items)
      return wrong("items", "stands in the body twice");
    if (kind_of_json(value) != json_kind::array)
      return wrong("items", "expected an array");
    out_.items = value;
    return {};
  }

  expected<void> take_object(const json_member& m, std::string_view& out) {
    if (!out.empty())
      return wrong(m.key, "stands in the body twice");
    if (kind_of_json(m.value) != json_kind::object)
      return wrong(m.key, "expected an object");
    if (m.value.size() > options_bytes_max)
      return wrong(m.key, "longer than " + std::to_string(options_bytes_max)
                            + " bytes");
    out = m.value;
    return {};
  }

  submission_view out_;
  bool has_type_ = false;
  json_reader checked_;
};

} // namespace

expected<submission_view> parse_submission(std::string_view body) {
  auto first = body.find_first_not_of(" \t\n\r");
  if (first == body.npos)
    return fail(ec::invalid_json, "the body is empty; expected JSON");
  if (body[first] != '{') {
    if (find_json_fault(body))
      return tl::unexpected{not_json(body)};
    return fail(ec::invalid_job, "expected an object with type and items");
  }
  body_reader reader;
  expected<void> taken;
  auto walked = split_members(body, [&](const json_member& m) {
    taken = reader.take(m);
    return taken.has_value();
  });
  if (!taken && taken.error().code == ec::invalid_job)
    return fail(taken);
  if (!walked)
    return tl::unexpected{not_json(body)};
  return reader.finish();
}

expected<job_kind> parse_job_type(std::string_view name) {
  if (auto type = job_kind_of(name))
    return std::move(*type);
  return wrong("type", "'" + std::string{name.substr(0, 64)}
                         + "' is no job type; expected one of "
                         + std::string{job_type_names()});
}

error not_json(std::string_view body) {
  auto fault = find_json_fault(body);
  if (!fault)
    return {ec::invalid_job, "the body cannot be read"};
  return {ec::invalid_json, "the body is not JSON: " + fault->what + " at byte "
                              + std::to_string(fault->offset)};
}

bool takes_namespace(const job_kind& type) {
  return type == job_type::generate_embeddings
         || type == job_type::export_things || type == job_type::transform_data;
}

expected<std::optional<std::string>>
source_namespace(const submission_view& parts) {
  if (!takes_namespace(parts.type))
    return std::nullopt;
  return input_namespace(parts.input);
}

expected<std::optional<std::string>> input_namespace(std::string_view input) {
  std::optional<std::string> ns;
  if (input.empty())
    return ns;
  json_reader reader;
  json_reader values;
  expected<void> ok;
  reader.members(input, [&](const json_member& m) {
    if (m.key != "ns")
      return true;
    if (ns)
      ok = wrong("input/ns", "stands in the body twice");
    else if (kind_of_json(m.value) != json_kind::string)
      ok = wrong("input/ns", "expected a string");
    else
      ns = values.string_value(m.value);
    return ok.has_value();
  });
  if (ok && ns)
    if (auto named = check_name("input/ns", *ns, ns_bytes_max); !named)
      ok = fail(ec::invalid_job, named.error().message, "/input/ns");
  if (!ok)
    return fail(ok);
  return ns;
}

} // namespace batch
