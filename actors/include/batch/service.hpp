// The service inside of a program that has an actor system already. Public:
// installed as <batch/service.hpp>. docs/embedding.md walks through an example.
//
// Nothing here owns the system, ends the process, takes over a signal, reads
// the command line, or writes to the standard output.
#pragma once

#include <batch/interface.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace batch {

/// A function for jobs of the type `transform-data`, which name it by
/// `options.transform.function`. Takes the JSON text of an item and answers
/// that of the new value, or an empty text to drop the item; an error, or what
/// it throws, fails the item. Called from several threads at one time, and
/// perhaps more than once for an item.
using item_function
  = std::function<caf::expected<std::string>(const std::string& item)>;

/// What a service is to be; given by value when it is spawned.
struct service_settings {
  service_settings();

  /// Folder of the store; made if absent. One service at a time may have it.
  std::string data = "./batch-data";
  /// What the attempts of items name as the place they were made at; at most 64
  /// bytes.
  std::string node = "coordinator";
  /// Worker threads of each type of jobs; at first one a core. 0 leaves all
  /// work to nodes that join.
  size_t slots;
  /// Other numbers for single types, by name.
  std::map<std::string, size_t> slots_of;
  /// The model of jobs that name none: `static-glove-en-256` or
  /// `lexical-hash-384`, which are built in, `static:FOLDER` (model2vec),
  /// `vectors:FILE` (word vectors as text), or a server: `openai:URL#MODEL`,
  /// `ollama:URL#MODEL`, `tei:URL`, `llamacpp:URL` (docs/embeddings.md); empty:
  /// `static-glove-en-256`.
  std::string embedder = {};
  /// By name.
  std::map<std::string, item_function> functions = {};
  /// MiB of memory that hold what is read from the store.
  size_t cache_mib = 128;
  /// MiB of free disk below which new work is refused; 0: as much as the store
  /// may need to recover.
  size_t disk_reserve_mib = 0;
  /// What is kept of finished jobs; whichever bound is reached first.
  size_t retention_days;
  size_t retention_items;
  /// Jobs that are open at one time.
  size_t open_jobs_max = 100'000;
  /// Uploads, streams of blocks, and subscriptions at one time. The first two
  /// take a thread each.
  size_t uploads_max;
  size_t streams_max;
  size_t subscriptions_max = 1000;
  /// An upload or a stream that nobody uses ends after this time.
  caf::timespan idle_limit = std::chrono::minutes{1};
  /// The longest that the end waits for what is being worked on. What is not
  /// done by then is done after the next start.
  caf::timespan drain_limit = std::chrono::seconds{8};
};

/// Lets the settings be given by the configuration file and the command line
/// of the program: `batch.data`, `batch.slots`, …. To be called in the
/// constructor of its `caf::actor_system_config`, with `custom_options_`; the
/// settings must live as long as the configuration.
void add_options(caf::config_option_set& to, service_settings& settings);

/// Registers the messages and the errors of the service. To be called before
/// the actor system is made, by whoever runs a service or talks to one.
void configure(caf::actor_system_config& config);

/// Opens the store, goes on with the jobs that are open in it, and answers the
/// SERVICE when new ones are welcome. Blocks for as long as that takes, so not
/// to be called by an actor that others wait for.
///
/// It ends, and the store with it, when `stop_service` is called, when it gets
/// an exit message of its own process, and when it cannot go on: monitor it to
/// know. It must have ended before the actor system can.
/// Errors: `ec::storage_locked`, `ec::storage_foreign`, `ec::storage_corrupt`,
/// `ec::storage_full`, `ec::storage_failure`; `ec::invalid_option` for settings
/// that make no sense.
caf::expected<service_actor> spawn_service(caf::actor_system& system,
                                           service_settings settings);

/// Stops admitting, waits for what is being worked on, writes, closes the
/// store, and returns when that is done; blocks. Not for actors; those send an
/// exit message and wait for the DOWN message.
/// @param limit the longest to wait; longer than `drain_limit`.
/// Errors: `ec::timed_out`; the service then ends later.
caf::error stop_service(caf::actor_system& system, const service_actor& which,
                        std::chrono::milliseconds limit
                        = std::chrono::seconds{30});

} // namespace batch
