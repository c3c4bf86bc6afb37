#include "codecs/job_options.hpp"

#include "codecs/items.hpp"
#include "codecs/json_reader.hpp"
#include "codecs/text_template.hpp"

#include <cassert>
#include <charconv>
#include <set>

namespace batch {

namespace {

using namespace std::chrono;

constexpr size_t labels_max = 64;
constexpr size_t label_bytes_max = 256;

/// A member name as a part of a pointer (RFC 6901).
std::string pointer_token(std::string_view name) {
  std::string out;
  for (auto c : name)
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out.push_back(c);
  return out;
}

/// Reads the members of one object; keeps the first error and where it was.
class option_reader {
public:
  explicit option_reader(std::string pointer) : pointer_(std::move(pointer)) {}

  /// Visits the members of `json`, which must be an object.
  template <class Visit>
  expected<void> read(std::string_view json, Visit&& visit) {
    std::set<std::string, std::less<>> seen;
    auto walked = reader_.check_object(json, [&](const json_member& m) {
      key_ = m.key;
      if (!seen.emplace(m.key).second)
        refuse("stands there twice");
      else
        visit(m);
      return !fault_;
    });
    if (!walked)
      return fail(ec::invalid_option, walked.error().message, pointer_);
    if (fault_)
      return tl::unexpected{*fault_};
    return {};
  }

  void refuse(const std::string& what) {
    auto pointer = pointer_ + "/" + pointer_token(key_);
    fault_
      = error{ec::invalid_option, pointer.substr(1) + ": " + what, pointer};
  }

  void pass_on(error fault) { fault_ = std::move(fault); }

  template <class Int>
  void integer(std::string_view json, Int lowest, Int highest, Int& out) {
    Int x{};
    auto last = json.data() + json.size();
    auto [end, err] = std::from_chars(json.data(), last, x);
    if (err != std::errc{} || end != last || x < lowest || x > highest)
      refuse("expected an integer from " + std::to_string(lowest) + " to "
             + std::to_string(highest));
    else
      out = x;
  }

  void duration(std::string_view json, milliseconds highest,
                milliseconds& out) {
    int64_t count = 0;
    integer<int64_t>(json, 1, highest.count(), count);
    out = milliseconds{count};
  }

  void time(std::string_view json, std::optional<time_ms>& out) {
    auto t = kind_of_json(json) == json_kind::string
               ? parse_time(values_.string_value(json))
               : fail(ec::invalid_request, "");
    if (!t)
      refuse("expected a time as in RFC 3339, e.g. \"2026-03-01T12:00:00Z\"");
    else
      out = *t;
  }

  void percentage(std::string_view json, std::optional<double>& out) {
    double x = -1;
    auto last = json.data() + json.size();
    auto [end, err] = std::from_chars(json.data(), last, x);
    if (err != std::errc{} || end != last || x < 0 || x > 100)
      refuse("expected a number from 0 to 100");
    else
      out = x;
  }

  void boolean(std::string_view json, bool& out) {
    if (kind_of_json(json) != json_kind::boolean)
      refuse("expected true or false");
    else
      out = json == "true";
  }

  void string(std::string_view json, std::string& out) {
    if (kind_of_json(json) != json_kind::string)
      refuse("expected a string");
    else
      out = values_.string_value(json);
  }

