#include "actors/maintenance/verify.hpp"

#include "actors/embedders/embedder_set.hpp"
#include "actors/embedders/lexical_hash_embedder.hpp"
#include "actors/maintenance/job_removal.hpp"
#include "actors/maintenance/purge.hpp"
#include "actors/maintenance/replay.hpp"
#include "actors/submission.hpp"
#include "codecs/bytes.hpp"
#include "codecs/dead_letter.hpp"
#include "codecs/record.hpp"
#include "codecs/results.hpp"
#include "codecs/stamped.hpp"
#include "storage/hostile_store.hpp"
#include "tests/actors/flaky_worker.hpp"
#include "tests/actors/quiet_system.hpp"
#include "tests/actors/service_fixture.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <thread>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

using namespace batch;
using namespace batch::test;

namespace {

service_options flaky_service() {
  auto o = small_service();
  o.embedders = make_embedder_set(make_lexical_hash_embedder());
  o.workers = builtin_workers(o.embedders);
  o.workers[job_type::transform_data]
    = [] { return std::make_unique<flaky_worker>(); };
  return o;
}

std::string relationship(std::string_view id, std::string_view to) {
  return R"({"ns":"n","id":")" + std::string{id}
         + R"(","type":"knows","fromNs":"n","fromId":"a","toNs":"n","toId":")"
         + std::string{to} + "\"}";
}

std::vector<std::string> findings_of(const store_reader& store,
                                     time_ms now = 0) {
  std::vector<std::string> found;
  auto summary = verify_store(store, now, [&](const verify_finding& x) {
    found.push_back(to_string(x));
  });
  BOOST_REQUIRE_MESSAGE(summary, (summary ? "" : summary.error().message));
  BOOST_TEST(summary->findings == found.size());
  return found;
}

/// One line for each, so that a failed check shows them.
std::string lines_of(const std::vector<std::string>& found) {
  std::string lines;
  for (const auto& x : found)
    lines += x + '\n';
  return lines;
}

void check_clean(const store_reader& store) {
  BOOST_TEST(lines_of(findings_of(store)) == "");
}

/// Runs until the store holds marks of the job, and more chunks without one.
void run_half(virtual_service& service, uint64_t job) {
  auto [from, to] = keys::of_job(job);
  for (int i = 0; i < 1000; ++i) {
    if (!service.store->scan(nullptr, family::marks, from, to, {}, 1)->empty())
      return;
    BOOST_REQUIRE(service.scheduler.try_run_once());
  }
  BOOST_FAIL("the job does not begin");
}

/// What a day of work leaves: ended, cancelled and waiting jobs, and one that
/// was cut off in the middle.
struct day_of_work {
  day_of_work() {
    virtual_service service{make_memory_store(), flaky_service()};
    auto imported = service.accept(
      job_type::import_things,
      {thing("n", "a"), "{}",
       R"({"ns":"n","id":"b","type":"T","content":"a word"})", "{}"},
      {}, "key", "fingerprint");
    BOOST_REQUIRE(imported);
    import = service.finish(imported->id).spec;
    related = service
                .run(job_type::import_relationships,
                     {relationship("r", "a"), relationship("r", "b")})
                .spec;
    service.run(job_type::generate_embeddings,
                {R"({"ns":"n","id":"a"})", R"({"ns":"n","id":"b"})"});
    retried = service
                .run(job_type::transform_data, {"0", "1", "0", "9", "2"},
                     R"({"chunkSize":3})")
                .spec;
    terse = service
              .run(job_type::transform_data, {"0", "1", "9"},
                   R"({"keepResults":"errors"})")
              .spec;
    service.run(job_type::import_things, {});
    auto waits = service.submit(
      job_type::transform_data, {"0", "1", "9", "0", "0"},
      R"({"chunkSize":2,"backoffMs":60000,"keepResults":"errors"})");
    BOOST_REQUIRE(waits);
    waiting = find_job(*service.store, *waits)->spec;
    auto scheduled = service.submit(job_type::import_things, {thing("n", "c")},
                                    R"({"delaySeconds":86400})");
    auto cancelled = service.submit(job_type::import_things, {thing("n", "d")},
                                    R"({"delaySeconds":86400})");
    BOOST_REQUIRE((scheduled && cancelled));
    order(service, *scheduled, job_order::kind::pause);
    order(service, *cancelled, job_order::kind::cancel);
    paused = find_job(*service.store, *scheduled)->spec;
    BOOST_REQUIRE(service.ask<void>(atom::put_atom_v, std::string{"m"},
                                    std::string{"p"}, thing("m", "p")));
    cut = begin_half(service);
    store = *copy_to_memory_store(*service.store);
    term = *store->take_over();
    claim_a_letter();
  }

  static void order(virtual_service& service, const job_id& id,
                    job_order::kind what) {
    auto done
      = service.ask<void>(atom::order_atom_v, id,
                          std::make_shared<const job_order>(job_order{what}));
    BOOST_REQUIRE_MESSAGE(done, (done ? "" : done.error().message));
  }

