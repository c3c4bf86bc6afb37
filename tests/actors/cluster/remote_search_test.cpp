// Searches of a node's gateway, which are done where the vectors are.
#include "actors/cluster/remote_search.hpp"

#include "actors/cluster/searcher.hpp"
#include "tests/actors/cluster/link_fixture.hpp"

#include <future>

using namespace batch;
using namespace batch::test;

namespace {

using id_list = std::vector<std::string>;

std::string place(const std::string& id, const std::string& content,
                  size_t data_bytes = 0) {
  return R"({"ns":"n","id":")" + id + R"(","type":"T","data":{"v":")"
         + std::string(data_bytes, 'x') + R"("},"content":")" + content + "\"}";
}

search_request text_request(const std::string& text, size_t results_max = 10) {
  search_request x;
  x.ns = "n";
  x.text = text;
  x.results_max = results_max;
  return x;
}

id_list ids_of(const search_answer& answer) {
  id_list ids;
  for (const auto& x : answer.results)
    ids.push_back(x.id);
  return ids;
}

struct searching_fixture : linked_fixture {
  /// Imports things and makes their vectors.
  void add(const std::vector<std::string>& things, const id_list& ids) {
    node->finish(node->submit(job_type::import_things, things));
    std::vector<std::string> references;
    for (const auto& id : ids)
      references.push_back(R"({"ns":"n","id":")" + id + "\"}");
    auto made
      = node->finish(node->submit(job_type::generate_embeddings, references));
    BOOST_REQUIRE(made.progress.failed == 0u);
  }

  expected<search_answer> search_there(const search_request& request) {
    return make_remote_search(node->link, node->reader)(request);
  }

  /// Lets the next GATE search by something else.
  void join_with(search_function search) {
    coordinator->end_gate();
    BOOST_REQUIRE(eventually([&] { return !node->link->is_linked(); }));
    coordinator->actors.search = std::move(search);
    node->join(*coordinator);
  }
};

/// A search that ends when it is told to, and says when one begins.
class slow_search {
public:
  ~slow_search() { end(); }

  search_function function() const {
    return [x = state_](const search_request&) {
      x->has_begun = true;
      x->has_begun.notify_all();
      x->may_end.wait(false);
      return search_answer{};
    };
  }

  void await_begin() { state_->has_begun.wait(false); }

  void end() {
    state_->may_end = true;
    state_->may_end.notify_all();
  }

private:
  struct state {
    std::atomic<bool> has_begun{false};
    std::atomic<bool> may_end{false};
  };

  std::shared_ptr<state> state_ = std::make_shared<state>();
};