  /// One of two words; `out` becomes whether it is the first.
  void choice(std::string_view json, std::string_view yes, std::string_view no,
              bool& out) {
    std::string word;
    if (kind_of_json(json) == json_kind::string)
      word = values_.string_value(json);
    if (word != yes && word != no)
      refuse("expected \"" + std::string{yes} + "\" or \"" + std::string{no}
             + "\"");
    else
      out = word == yes;
  }

private:
  std::string pointer_;
  std::string key_;
  std::optional<error> fault_;
  json_reader reader_;
  json_reader values_;
};

expected<void> read_tolerance(std::string_view json, failure_tolerance& out) {
  option_reader in{"/options/toleratedFailures"};
  return in.read(json, [&](const json_member& m) {
    if (m.key == "count")
      in.integer<uint64_t>(m.value, 0, job_items_max, out.count.emplace());
    else if (m.key == "percent")
      in.percentage(m.value, out.percent);
    else
      in.refuse("unknown; expected count or percent");
  });
}

expected<void> read_labels(std::string_view json,
                           std::map<std::string, std::string>& out) {
  option_reader in{"/options/labels"};
  return in.read(json, [&](const json_member& m) {
    auto& value = out[std::string{m.key}];
    in.string(m.value, value);
    if (out.size() > labels_max)
      in.refuse("more than " + std::to_string(labels_max) + " labels");
    else if (m.key.size() > label_bytes_max || value.size() > label_bytes_max)
      in.refuse("a label has at most " + std::to_string(label_bytes_max)
                + " bytes");
  });
}

void read_overlong(option_reader& in, std::string_view json,
                   overlong_text& out) {
  std::string word;
  in.string(json, word);
  if (word == "fail")
    out = overlong_text::fail;
  else if (word == "truncate")
    out = overlong_text::truncate;
  else if (word == "split-mean")
    out = overlong_text::split_mean;
  else
    in.refuse("expected \"fail\", \"truncate\" or \"split-mean\"");
}

void read_text(option_reader& in, std::string_view json, std::string& out) {
  in.string(json, out);
  if (out == "content")
    out.clear();
  else if (auto parsed = text_template::parse(out); !parsed)
    in.refuse(parsed.error().message);
}

expected<void> read_embedding(std::string_view json, job_options& out) {
  option_reader in{"/options/embedding"};
  out.has_embedding = true;
  return in.read(json, [&](const json_member& m) {
    if (m.key == "model")
      in.string(m.value, out.embedding_model);
    else if (m.key == "force")
      in.boolean(m.value, out.embedding_force);
    else if (m.key == "text")
      read_text(in, m.value, out.embedding_text);
    else if (m.key == "overlong")
      read_overlong(in, m.value, out.embedding_overlong);
    else if (m.key == "maxBytes")
      in.integer<uint32_t>(m.value, embedding_bytes_min, item_bytes_max,
                           out.embedding_bytes_max);
    else
      in.refuse("unknown; expected model, force, text, overlong or maxBytes");
  });
}

expected<void> read_after(std::string_view json, std::vector<job_id>& out) {
  auto refuse = [&](const std::string& what) {
    auto at = std::to_string(out.size());
    return fail(ec::invalid_option, "options/after/" + at + ": " + what,
                "/options/after/" + at);
  };
  if (kind_of_json(json) != json_kind::array)
    return fail(ec::invalid_option,
                "options/after: expected an array of job ids",
                "/options/after");
  expected<void> read;
  json_reader ids;
  std::string padded;
  padded.reserve(json.size() + json_padding);
  padded = json;
  auto walked = split_elements(padded, [&](const json_member& m) {
    auto id = kind_of_json(m.value) == json_kind::string
                ? parse_job_id(ids.string_value(m.value))
                : fail(ec::invalid_request, "expected a job id");
    if (!id)
      read = refuse(id.error().message);
    else if (out.size() == after_jobs_max)
      read = refuse("more than " + std::to_string(after_jobs_max) + " jobs");
    else
      out.push_back(*id);
    return read.has_value();
  });
  assert(walked || !read); // the whole document was checked before
  return read;
}

void read_option(option_reader& in, const json_member& m, job_options& out) {
  auto nested = [&](expected<void> read) {
    if (!read)
      in.pass_on(std::move(read).error());
  };
  if (m.key == "chunkSize")
    in.integer<uint32_t>(m.value, 1, chunk_items_max, out.chunk_items);
  else if (m.key == "timeoutMs")
    in.duration(m.value, hours{24}, out.timeout);
  else if (m.key == "maxRetries")
    in.integer<uint32_t>(m.value, 0, 10, out.retries_max);
  else if (m.key == "backoffMs")
    in.duration(m.value, minutes{5}, out.backoff);
  else if (m.key == "toleratedFailures")
    nested(read_tolerance(m.value, out.tolerated_failures));
  else if (m.key == "priority")
    in.integer<int32_t>(m.value, -priority_max, priority_max, out.priority);
  else if (m.key == "concurrency")
    in.integer<uint32_t>(m.value, 1, concurrency_max, out.concurrency);
  else if (m.key == "labels")
    nested(read_labels(m.value, out.labels));
  else if (m.key == "keepResults")
    in.choice(m.value, "all", "errors", out.keep_results);
  else if (m.key == "onMissingEndpoint")
    in.choice(m.value, "fail", "allow", out.endpoints_must_exist);
  else if (m.key == "embedding")
    nested(read_embedding(m.value, out));
  else if (m.key == "dryRun")
    in.boolean(m.value, out.dry_run);
  else if (m.key == "transform")
    out.transform = m.value;
  else if (m.key == "into") {
    in.string(m.value, out.into);
    if (auto named = check_name("into", out.into, ns_bytes_max); !named)
      in.refuse("expected the name of a namespace");
  } else if (m.key == "runAt")
    in.time(m.value, out.run_at);
  else if (m.key == "delaySeconds") {
    int64_t count = 0;
    in.integer<int64_t>(m.value, 0, duration_cast<seconds>(delay_max).count(),
                        count);
    out.delay = seconds{count};
  } else if (m.key == "after")
    nested(read_after(m.value, out.after));
  else
    out.warnings.push_back("options." + std::string{m.key}
                           + " is unknown; it is kept and has no effect");
}

} // namespace

bool failure_tolerance::allows(uint64_t failed, uint64_t total) const {
  if (!count && !percent)
    return failed == 0;
  if (count && failed > *count)
    return false;
  // 2.3 % of 100,000 is 2,300, though the double next to 2.3 is below it.
  constexpr double rounding = 1 + 1e-12;
  return !percent
         || static_cast<double>(failed) * 100
              <= *percent * static_cast<double>(total) * rounding;
}

expected<job_options> parse_job_options(std::string_view json) {
  job_options out;
  if (json.empty())
    return out;
  if (json.size() > options_bytes_max)
    return fail(ec::invalid_option,
                "options: longer than " + std::to_string(options_bytes_max)
                  + " bytes",
                "/options");
  option_reader in{"/options"};
  auto read
    = in.read(json, [&](const json_member& m) { read_option(in, m, out); });
  if (!read)
    return fail(read);
  if (out.run_at && out.delay.count() > 0)
    return fail(ec::invalid_option, "options/delaySeconds: not with runAt",
                "/options/delaySeconds");
  return out;
}

} // namespace batch