  /// A job of 20 chunks that is in the middle of them.
  static job_spec begin_half(virtual_service& service) {
    auto ticket = service.open(job_type::transform_data,
                               R"({"chunkSize":3,"backoffMs":60000})");
    BOOST_REQUIRE(ticket);
    chunk_builder chunks{3, item_source::submitted};
    job_closing closing;
    closing.number = ticket->number;
    for (; closing.chunks < 20; ++closing.chunks) {
      for (const auto* text : {"0", "1", "0"})
        chunks.add(text);
      closing.rest.put(family::chunks,
                       keys::chunk(ticket->number, closing.chunks),
                       chunks.take());
    }
    closing.total = 60;
    caf::scoped_actor self{service.system};
    self->request(service.actors.supervisor, std::chrono::minutes{10},
                  atom::close_atom_v,
                  std::make_shared<const job_closing>(closing));
    run_half(service, ticket->number);
    return *decode_record<job_spec>(
      **service.store->get(family::jobs, keys::job_spec(ticket->number)));
  }

  /// As if a letter of the first job were tried again by another one.
  void claim_a_letter() {
    write_batch changes;
    std::string claimer;
    append_fixed(claimer, related.number);
    changes.put(family::dead, keys::dead_claim(import.number, 1), claimer);
    auto counters = *read_counters(*store);
    --counters.dead_letters;
    changes.put(family::meta, keys::counters, encode_record(counters));
    commit(changes);
  }

  void commit(const write_batch& changes) {
    BOOST_REQUIRE(store->commit(changes, durability::buffered, term)
                  == commit_status::ok);
  }

  store_ptr store;
  uint64_t term = 0;
  job_spec import, related, retried, terse, waiting, paused, cut;
};

/// The same for all tests: nobody writes to it.
const day_of_work& work() {
  static day_of_work x;
  return x;
}

std::string number_bytes(uint64_t number) {
  std::string bytes;
  append_fixed(bytes, number);
  return bytes;
}

/// Changes to a copy of a store.
class damage {
public:
  explicit damage(const store_reader& store) : store_(store) {}

  void put(family f, const std::string& key, std::string_view value) {
    changes.put(f, key, value);
  }
  void erase(family f, const std::string& key) {
    BOOST_REQUIRE_MESSAGE(*store_.get(f, key), "nothing to erase");
    changes.erase(f, key);
  }
  /// Flips a bit of the last byte of a row.
  void flip(family f, const std::string& key) {
    auto value = store_.get(f, key);
    BOOST_REQUIRE_MESSAGE((*value && !(*value)->empty()), "nothing to flip");
    (*value)->back() ^= 1;
    changes.put(f, key, **value);
  }
  template <class Record, class Change>
  void change(family f, const std::string& key, Change&& to) {
    auto bytes = store_.get(f, key);
    BOOST_REQUIRE_MESSAGE(*bytes, "nothing to change");
    auto record = decode_record<Record>(**bytes);
    BOOST_REQUIRE(record);
    to(*record);
    changes.put(f, key, encode_record(*record));
  }
  template <class Change>
  void counters(Change&& to) {
    change<service_counters>(family::meta, std::string{keys::counters}, to);
  }
  template <class Change>
  void progress(uint64_t job, Change&& to) {
    change<job_progress>(family::jobs, keys::job_progress(job), to);
  }
  /// The first row of a range.
  page first(family f, const keys::range& range) {
    auto rows = store_.scan(nullptr, f, range.from, range.to, {}, 1);
    BOOST_REQUIRE(!rows->empty());
    return *rows;
  }
  template <class Record>
  Record record(family f, const std::string& key) {
    return *decode_record<Record>(**store_.get(f, key));
  }

  write_batch changes;

private:
  const store_reader& store_;
};

struct damage_case {
  const char* name;
  std::function<void(damage&)> inflict;
  /// The findings to come, in any order: each begins with one of these.
  std::vector<std::string> wanted;
};

std::string n(uint64_t number) {
  return std::to_string(number);
}

const std::string a_key = keys::named("n", "a");

