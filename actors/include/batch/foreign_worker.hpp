// What a worker for a job type of one's own is asked and answers: plain
// messages, so that it may be any CAF actor, in this process or on another
// node. Includes nothing of the service.
//
//   SUPERVISOR ◀──enlist("resize-images", worker, slots)── whoever has a worker
//   service ──foreign_work──▶ worker ──vector<foreign_result>──▶ service
//
// A worker is asked for up to as many pieces at a time as it was enlisted with
// slots. Work may come more than once: when a worker, a node or the service
// ends before an answer is kept, the same items are asked for again. So what a
// worker does outside the service has to do with being done twice.
#pragma once

#include <caf/meta/type_name.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace batch {

/// One item of a piece of work.
struct foreign_item {
  /// From `foreign_work::first_item`; the answer names the item by it.
  uint32_t offset = 0;
  /// Its JSON text (RFC 8259), any value, as it was submitted.
  std::string text;

  template <class Inspector>
  friend auto inspect(Inspector& f, foreign_item& x) {
    return f(caf::meta::type_name("foreign_item"), x.offset, x.text);
  }
};

/// Items of one job, up to 1,000 and about 1 MiB, to be done together within
/// the `timeoutMs` of their job.
struct foreign_work {
  std::string job_id;
  /// The type that the worker was enlisted for.
  std::string type;
  /// JSON text of the job's `options` as they were submitted, with members for
  /// the worker among them; empty if there were none.
  std::string options;
  /// The index in the job of the item with the offset 0.
  uint32_t first_item = 0;
  /// 1 for the first time that something of these items is asked for.
  uint16_t round = 1;
  /// By ascending offset.
  std::vector<foreign_item> items;

  template <class Inspector>
  friend auto inspect(Inspector& f, foreign_work& x) {
    return f(caf::meta::type_name("foreign_work"), x.job_id, x.type, x.options,
             x.first_item, x.round, x.items);
  }
};

/// What became of one item. Best made by one of the functions.
struct foreign_result {
  /// That of the item.
  uint32_t offset = 0;
  bool success = false;
  /// JSON text of the result, if it succeeded; empty: `null`. It is kept on one
  /// line.
  std::string result;
  /// Why it failed; cut at 500 bytes.
  std::string message;
  /// It would fail again: a dead letter at once.
  bool permanent = false;
  /// The item is to be tried again after this time at no attempt's cost, if it
  /// failed and this is not 0.
  uint64_t retry_after_ms = 0;

  static foreign_result done(uint32_t offset, std::string result = {}) {
    return {offset, true, std::move(result), {}, false, 0};
  }
  /// It may succeed later: tried again as the options of its job say.
  static foreign_result failed(uint32_t offset, std::string why) {
    return {offset, false, {}, std::move(why), false, 0};
  }
  static foreign_result rejected(uint32_t offset, std::string why) {
    return {offset, false, {}, std::move(why), true, 0};
  }
  static foreign_result throttled(uint32_t offset, std::string why,
                                  uint64_t retry_after_ms) {
    return {offset, false, {}, std::move(why), false, retry_after_ms};
  }

  template <class Inspector>
  friend auto inspect(Inspector& f, foreign_result& x) {
    return f(caf::meta::type_name("foreign_result"), x.offset, x.success,
             x.result, x.message, x.permanent, x.retry_after_ms);
  }
};

/// Does the items of a type. What it is asked:
///
/// - `work_atom`, `foreign_work`: answers each of the items exactly once, in
///   any order, results of up to 4 MiB in all. An error as the answer, an
///   answer that is not so, an exception that ends the worker, or none within
///   the `timeoutMs` of the job: nothing of it counts, and the items are tried
///   again, at last one by one.
using foreign_worker_actor = caf::typed_actor<
  caf::replies_to<caf::atom_constant<caf::atom("work")>,
                  foreign_work>::with<std::vector<foreign_result>>>;

} // namespace batch
