// The commands that talk to a server: what each takes and what it does.
//
// Data goes to standard output, or to a file where the command has one;
// progress and messages go to standard error. Each call runs its command to
// the end and answers why it failed, as `failure` has it.
#pragma once

#include "gateway/cli/api_client.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace batch::cli {

struct submit_options {
  connection_options connection;
  std::string type;
  /// "-" means standard input; empty with `input_ns`.
  std::string file;
  /// "json", "ndjson" or "csv"; empty: found out.
  std::string format;
  std::string input_ns;
  /// `name=value`.
  std::vector<std::string> options;
  /// A JSON object, in place of `options`.
  std::string options_json;
  std::string idempotency_key;
  bool follow = false;
};

/// Sends a job and prints its id alone. With `follow` waits for its end, tells
/// about it on standard error and fails if the job did.
outcome<void> submit(const submit_options& options);

struct job_view_options {
  connection_options connection;
  std::string id;
  bool follow = false;
};

/// Prints what is known of a job; with `follow` once it has ended, and fails
/// if the job did.
outcome<void> show_job(const job_view_options& options);

enum class job_order_name { cancel, pause, resume };

struct job_order_options {
  connection_options connection;
  std::string id;
  /// Only for `cancel`: what is being worked on has no effect.
  bool now = false;
};

/// Orders something of a job and prints what is known of it then.
outcome<void> order_job(job_order_name what, const job_order_options& options);

struct job_retry_options {
  connection_options connection;
  std::string id;
  bool follow = false;
};

/// Makes a job of the failed items of another one and prints its id alone.
/// With `follow` as `submit`.
outcome<void> retry_job(const job_retry_options& options);

struct job_change_options {
  connection_options connection;
  std::string id;
  std::optional<int64_t> priority;
  std::optional<int64_t> concurrency;
};

/// Changes a job that has not ended and prints what is known of it then.
outcome<void> change_job(const job_change_options& options);

struct job_deletion_options {
  connection_options connection;
  std::string id;
};

/// Deletes a job that has ended, with its results and dead letters. Prints
/// nothing.
outcome<void> delete_job(const job_deletion_options& options);

struct jobs_options {
  connection_options connection;
  std::string status;
  std::string state;
  std::string type;
  /// `name=value`.
  std::vector<std::string> labels;
  uint64_t limit = 20;
};

/// Prints a table of jobs, newest first.
outcome<void> list_jobs(const jobs_options& options);

enum class job_stream { results, errors };

struct job_stream_options {
  connection_options connection;
  std::string id;
  /// A file; empty: standard output.
  std::string output;
};

/// Copies the results or errors of a job, a JSON object per line.
outcome<void> copy_job_stream(job_stream which,
                              const job_stream_options& options);

struct export_options {
  connection_options connection;
  std::string ns;
  /// Empty: the server's default.
  std::string format;
  std::string kind;
  std::string type;
  std::string prefix;
  /// Names with commas between them; empty: all.
  std::string fields;
  std::string output;
  /// Go on behind the last whole line of `output`.
  bool resume = false;
};

/// Copies the records of a namespace. An NDJSON export that breaks off leaves
/// what has come in `FILE.part`, from where `resume` goes on.
outcome<void> export_ns(const export_options& options);

struct things_options {
  connection_options connection;
  std::string ns;
  /// Empty: all of them.
  std::string id;
  uint64_t limit = 100;
};

/// Prints one thing, or the things of a namespace one per line.
outcome<void> show_things(const things_options& options);

struct search_options {
  connection_options connection;
  std::string ns;
  std::string text;
  std::string type;
  uint64_t limit = 10;
  std::optional<double> score_min;
};

/// Prints the things whose texts are nearest in meaning, nearest first.
outcome<void> search_things(const search_options& options);

struct stats_options {
  connection_options connection;
};

/// Prints the statistics of the service.
outcome<void> show_stats(const stats_options& options);

struct backup_options {
  connection_options connection;
};

/// Lets the server write a backup, and prints which one it is.
outcome<void> back_up(const backup_options& options);

struct nodes_options {
  connection_options connection;
};

/// Prints the nodes of the cluster.
outcome<void> list_nodes(const nodes_options& options);

struct drain_options {
  connection_options connection;
  std::string node;
};

/// Lets a node finish what it has begun and take nothing more.
outcome<void> drain_node(const drain_options& options);

} // namespace batch::cli