std::vector<damage_case> damages_of_jobs() {
  const auto& w = work();
  auto import = w.import.number;
  auto retried = w.retried.number;
  auto terse = w.terse.number;
  auto paused = w.paused.number;
  auto finished_at = [](damage& d, uint64_t job) {
    return d.record<job_progress>(family::jobs, keys::job_progress(job))
      .finished_at;
  };
  return {
    {"no specification",
     [=](damage& d) { d.erase(family::jobs, keys::job_spec(import)); },
     {"jobs J " + n(import) + ": is not there"}},
    {"a damaged specification",
     [=](damage& d) { d.flip(family::jobs, keys::job_spec(import)); },
     {"jobs J " + n(import) + ": cannot be read"}},
    {"no progress",
     [=](damage& d) { d.erase(family::jobs, keys::job_progress(import)); },
     {"jobs P " + n(import) + ": is not there"}},
    {"a damaged progress",
     [=](damage& d) { d.flip(family::jobs, keys::job_progress(import)); },
     {"jobs P " + n(import) + ": cannot be read"}},
    {"no id",
     [=](damage& d) { d.erase(family::jobs, keys::job_by_id(w.import.id)); },
     {"jobs I " + to_string(w.import.id) + ": is not there; expected job "
        + n(import),
      "jobs K "}},
    {"an id of nothing",
     [](damage& d) {
       d.put(family::jobs, keys::job_by_id(make_job_id()), number_bytes(999));
     },
     {"jobs I "}},
    {"an id of another job",
     [=](damage& d) {
       d.put(family::jobs, keys::job_by_id(make_job_id()),
             number_bytes(import));
     },
     {"jobs I "}},
    {"no status",
     [=](damage& d) { d.erase(family::jobs, keys::job_by_status(4, import)); },
     {"jobs S failed " + n(import) + ": is not there"}},
    {"two of them",
     [=](damage& d) {
       d.put(family::jobs, keys::job_by_status(2, import), "");
     },
     {"jobs S processing " + n(import) + ": is not the status"}},
    {"a status of nothing",
     [](damage& d) { d.put(family::jobs, keys::job_by_status(1, 999), ""); },
     {"jobs S pending 999: names a job that is not there"}},
    {"no end",
     [=](damage& d) {
       d.erase(family::jobs,
               keys::finished_job(finished_at(d, import), import));
     },
     {"jobs F "}},
    {"another total at the end",
     [=](damage& d) {
       d.put(family::jobs, keys::finished_job(finished_at(d, import), import),
             "\1\1\1\1");
     },
     {"jobs F "}},
    {"the end of a job that goes on",
     [=](damage& d) {
       d.put(family::jobs, keys::finished_job(1, paused), "\1\0\0\0");
     },
     {"jobs F 1970-01-01T00:00:00.001Z " + n(paused)
      + ": is there although the job has not ended"}},
    {"orders for a job that has ended",
     [=](damage& d) {
       d.put(family::jobs, keys::job_control(import),
             encode_record(job_control{}));
     },
     {"jobs C " + n(import) + ": is there although the job has ended"}},
    {"damaged orders",
     [=](damage& d) { d.flip(family::jobs, keys::job_control(paused)); },
     {"jobs C " + n(paused) + ": cannot be read"}},
    {"too many succeeded",
     [=](damage& d) {
       d.progress(retried, [](job_progress& p) { ++p.processed; });
     },
     {"jobs P " + n(retried) + ": processed, failed and notStarted are 6",
      "jobs P " + n(retried) + ": processed is 5; expected 4",
      "meta counters: items is ", "meta counters: transform-data items_pro"}},
    {"too many failed",
     [=](damage& d) {
       d.progress(retried, [](job_progress& p) {
         ++p.failed;
         --p.processed;
       });
     },
     {"jobs P " + n(retried) + ": failed is 2; expected 1",
      "jobs P " + n(retried) + ": processed is 3; expected 4",
      "meta counters: transform-data items_pro",
      "meta counters: transform-data items_fai"}},
    {"a state that is none of its status",
     [=](damage& d) {
       d.progress(retried,
                  [](job_progress& p) { p.state = job_state::running; });
     },
     {"jobs P " + n(retried) + ": state is running"}},
    {"a key of no kind",
     [](damage& d) { d.put(family::jobs, "Q1", ""); },
     {"jobs 0x5131: is of no kind"}},
    {"no expiry of a key",
     [](damage& d) {
       d.erase(
         family::jobs,
         std::string{d.first(family::jobs, keys::with_prefix("X"))[0].key});
     },
     {"jobs K "}},
    {"an expiry of no key",
     [](damage& d) {
       d.erase(
         family::jobs,
         std::string{d.first(family::jobs, keys::with_prefix("K"))[0].key});
     },
     {"jobs X 1970-01-02T"}},
    {"an expiry of a job",
     [=](damage& d) {
       d.put(family::jobs, keys::expiry(5, keys::job_spec(import)), "");
     },
     {"jobs X 1970-01-01T00:00:00.005Z jobs 0x4a"}},
    {"a tombstone of a job that is there",
     [=](damage& d) {
       auto key = keys::tombstone(w.import.id);
       d.put(family::jobs, key, encode_record(tombstone_record{50}));
       d.put(family::jobs, keys::expiry(50, key), "");
     },
     {"jobs T " + to_string(w.import.id) + ": is there although"}},
    {"a cut tombstone",
     [](damage& d) {
       d.put(family::jobs, keys::tombstone(make_job_id()), "1");
     },
     {"jobs T "}},
    {"chunks of a job that has ended",
     [=](damage& d) { d.put(family::chunks, keys::chunk(import, 0), "x"); },
     {"chunks " + n(import) + ": 1 row of a job that has ended"}},
    {"marks of a job that has ended",
     [=](damage& d) {
       d.put(family::marks, keys::chunk(import, 0),
             encode_record(chunk_mark{}));
     },
     {"marks " + n(import) + ": 1 row of a job that has ended"}},
    {"marks of no job",
     [](damage& d) { d.put(family::marks, keys::chunk(999, 0), "x"); },
     {"marks 999: 1 row of a job that is not there"}},
    {"results of no job",
     [](damage& d) { d.put(family::results, keys::result(999, 0, 1, 0), "x"); },
     {"results 999: 1 row of a job that is not there"}},
    {"a missing result",
     [=](damage& d) {
       d.erase(family::results, keys::result(retried, 0, 2, 0));
     },
     {"jobs P " + n(retried) + ": processed is 4; expected 3",
      "results " + n(retried) + " 0 attempts 1: is of item 1"}},
    {"a damaged result",
     [=](damage& d) {
       d.flip(family::results, keys::result(retried, 0, 1, 0));
     },
     {"results " + n(retried) + " 0 round 1 part 0: cannot be read"}},
    {"two results of one item",
     [=](damage& d) {
       results_builder more;
       more.add(0, "1");
       d.put(family::results, keys::result(retried, 0, 9, 0), more.take());
     },
     {"results " + n(retried) + " 0: item 0 has two results",
      "jobs P " + n(retried) + ": processed is 4; expected 5"}},
    {"a result of a dead item",
     [=](damage& d) {
       results_builder more;
       more.add(3, "1");
       d.put(family::results, keys::result(retried, 1, 9, 0), more.take());
     },
     {"results " + n(retried)
        + " 1: has a result of item 3, which is a dead letter",
      "jobs P " + n(retried) + ": processed is 4; expected 5"}},
    {"a result of an item that is none",
     [=](damage& d) {
       results_builder more;
       more.add(70, "1");
       d.put(family::results, keys::result(retried, 1, 9, 0), more.take());
     },
     {"results " + n(retried) + " 1: has a result of item 70",
      "jobs P " + n(retried) + ": processed is 4; expected 5"}},
    {"a result that was not to be kept",
     [=](damage& d) {
       results_builder more;
       more.add(0, "1");
       d.put(family::results, keys::result(terse, 0, 1, 0), more.take());
     },
     {"results " + n(terse) + ": 1 result; expected none"}},
    {"damaged attempts",
     [=](damage& d) {
       d.flip(family::results, keys::result_attempts(retried, 0, 1));
     },
     {"results " + n(retried) + " 0 attempts 1: cannot be read"}},
  };
}

