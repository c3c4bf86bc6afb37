#include "gateway/cli/letter_commands.hpp"

#include "codecs/limits.hpp"
#include "gateway/cli/console.hpp"
#include "gateway/cli/letter_text.hpp"
#include "gateway/cli/new_job.hpp"
#include "gateway/cli/options_text.hpp"
#include "gateway/cli/output.hpp"
#include "gateway/cli/terminal_text.hpp"

#include <algorithm>
#include <fstream>

namespace batch::cli {

namespace {

using namespace std::literals;

/// Letters are read, copied and written before there is an answer.
constexpr auto silence_max = 300s;

tl::unexpected<failure> not_ours(const api_client& api) {
  return fail(exit_status::failed, "the answer of " + api.server().text
                                     + " holds no dead letters; is the URL "
                                       "right?");
}

outcome<void> check_filter(const letter_filter_options& filter,
                           const char* command) {
  if (!filter.is_empty())
    return {};
  return wrong_usage(std::string{command}
                     + " needs to know which dead letters are meant: --job, "
                       "--type, --ns, --code, --after, --before or --id");
}

outcome<std::string> read_patch_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text(item_bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.eof() || file.bad())
    return wrong_usage("cannot read " + one_line(path)
                       + " as a patch: it is not there, or has more than "
                       + std::to_string(item_bytes_max) + " bytes");
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

/// The JSON text of a patch; empty if there is none.
outcome<std::string> patch_text(const std::string& patch) {
  if (patch.empty())
    return std::string{};
  auto text = patch.starts_with('@') ? read_patch_file(patch.substr(1))
                                     : outcome<std::string>{patch};
  if (!text)
    return text;
  return object_text(*text, "--patch", "{\"type\":\"Product\"}");
}

outcome<std::string> replay_body(const letter_replay_options& options) {
  auto patch = patch_text(options.patch);
  if (!patch)
    return patch;
  auto job_options = options_text(options.options, options.options_json);
  if (!job_options)
    return job_options;
  std::string body;
  json_writer w{body};
  w.begin_object().key("filter");
  write_filter(w, options.filter);
  if (options.dry_run)
    w.key("dryRun").boolean(true);
  if (!patch->empty())
    w.key("patch").raw(*patch);
  if (!job_options->empty())
    w.key("options").raw(*job_options);
  w.end_object();
  return body;
}

/// Prints an answer that has a count and nothing to wait for.
outcome<void> print_count(const api_client& api,
                          const connection_options& connection,
                          const std::string& answer, const char* what_became) {
  auto fields = json_fields::parse(answer);
  auto count = fields ? fields->count("count") : std::nullopt;
  if (!count)
    return not_ours(api);
  auto out = output::open("-");
  if (!out)
    return fail(out);
  return (*out)->line(
    connection.json ? answer : letters_in_words(*count) + ' ' + what_became);
}

} // namespace

outcome<void> list_letters(const letters_options& options) {
  if (options.limit == 0)
    return wrong_usage("--limit takes a number from 1 on, not 0");
  auto api = api_client::connect(options.connection);
  if (!api)
    return fail(api);
  auto out = output::open("-");
  if (!out)
    return fail(out);
  request_path path{"/dead-letters"};
  add_filter(path, options.filter);
  auto letters = make_letter_table();
  auto left = options.limit;
  std::string cursor;
  do {
    auto page_path = path;
    page_path
      .parameter("limit",
                 std::to_string(std::min<uint64_t>(left, page_rows_max)))
      .optional("cursor", cursor);
    auto page = api->get(page_path);
    if (!page)
      return fail(page);
    auto next = walk_page(*page, "deadLetters", [&](std::string_view text) {
      if (left == 0)
        return false;
      --left;
      if (auto letter = json_fields::parse(text))
        add_letter_row(letters, *letter);
      return true;
    });
    if (!next)
      return not_ours(*api);
    if (options.connection.json)
      if (auto written = (*out)->line(*page); !written)
        return written;
    cursor = std::move(*next);
  } while (left > 0 && !cursor.empty());
  if (options.connection.json)
    return {};
  if (letters.empty()) {
    tell("no dead letters");
    return {};
  }
  if (!cursor.empty())
    tell("there are more dead letters; ask for them with --limit, or for what "
         "they have in common with 'batchd dead-letters groups'");
  return (*out)->write(letters.text());
}

outcome<void> show_letter(const letter_view_options& options) {
  if (options.id.empty())
    return wrong_usage("the ID of the dead letter is empty");
  auto api = api_client::connect(options.connection);
  if (!api)
    return fail(api);
  auto answer = api->get(request_path{"/dead-letters"}.segment(options.id));
  if (!answer)
    return fail(answer);
  auto text = letter_block(*answer);
  if (!text)
    return not_ours(*api);
  auto out = output::open("-");
  if (!out)
    return fail(out);
  return options.connection.json ? (*out)->line(*answer) : (*out)->write(*text);
}

outcome<void> show_letter_groups(const letter_groups_options& options) {
  auto api = api_client::connect(options.connection);
  if (!api)
    return fail(api);
  api->silence_max(silence_max);
  request_path path{"/dead-letters"};
  add_filter(path, options.filter);
  path.parameter("groupBy", options.by);
  auto answer = api->get(path);
  if (!answer)
    return fail(answer);
  auto text = letter_groups_text(*answer);
  if (!text)
    return not_ours(*api);
  auto out = output::open("-");
  if (!out)
    return fail(out);
  if (options.connection.json)
    return (*out)->line(*answer);
  if (text->empty()) {
    tell("no dead letters");
    return {};
  }
  return (*out)->write(*text);
}

outcome<void> replay_letters(const letter_replay_options& options) {
  if (auto checked = check_filter(options.filter, "replay"); !checked)
    return checked;
  auto body = replay_body(options);
  if (!body)
    return fail(body);
  auto api = api_client::connect(options.connection);
  if (!api)
    return fail(api);
  api->silence_max(silence_max);
  auto answer
    = api->call("POST", request_path{"/dead-letters"}.segment("replay"), *body);
  if (!answer)
    return fail(answer);
  auto fields = json_fields::parse(*answer).value_or(json_fields{});
  if (fields.text("jobId").empty())
    return print_count(*api, options.connection, *answer,
                       options.dry_run ? "would be replayed" : "replayed");
  if (!options.connection.json)
    tell(letters_in_words(fields.count("count").value_or(0)) + " replayed");
  return show_new_job(*api, options.connection, *answer, options.follow);
}

outcome<void> purge_letters(const letter_purge_options& options) {
  if (auto checked = check_filter(options.filter, "purge"); !checked)
    return checked;
  auto api = api_client::connect(options.connection);
  if (!api)
    return fail(api);
  api->silence_max(silence_max);
  std::string body;
  json_writer w{body};
  w.begin_object().key("filter");
  write_filter(w, options.filter);
  if (options.dry_run)
    w.key("dryRun").boolean(true);
  w.end_object();
  auto answer
    = api->call("POST", request_path{"/dead-letters"}.segment("purge"), body);
  if (!answer)
    return fail(answer);
  return print_count(*api, options.connection, *answer,
                     options.dry_run ? "would be purged" : "purged");
}

} // namespace batch::cli
