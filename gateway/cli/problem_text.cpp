#include "gateway/cli/problem_text.hpp"

#include "gateway/cli/json_fields.hpp"
#include "gateway/cli/terminal_text.hpp"

namespace batch::cli {

namespace {

/// One line for an entry of `errors`; empty if it says nothing.
std::string describe_entry(const json_fields& entry) {
  auto where = entry.text("pointer");
  if (auto index = entry.text("index"); where.empty() && !index.empty())
    where = "item " + index;
  auto message = entry.text("message");
  if (message.empty())
    return {};
  return "\n  " + one_line(where.empty() ? message : where + ": " + message);
}

} // namespace

std::string describe_problem(int status, std::string_view body) {
  auto problem = json_fields::parse(body);
  auto sentence = problem ? one_line(problem->text("error")) : "";
  if (sentence.empty())
    return "the server answered with status " + std::to_string(status)
           + " and not as batchd does; is the URL right?";
  auto code = one_line(problem->text("code"));
  auto request = one_line(problem->text("requestId"));
  auto out = sentence + " (" + (code.empty() ? "no code" : code);
  if (!request.empty())
    out += ", request " + request;
  out += ')';
  for (auto& entry : problem->elements("errors"))
    if (auto fields = json_fields::parse(entry))
      out += describe_entry(*fields);
  if (status == 401)
    out += "\n  give a token with --token or in BATCHD_TOKEN";
  return out;
}

} // namespace batch::cli