std::vector<damage_case> damages_of_open_jobs() {
  const auto& w = work();
  auto waiting = w.waiting.number;
  auto paused = w.paused.number;
  auto cut = w.cut.number;
  auto is_marked = [](const std::string& key) {
    return work().store->get(family::marks, key)->has_value();
  };
  // Of the job that was cut off, a chunk that was begun and one that was not.
  uint32_t begun = 0;
  while (!is_marked(keys::chunk(cut, begun)))
    ++begun;
  uint32_t unbegun = 0;
  while (is_marked(keys::chunk(cut, unbegun)))
    ++unbegun;
  BOOST_REQUIRE_LT(unbegun, 20u);
  auto first = 3 * begun;
  return {
    {"no chunk",
     [=](damage& d) { d.erase(family::chunks, keys::chunk(cut, begun)); },
     {"chunks " + n(cut) + " " + n(begun) + ": is not there"}},
    {"no chunks",
     [=](damage& d) {
       for (uint32_t i = 10; i < 20; ++i)
         d.erase(family::chunks, keys::chunk(cut, i));
     },
     {"chunks " + n(cut) + " 10 to 19: is not there"}},
    {"a damaged chunk",
     [=](damage& d) { d.flip(family::chunks, keys::chunk(cut, begun)); },
     {"chunks " + n(cut) + " " + n(begun) + ": cannot be read"}},
    {"a chunk too many",
     [=](damage& d) { d.put(family::chunks, keys::chunk(cut, 20), "x"); },
     {"chunks " + n(cut) + " 20: is one too many"}},
    {"another chunk",
     [=](damage& d) {
       auto chunk = w.store->get(family::chunks, keys::chunk(cut, 19));
       d.put(family::chunks, keys::chunk(cut, 18), **chunk);
     },
     {"chunks " + n(cut) + " 18: begins with item 57; expected item 54",
      "chunks " + n(cut) + " 19: begins with item 57; expected item 60"}},
    {"another total",
     [=](damage& d) {
       d.change<job_spec>(family::jobs, keys::job_spec(cut),
                          [](job_spec& s) { s.total = 61; });
     },
     {"jobs J " + n(cut) + ": total is 61; expected 60"}},
    {"no mark of pending items",
     [=](damage& d) { d.erase(family::marks, keys::chunk(cut, begun)); },
     {"marks " + n(cut) + " " + n(begun)
      + ": is not there, but 1 pending item"}},
    {"a damaged mark",
     [=](damage& d) { d.flip(family::marks, keys::chunk(cut, begun)); },
     {"marks " + n(cut) + " " + n(begun) + ": cannot be read"}},
    {"a pending item less",
     [=](damage& d) { d.erase(family::marks, keys::pending(cut, begun, 1)); },
     {"results " + n(cut) + " " + n(begun) + ": item " + n(first + 1)
        + " has no outcome",
      "marks " + n(cut) + " " + n(begun) + ": says 1 pending; expected 0",
      "marks " + n(cut) + " " + n(begun) + ": says 2 processed; expected 3",
      "jobs P " + n(cut) + ": processed is ",
      "jobs P " + n(cut) + ": retrying is "}},
    {"a pending item more",
     [=](damage& d) {
       d.put(family::marks, keys::pending(cut, begun, 0),
             encode_record(pending_item{}));
     },
     {"marks " + n(cut) + " " + n(begun) + ": item " + n(first)
        + " has more than one outcome",
      "marks " + n(cut) + " " + n(begun) + ": says 1 pending; expected 2",
      "marks " + n(cut) + " " + n(begun) + ": says 2 processed; expected 1",
      "jobs P " + n(cut) + ": processed is "}},
    {"a damaged pending item",
     [=](damage& d) { d.flip(family::marks, keys::pending(cut, begun, 1)); },
     {"marks " + n(cut) + " " + n(begun) + " 1: cannot be read"}},
    {"a mark of a chunk that was not begun",
     [=](damage& d) {
       d.put(family::marks, keys::chunk(cut, unbegun),
             encode_record(chunk_mark{3, 0, 0, 1}));
     },
     {"results " + n(cut) + " " + n(unbegun) + ": item " + n(3 * unbegun),
      "results " + n(cut) + " " + n(unbegun) + ": item " + n(3 * unbegun + 1),
      "results " + n(cut) + " " + n(unbegun) + ": item " + n(3 * unbegun + 2),
      "jobs P " + n(cut) + ": processed is "}},
    {"results of a chunk that was not begun",
     [=](damage& d) {
       results_builder more;
       more.add(3 * unbegun, "1");
       d.put(family::results, keys::result(cut, unbegun, 1, 0), more.take());
     },
     {"marks " + n(cut) + " " + n(unbegun)
      + ": is not there, but outcomes of 1 item"}},
    {"a mark of other figures",
     [=](damage& d) {
       d.change<chunk_mark>(family::marks, keys::chunk(waiting, 0),
                            [](chunk_mark& m) { m.failed = 1; });
     },
     {"marks " + n(waiting) + " 0: says 1 failed; expected 0"}},
    {"a missing mark of a job without results",
     [=](damage& d) { d.erase(family::marks, keys::chunk(waiting, 2)); },
     {"jobs P " + n(waiting) + ": processed is 3; expected 2"}},
    {"a progress that says less",
     [=](damage& d) {
       d.progress(waiting, [](job_progress& p) { --p.retrying; });
     },
     {"jobs P " + n(waiting) + ": retrying is 1; expected 2"}},
    {"outcomes of a job that was not begun",
     [=](damage& d) {
       d.progress(paused, [](job_progress& p) { p.processed = 1; });
     },
     {"jobs P " + n(paused) + ": processed is 1; expected 0",
      "jobs P " + n(paused) + ": has outcomes of items, but was not begun",
      "meta counters: items is ", "meta counters: import-things items_pro"}},
  };
}