search_answer answer_without_things(const id_list& ids) {
  search_answer answer;
  answer.model = namespace_model{"m", 1, 2};
  for (const auto& id : ids)
    answer.results.push_back({id, 0.5F, {}});
  return answer;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(remote_search_test, searching_fixture)

BOOST_AUTO_TEST_CASE(a_search_answers_what_it_answers_at_the_coordinator) {
  add({place("sea", "an island in the sea"), place("hill", "a high mountain"),
       place("car", "a fast car")},
      {"sea", "hill", "car"});
  auto request = text_request("alpine peaks", 2);
  auto here = coordinator->actors.search(request);
  BOOST_REQUIRE(here);
  BOOST_REQUIRE(here->results.size() == 2u);
  BOOST_TEST(here->results[0].id == "hill");
  coordinator->watched->largest_limit = 0;
  auto there = search_there(request);
  BOOST_REQUIRE_MESSAGE(there, (there ? "" : there.error().message));
  BOOST_TEST(to_wire(*there) == to_wire(*here));
  // Not a row of the namespace was read over the link.
  BOOST_TEST(coordinator->watched->largest_limit == 0u);
}

BOOST_AUTO_TEST_CASE(things_beyond_one_message_come_all_the_same) {
  std::vector<std::string> things;
  id_list ids;
  for (int i = 0; i < 12; ++i) {
    ids.push_back("t" + std::to_string(i));
    things.push_back(place(ids.back(), "a mountain", 100'000));
  }
  add(things, ids);
  auto found = search_there(text_request("mountain", 12));
  BOOST_REQUIRE(found);
  BOOST_REQUIRE(found->results.size() == 12u);
  for (const auto& x : found->results)
    BOOST_TEST(x.thing.size() > 100'000u);
}

BOOST_AUTO_TEST_CASE(a_thing_that_is_deleted_meanwhile_is_no_result) {
  add({place("a", "a mountain")}, {"a"});
  join_with([](const search_request&) {
    return answer_without_things({"gone", "a"});
  });
  auto found = search_there(text_request("mountain"));
  BOOST_REQUIRE(found);
  BOOST_TEST((ids_of(*found) == id_list{"a"}));
  BOOST_TEST(found->results[0].thing.find("a mountain") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_namespace_without_vectors_has_no_model) {
  auto found = search_there(text_request("x"));
  BOOST_REQUIRE(found);
  BOOST_TEST(!found->model);
  BOOST_TEST(found->results.empty());
}

BOOST_AUTO_TEST_CASE(a_refusal_says_the_same_as_at_the_coordinator) {
  add({place("a", "a mountain")}, {"a"});
  auto request = text_request("x");
  request.model = "another";
  auto here = coordinator->actors.search(request);
  auto there = search_there(request);
  BOOST_REQUIRE(!here);
  BOOST_REQUIRE(!there);
  BOOST_TEST(there.error().code == ec::conflict);
  BOOST_TEST(there.error().message == here.error().message);
}

BOOST_AUTO_TEST_CASE(without_a_link_nothing_is_found) {
  node->link->clear();
  auto found = search_there(text_request("x"));
  BOOST_REQUIRE(!found);
  BOOST_TEST(found.error().code == ec::coordinator_unreachable);
}

BOOST_AUTO_TEST_CASE(other_reads_do_not_wait_for_searches) {
  slow_search slow;
  join_with(slow.function());
  auto search = make_remote_search(node->link, node->reader);
  std::vector<std::future<expected<search_answer>>> searches;
  // More than may be on the way at one time.
  for (size_t i = 0; i < link_searches_max + 4; ++i)
    searches.push_back(std::async(std::launch::async, [&] {
      return search(text_request("x", search_results_max));
    }));
  slow.await_begin();
  BOOST_TEST(node->reader->get(family::meta, "none").has_value());
  BOOST_TEST(
    node->reader->scan(nullptr, family::meta, {}, {}, {}, 1000).has_value());
  BOOST_TEST((searches[0].wait_for(0s) == std::future_status::timeout));
  slow.end();
  for (auto& x : searches)
    BOOST_TEST(x.get().has_value());
}

BOOST_AUTO_TEST_CASE(a_search_that_nobody_waits_for_is_not_done) {
  slow_search slow;
  auto calls = std::make_shared<std::atomic<int>>(0);
  auto& system = coordinator->system;
  auto searcher
    = spawn_searcher(system,
                     [calls, wait = slow.function()](const search_request& x) {
                       ++*calls;
                       return wait(x);
                     },
                     {});
  caf::scoped_actor self{system};
  auto request = std::make_shared<const search_request>(text_request("x"));
  auto ask = [&](time_ms latest) {
    return self->request(searcher, 60s, atom::search_atom_v,
                         search_request_ptr{request}, latest);
  };
  auto now = this_moment().ticks;
  auto first = ask(now + 60'000);
  auto late = ask(now - 1);
  auto last = ask(now + 60'000);
  slow.end();
  auto code = ec::internal;
  auto take = [&](const caf::error& why) { code = from_caf(why).code; };
  first.receive([](const search_answer_ptr&) {}, take);
  BOOST_TEST((code == ec::internal));
  late.receive([](const search_answer_ptr&) {}, take);
  BOOST_TEST((code == ec::overloaded));
  auto is_done = false;
  last.receive([&](const search_answer_ptr&) { is_done = true; }, take);
  BOOST_TEST(is_done);
  BOOST_TEST(*calls == 2);
  self->send_exit(searcher, caf::exit_reason::user_shutdown);
  self->wait_for(searcher);
}

BOOST_AUTO_TEST_CASE(a_gate_that_ends_during_a_search_tells_at_once) {
  slow_search slow;
  join_with(slow.function());
  auto search = std::async(std::launch::async,
                           [&] { return search_there(text_request("x")); });
  slow.await_begin();
  coordinator->end_gate();
  auto found = search.get();
  slow.end();
  BOOST_REQUIRE(!found);
  BOOST_TEST(found.error().code == ec::coordinator_unreachable);
}

BOOST_AUTO_TEST_CASE(a_searcher_that_ends_is_replaced) {
  auto calls = std::make_shared<std::atomic<int>>(0);
  join_with([calls](const search_request&) {
    if (++*calls == 1)
      throw 1; // no exception that anybody catches
    return search_answer{};
  });
  BOOST_TEST(!search_there(text_request("x")).has_value());
  BOOST_TEST(
    eventually([&] { return search_there(text_request("x")).has_value(); }));
}

BOOST_AUTO_TEST_CASE(a_search_that_throws_fails_alone) {
  auto calls = std::make_shared<std::atomic<int>>(0);
  join_with([calls](const search_request&) {
    if (++*calls == 1)
      throw std::bad_alloc{};
    return search_answer{};
  });
  auto failed = search_there(text_request("x"));
  BOOST_REQUIRE(!failed);
  BOOST_TEST(failed.error().code == ec::internal);
  BOOST_TEST(search_there(text_request("x")).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