std::vector<damage_case> damages_of_letters() {
  const auto& w = work();
  auto import = w.import.number;
  auto letter = [](damage& d, uint64_t job, uint32_t item, auto change) {
    d.change<dead_letter>(family::dead, keys::dead_item(job, item), change);
  };
  return {
    {"a missing letter",
     [=](damage& d) { d.erase(family::dead, keys::dead_item(import, 3)); },
     {"jobs P " + n(import) + ": failed is 2; expected 1",
      "meta counters: dead_letters is "}},
    {"a letter more",
     [=](damage& d) {
       dead_letter x;
       x.type = w.import.type;
       x.job = w.import.id;
       d.put(family::dead, keys::dead_item(import, 2), encode_record(x));
     },
     {"results " + n(import)
        + " 0: has a result of item 2, which is a dead letter",
      "jobs P " + n(import) + ": failed is 2; expected 3",
      "meta counters: dead_letters is "}},
    {"a damaged letter",
     [=](damage& d) { d.flip(family::dead, keys::dead_item(import, 3)); },
     {"dead " + n(import) + ".3: cannot be read"}},
    {"a letter of another job",
     [=](damage& d) {
       letter(d, import, 3, [](dead_letter& x) { x.job = make_job_id(); });
     },
     {"dead " + n(import) + ".3: is of another job"}},
    {"letters of no job",
     [](damage& d) { d.put(family::dead, keys::dead_item(999, 0), "x"); },
     {"dead 999: 1 row of a job that is not there"}},
    {"a claim of nothing",
     [=](damage& d) {
       d.put(family::dead, keys::dead_claim(import, 0), number_bytes(2));
     },
     {"dead " + n(import) + ".0 c: claims a letter that is not there"}},
    {"a claim by nobody",
     [=](damage& d) {
       d.put(family::dead, keys::dead_claim(import, 1), number_bytes(999));
     },
     {"dead " + n(import) + ".1 c: names job 999, which never was"}},
    {"a cut claim",
     [=](damage& d) { d.put(family::dead, keys::dead_claim(import, 1), "1"); },
     {"dead " + n(import) + ".1 c: has 1 byte"}},
    {"a claim less",
     [=](damage& d) { d.erase(family::dead, keys::dead_claim(import, 1)); },
     {"meta counters: dead_letters is "}},
    {"a purge that was not counted",
     [=](damage& d) {
       letter(d, import, 3, [](dead_letter& x) { x.purged = true; });
     },
     {"meta counters: dead_letters is "}},
    {"a message of the system that was not counted",
     [](damage& d) {
       d.put(family::dead, keys::dead_item(0, 0), encode_record(dead_letter{}));
     },
     {"meta counters: dead_letters is "}},
    {"a letter whose chunk is tried again by another job",
     [=](damage& d) {
       chunk_builder chunks{3, item_source::dead_letters};
       chunks.add("1", {import, 3});
       d.put(family::chunks, keys::chunk(w.paused.number, 0), chunks.take());
     },
     {"dead " + n(import) + ".3 c: is not there; expected job "
      + n(w.paused.number)}},
  };
}

std::vector<damage_case> damages_of_counters() {
  auto change = [](auto to) { return [to](damage& d) { d.counters(to); }; };
  auto of = [&](auto which) {
    return change([which](service_counters& c) { ++which(c); });
  };
  return {
    {"damaged counters",
     [](damage& d) { d.flip(family::meta, std::string{keys::counters}); },
     {"meta counters: cannot be read"}},
    {"a number that is in use",
     change([](service_counters& c) { c.next_job = 3; }),
     {"meta counters: next_job is 3"}},
    {"pending",
     of([](auto& c) -> auto& { return c.of(job_status::pending); }),
     {"meta counters: jobs pending is 2; expected 1"}},
    {"completed",
     of([](auto& c) -> auto& { return c.of(job_status::completed); }),
     {"meta counters: jobs completed is "}},
    {"items",
     of([](auto& c) -> auto& { return c.items; }),
     {"meta counters: items is "}},
    {"kept items",
     of([](auto& c) -> auto& { return c.kept_items; }),
     {"meta counters: kept_items is "}},
    {"dead letters",
     of([](auto& c) -> auto& { return c.dead_letters; }),
     {"meta counters: dead_letters is "}},
    {"jobs of a type",
     of([](auto& c) -> auto& { return c.of(job_type::transform_data).jobs; }),
     {"meta counters: transform-data jobs is "}},
    {"failed jobs of a type",
     of([](auto& c) -> auto& { return c.of(job_type::transform_data).failed; }),
     {"meta counters: transform-data failed is "}},
    {"a row that nobody knows",
     [](damage& d) { d.put(family::meta, "x", ""); },
     {"meta 0x78: is no row that is known"}},
  };
}

std::vector<damage_case> damages_of_data() {
  auto r = keys::named("n", "r");
  auto out = keys::link('o', "n", "a", "knows", r);
  auto in = keys::link('i', "n", "b", "knows", r);
  auto stamped = [](uint64_t job, std::string_view text) {
    auto stamp = make_stamp(job, 0, text);
    return std::string{stamp.data(), stamp.size()} + std::string{text};
  };
  return {
    {"a damaged thing",
     [](damage& d) { d.flip(family::things, a_key); },
     {"things n/a: cannot be read"}},
    {"a thing under another name",
     [=](damage& d) {
       d.put(family::things, a_key, stamped(1, thing("n", "other")));
     },
     {"things n/a: holds a record that says ns \"n\" and id \"other\""}},
    {"a thing that is none",
     [=](damage& d) { d.put(family::things, a_key, stamped(1, "{}")); },
     {"things n/a: cannot be read"}},
    {"a thing of a job to come",
     [=](damage& d) {
       d.put(family::things, a_key, stamped(998, thing("n", "a")));
     },
     {"meta counters: next_job is "}},
    {"a damaged relationship",
     [=](damage& d) { d.flip(family::relationships, r); },
     {"relationships n/r: cannot be read"}},
    {"a missing relationship",
     [=](damage& d) { d.erase(family::relationships, r); },
     {"links o n/a knows: names relationships n/r, which is not there",
      "links i n/a knows: names relationships n/r, which is not there",
      "links i n/b knows: names relationships n/r, which is not there"}},
    {"a missing link from",
     [=](damage& d) { d.erase(family::links, out); },
     {"relationships n/r: there is not its link o"}},
    {"a missing link to",
     [=](damage& d) { d.erase(family::links, in); },
     {"relationships n/r: there is not its link i"}},
    {"a link to another relationship",
     [=](damage& d) { d.put(family::links, in, keys::named("n", "x")); },
     {"relationships n/r: another one has its link i",
      "links i n/b knows: names relationships n/x; expected the one that its "
      "key has the hash of"}},
    {"a key that is no link",
     [](damage& d) { d.put(family::links, "o", "x"); },
     {"links 0x6f: is of no kind"}},
    {"a damaged embedding",
     [](damage& d) { d.flip(family::embeddings, keys::named("n", "b")); },
     {"embeddings n/b: cannot be read"}},
    {"a vector of no numbers",
     [](damage& d) {
       d.change<embedding>(
         family::embeddings, keys::named("n", "b"), [](embedding& x) {
           x.vector[3] = std::numeric_limits<float>::infinity();
         });
     },
     {"embeddings n/b: has a component that is no number"}},
    {"a vector that is shorter",
     [](damage& d) {
       auto key = keys::named("n", "b");
       auto shorter = d.record<embedding>(family::embeddings, key);
       shorter.vector.resize(2);
       d.put(family::embeddings, keys::named("n", "c"), encode_record(shorter));
     },
     {"embeddings n/c: has 2 dimensions of model lexical-hash-384; expected "
      "384"}},
  };
}

void check_damages(const std::vector<damage_case>& damages) {
  for (const auto& x : damages)
    BOOST_TEST_CONTEXT(x.name) {
      auto copy = *copy_to_memory_store(*work().store);
      damage d{*copy};
      x.inflict(d);
      BOOST_REQUIRE(
        copy->commit(d.changes, durability::buffered, *copy->take_over())
        == commit_status::ok);
      auto found = findings_of(*copy);
      for (const auto& wanted : x.wanted) {
        auto at = std::ranges::find_if(found, [&](const std::string& text) {
          return text.starts_with(wanted);
        });
        BOOST_TEST((at != found.end()), "not found: " << wanted);
        if (at != found.end())
          found.erase(at);
      }
      // None but those.
      BOOST_TEST(lines_of(found) == "");
    }
}

/// Asks again while letters are being changed: the right to change them goes
/// back some time after the call that had it.
template <class Call>
auto when_letters_are_free(Call&& call) {
  for (;;)
    if (auto done = call(); done || done.error().code != ec::conflict)
      return done;
}

/// A service on threads that ends with its scope, a failed check included.
struct threaded_service {
  threaded_service() {
    for (auto type : job_types)
      options.slots[type] = 1;
    auto spawned = spawn_service(system, options, store);
    BOOST_REQUIRE(spawned);
    actors = *spawned;
  }
  ~threaded_service() {
    stop_service(system, actors, std::chrono::seconds{10});
  }

  struct config : caf::actor_system_config {
    config() { configure(*this); }
  };
  config settings;
  test::quiet_system system{settings};
  service_options options;
  store_ptr store = make_memory_store();
  service actors;
};

} // namespace

BOOST_AUTO_TEST_SUITE(verify_test)

BOOST_AUTO_TEST_CASE(an_empty_store_is_clean) {
  check_clean(*make_memory_store());
}

BOOST_AUTO_TEST_CASE(what_the_service_leaves_is_clean_and_counted) {
  check_clean(*work().store);
  auto summary = verify_store(*work().store, 0, [](const verify_finding&) {});
  BOOST_REQUIRE(summary);
  BOOST_TEST(summary->jobs == 10u);
  BOOST_TEST(summary->open_jobs == 3u);
  BOOST_TEST(summary->things == 3u);
  BOOST_TEST(summary->relationships == 1u);
  BOOST_TEST(summary->links == 3u);
  BOOST_TEST(summary->stale_links == 1u);
  BOOST_TEST(summary->embeddings == 1u);
  BOOST_TEST(summary->dead_letters == 5u);
  BOOST_TEST(summary->open_letters == 4u);
  BOOST_TEST(summary->unaccepted_uploads == 0u);
  BOOST_TEST(summary->totals_compared);
}

BOOST_AUTO_TEST_CASE(what_is_no_fault_is_told_as_a_number) {
  auto copy = *copy_to_memory_store(*work().store);
  write_batch changes;
  changes.put(family::chunks, keys::chunk(999, 0), "x");
  changes.put(family::chunks, keys::chunk(999, 1), "x");
  changes.erase(family::things, keys::named("n", "b"));
  BOOST_REQUIRE(copy->commit(changes, durability::buffered, *copy->take_over())
                == commit_status::ok);
  check_clean(*copy);
  auto summary = verify_store(*copy, 0, [](const verify_finding&) {});
  BOOST_REQUIRE(summary);
  BOOST_TEST(summary->unaccepted_uploads == 1u);
  BOOST_TEST(summary->embeddings_without_thing == 1u);
}

BOOST_AUTO_TEST_CASE(each_damage_of_a_job_is_found) {
  check_damages(damages_of_jobs());
}

BOOST_AUTO_TEST_CASE(each_damage_of_an_open_job_is_found) {
  check_damages(damages_of_open_jobs());
}

BOOST_AUTO_TEST_CASE(each_damage_of_a_letter_is_found) {
  check_damages(damages_of_letters());
}

BOOST_AUTO_TEST_CASE(each_wrong_counter_is_found) {
  check_damages(damages_of_counters());
}

BOOST_AUTO_TEST_CASE(each_damage_of_things_and_what_hangs_on_them_is_found) {
  check_damages(damages_of_data());
}

BOOST_AUTO_TEST_CASE(a_job_that_was_cut_off_is_clean_when_it_has_ended) {
  virtual_service service{*copy_to_memory_store(*work().store),
                          flaky_service()};
  check_clean(*service.store);
  for (int i = 0; i < 50; ++i) {
    service.scheduler.run();
    service.scheduler.advance_time(std::chrono::hours{1});
  }
  check_clean(*service.store);
  auto job = find_job(*service.store, work().cut.id);
  BOOST_REQUIRE(job);
  BOOST_TEST(job->progress.processed == 60u);
}

BOOST_AUTO_TEST_CASE(the_store_is_clean_after_every_step) {
  virtual_service service{make_memory_store(), flaky_service()};
  std::vector<job_id> ids;
  auto submit
    = [&](job_type type, std::vector<std::string> items, std::string options) {
        auto id = service.submit(type, items, std::move(options));
        BOOST_REQUIRE(id);
        ids.push_back(*id);
      };
  // All of them wait, and begin at the same time.
  submit(job_type::import_things,
         {thing("n", "a"), "{}", thing("n", "b"), thing("n", "a", 2)},
         R"({"chunkSize":1,"delaySeconds":3600})");
  submit(job_type::import_relationships,
         {relationship("r", "a"), relationship("r", "b"), "{}"},
         R"({"chunkSize":1,"delaySeconds":3600})");
  submit(job_type::transform_data, {"0", "1", "9", "2", "0", "3"},
         R"({"chunkSize":2,"delaySeconds":3600})");
  submit(job_type::transform_data, {"0", "1", "9", "2", "0", "3"},
         R"({"chunkSize":4,"delaySeconds":3600,"keepResults":"errors"})");
  size_t steps = 0;
  auto cancel = [&] {
    caf::anon_send(
      service.actors.supervisor, atom::order_atom_v, ids.back(),
      std::make_shared<const job_order>(job_order{job_order::kind::cancel}));
  };
  for (int i = 0; i < 100; ++i) {
    for (; service.scheduler.try_run_once(); ++steps) {
      auto found = findings_of(*service.store);
      BOOST_REQUIRE_MESSAGE(found.empty(),
                            "after step " << steps << ": " << found[0]);
    }
    if (i == 70)
      cancel();
    service.scheduler.advance_time(std::chrono::minutes{1});
  }
  for (const auto& id : ids)
    BOOST_TEST(has_ended(find_job(*service.store, id)->progress.status));
  BOOST_TEST(steps > 100u);
}

BOOST_DATA_TEST_CASE(the_store_is_clean_after_each_power_cut,
                     boost::unit_test::data::xrange(30), seed) {
  std::mt19937_64 random{static_cast<uint64_t>(seed)};
  hostile_options harm;
  harm.seed = static_cast<uint64_t>(seed) + 1;
  harm.retry_permille = 100;
  harm.unknown_permille = 100;
  auto store = make_hostile_store(harm);
  auto bad = [&](size_t i) { return random() % 10 == 0 && i > 0; };
  {
    virtual_service first{store, flaky_service()};
    std::vector<std::string> things, links, tries;
    for (size_t i = 0; i < 100; ++i) {
      things.push_back(bad(i) ? "{}" : thing("n", std::to_string(i % 17)));
      links.push_back(
        bad(i) ? "{}" : relationship(std::to_string(i % 7), std::to_string(i)));
      tries.push_back(std::to_string(random() % 5));
    }
    constexpr auto later = R"({"chunkSize":7,"delaySeconds":3600})";
    BOOST_REQUIRE(first.submit(job_type::import_things, things, later));
    BOOST_REQUIRE(first.submit(job_type::import_relationships, links, later));
    BOOST_REQUIRE(first.submit(job_type::transform_data, tries, later));
    first.scheduler.advance_time(std::chrono::hours{1});
  }
  for (int cut = 0; cut < 4; ++cut) {
    {
      virtual_service service{store, flaky_service()};
      service.scheduler.advance_time(std::chrono::hours{2});
      for (auto steps = random() % 400; steps > 0; --steps)
        if (!service.scheduler.try_run_once())
          service.scheduler.advance_time(std::chrono::seconds{1});
    }
    // Nobody writes any more.
    store->cut_power(random() % (store->buffered_commits() + 1));
    check_clean(*store);
  }
  virtual_service last{store, flaky_service()};
  for (int i = 0; i < 300; ++i) {
    last.scheduler.advance_time(std::chrono::minutes{1});
    last.scheduler.run();
  }
  check_clean(*store);
  auto summary = verify_store(*store, 0, [](const verify_finding&) {});
  BOOST_REQUIRE(summary);
  BOOST_TEST(summary->open_jobs == 0u);
}

BOOST_AUTO_TEST_CASE(replays_purges_and_removals_leave_a_clean_store) {
  threaded_service service;
  auto store = service.store;
  service_client client{service.system, service.actors.supervisor,
                        std::chrono::seconds{30}};
  auto finish = [&](const job_id& id) {
    while (!has_ended(find_job(*store, id)->progress.status))
      std::this_thread::yield();
    return id;
  };
  auto run = [&](int bad) {
    submission upload{client};
    BOOST_REQUIRE(
      upload.open({job_type::import_things, {}, {}}, item_source::submitted));
    BOOST_REQUIRE(upload.add(thing("n", "a")));
    for (int i = 0; i < bad; ++i)
      BOOST_REQUIRE(upload.add("{}"));
    auto accepted = upload.close();
    BOOST_REQUIRE(accepted);
    return finish(accepted->id);
  };
  auto replay = [&](const replay_request& request) {
    auto replayed = when_letters_are_free(
      [&] { return replay_letters(*store, client, request); });
    BOOST_REQUIRE(replayed);
    finish(*replayed->job);
    check_clean(*store);
    return replayed->count;
  };
  auto first = run(3);
  auto second = run(2);
  auto third = run(1);
  replay_request again;
  again.filter.job = first;
  again.patch = R"({"ns":"n","id":"c","type":"T"})";
  BOOST_TEST(replay(again) == 3u);
  letter_filter of_second;
  of_second.job = second;
  auto purged = when_letters_are_free(
    [&] { return purge_letters(*store, client, of_second, false); });
  BOOST_REQUIRE(purged);
  BOOST_TEST(*purged == 2u);
  check_clean(*store);
  // Its letters fail again, and are new ones.
  again.filter.job = third;
  again.patch.clear();
  BOOST_TEST(replay(again) == 1u);
  for (const auto& id : {first, second, third}) {
    auto removed = when_letters_are_free(
      [&] { return remove_job(*store, client, id, now_ms()); });
    BOOST_REQUIRE(removed);
    check_clean(*store);
  }
  auto summary = verify_store(*store, 0, [](const verify_finding&) {});
  BOOST_REQUIRE(summary);
  BOOST_TEST(summary->jobs == 2u);
  BOOST_TEST(summary->open_letters == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
