// What storage/store.hpp promises, asked of every store.
#include "storage/store.hpp"

#include "codecs/limits.hpp"
#include "storage/keys.hpp"
#include "tests/storage/stores.hpp"

#include <atomic>
#include <thread>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(store_contract_test)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_new_store_has_no_rows, Kind, all_kinds) {
  Kind x;
  for (size_t i = 0; i < family_count; ++i) {
    auto f = static_cast<family>(i);
    if (f != family::meta)
      BOOST_TEST(read_all(*x.store, f).empty());
    BOOST_TEST(!must(x.store->get(f, "key")));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_commit_is_read_back_at_once, Kind, all_kinds) {
  written<Kind> x;
  for (auto d : {durability::buffered, durability::durable}) {
    auto value = d == durability::durable ? "durable" : "buffered";
    BOOST_TEST(x.put(family::things, "key", value, d) == commit_status::ok);
    BOOST_TEST((must(x.store->get(family::things, "key")) == value));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rows_are_ordered_as_unsigned_bytes, Kind,
                              all_kinds) {
  written<Kind> x;
  // Not sorted, so that the store has to.
  const std::string keys[]
    = {"b",    "\xFF\xFF"s, "a\xFF"s, "\0"s,      "a",      "\x80"s,
       "a\0"s, "\xFF"s,     "\x7F"s,  "a\0\xFF"s, "\xFF\0"s};
  write_batch batch;
  for (auto& key : keys)
    batch.put(family::things, key, "of " + key);
  BOOST_TEST(x.commit(batch) == commit_status::ok);
  row_list wanted;
  for (auto& key : {"\0"s, "a"s, "a\0"s, "a\0\xFF"s, "a\xFF"s, "b"s, "\x7F"s,
                    "\x80"s, "\xFF"s, "\xFF\0"s, "\xFF\xFF"s})
    wanted.emplace_back(key, "of " + key);
  BOOST_TEST((read_all(*x.store, family::things) == wanted));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(families_do_not_share_their_keys, Kind,
                              all_kinds) {
  written<Kind> x;
  write_batch batch;
  for (size_t i = 0; i < family_count; ++i)
    batch.put(static_cast<family>(i), "key", std::to_string(i));
  BOOST_TEST(x.commit(batch) == commit_status::ok);
  for (size_t i = 0; i < family_count; ++i)
    BOOST_TEST(
      (must(x.store->get(static_cast<family>(i), "key")) == std::to_string(i)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_batch_that_fails_changes_no_family, Kind,
                              all_kinds) {
  written<Kind> x;
  x.put(family::chunks, "kept", "");
  write_batch batch;
  batch.put(family::things, "key", "value");
  batch.erase_range(family::chunks, "a", "z");
  batch.put(family::marks, "mark", "");
  batch.expect(family::jobs, "job", "is not there");
  BOOST_TEST(x.commit(batch) == commit_status::mismatch);
  BOOST_TEST(read_all(*x.store, family::things).empty());
  BOOST_TEST(read_all(*x.store, family::marks).empty());
  BOOST_TEST(read_all(*x.store, family::chunks).size() == 1u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(of_equal_keys_the_last_change_counts, Kind,
                              all_kinds) {
  written<Kind> x;
  write_batch batch;
  batch.put(family::things, "z", "other");
  batch.put(family::things, "put", "first");
  batch.put(family::things, "put", "last");
  batch.put(family::things, "erased", "first");
  batch.erase(family::things, "erased");
  batch.erase(family::things, "put again");
  batch.put(family::things, "put again", "last");
  BOOST_TEST(x.commit(batch) == commit_status::ok);
  row_list wanted = {{"put", "last"}, {"put again", "last"}, {"z", "other"}};
  BOOST_TEST((read_all(*x.store, family::things) == wanted));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(ranges_are_erased_before_puts_of_their_batch,
                              Kind, all_kinds) {
  written<Kind> x;
  x.put(family::chunks, "b", "old");
  x.put(family::chunks, "c", "old");
  write_batch batch;
  batch.put(family::chunks, "b", "new");
  batch.erase_range(family::chunks, "a", "z");
  BOOST_TEST(x.commit(batch) == commit_status::ok);
  row_list wanted = {{"b", "new"}};
  BOOST_TEST((read_all(*x.store, family::chunks) == wanted));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_range_is_erased_without_its_end, Kind,
                              all_kinds) {
  written<Kind> x;
  for (auto key : {"a", "b", "b2", "c"}) {
    x.put(family::chunks, key, "");
    x.put(family::marks, key, "");
  }
  write_batch batch;
  batch.erase_range(family::chunks, "b", "c");
  BOOST_TEST(x.commit(batch) == commit_status::ok);
  row_list wanted = {{"a", ""}, {"c", ""}};
  BOOST_TEST((read_all(*x.store, family::chunks) == wanted));
  BOOST_TEST(read_all(*x.store, family::marks).size() == 4u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(empty_and_inverted_ranges_erase_nothing, Kind,
                              all_kinds) {
  written<Kind> x;
  x.put(family::chunks, "b", "");
  write_batch batch;
  batch.erase_range(family::chunks, "b", "b");
  batch.erase_range(family::chunks, "c", "a");
  BOOST_TEST(x.commit(batch) == commit_status::ok);
  BOOST_TEST(read_all(*x.store, family::chunks).size() == 1u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_expectation_is_of_the_state_before_the_batch,
                              Kind, all_kinds) {
  written<Kind> x;
  write_batch first;
  first.put(family::jobs, "key", "1");
  first.expect(family::jobs, "key", std::nullopt);
  BOOST_TEST(x.commit(first) == commit_status::ok);
  BOOST_TEST(x.commit(first) == commit_status::mismatch);
  write_batch second;
  second.erase_range(family::jobs, "a", "z");
  second.put(family::jobs, "key", "2");
  second.expect(family::jobs, "key", "1");
  BOOST_TEST(x.commit(second) == commit_status::ok);
  BOOST_TEST(x.commit(second) == commit_status::mismatch);
  BOOST_TEST((must(x.store->get(family::jobs, "key")) == "2"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_empty_value_is_not_an_absent_key, Kind,
                              all_kinds) {
  written<Kind> x;
  x.put(family::jobs, "empty", "");
  write_batch batch;
  batch.expect(family::jobs, "empty", "");
  BOOST_TEST(x.commit(batch) == commit_status::ok);
  batch.expect(family::jobs, "empty", std::nullopt);
  BOOST_TEST(x.commit(batch) == commit_status::mismatch);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_empty_commit_succeeds, Kind, all_kinds) {
  written<Kind> x;
  BOOST_TEST(x.commit({}) == commit_status::ok);
  BOOST_TEST(x.commit({}, durability::durable) == commit_status::ok);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_largest_batch_is_taken, Kind, all_kinds) {
  written<Kind> x;
  write_batch batch;
  for (size_t i = batch_entries_max; i > 0; --i)
    batch.put(family::things, std::to_string(100'000 + i), "value");
  BOOST_TEST(x.commit(batch) == commit_status::ok);
  BOOST_TEST(read_all(*x.store, nullptr, family::things, 4096).size()
             == batch_entries_max);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_largest_key_and_value_are_kept, Kind,
                              all_kinds) {
  written<Kind> x;
  std::string key(key_bytes_max, '\xFF');
  std::string value(value_bytes_max, 'v');
  BOOST_TEST(x.put(family::chunks, key, value, durability::durable)
             == commit_status::ok);
  BOOST_TEST((must(x.store->get(family::chunks, key)) == value));
  row_list wanted = {{key, value}};
  BOOST_TEST((read_all(*x.store, family::chunks) == wanted));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(several_keys_are_answered_in_their_order, Kind,
                              all_kinds) {
  written<Kind> x;
  x.put(family::things, "a", "1");
  x.put(family::things, "b", "");
  const std::vector<std::string> asked = {"b", "absent", "a", "b"};
  auto values = must(x.store->get_many(family::things, asked));
  BOOST_TEST(values.size() == 4u);
  BOOST_TEST((values[0] == ""));
  BOOST_TEST(!values[1]);
  BOOST_TEST((values[2] == "1"));
  BOOST_TEST((values[3] == ""));
  BOOST_TEST(must(x.store->get_many(family::things, {})).empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_scan_has_its_beginning_and_not_its_end, Kind,
                              all_kinds) {
  written<Kind> x;
  for (auto key : {"a", "b", "c", "d"})
    x.put(family::things, key, "");
  auto keys = [&](std::string from, std::string to, std::string after) {
    auto found
      = must(x.store->scan(nullptr, family::things, from, to, after, 1 << 20));
    BOOST_TEST(!found.more);
    std::string result;
    for (auto& row : rows_of(found))
      result += row.first;
    return result;
  };
  BOOST_TEST(keys("b", "d", "") == "bc");
  BOOST_TEST(keys("", "c", "") == "ab");
  BOOST_TEST(keys("c", "", "") == "cd");
  BOOST_TEST(keys("b", "d", "b") == "c");
  BOOST_TEST(keys("b", "d", "bb") == "c");
  // A resume key before the range does not widen it.
  BOOST_TEST(keys("c", "", "a") == "cd");
  BOOST_TEST(keys("b", "b", "") == "");
  BOOST_TEST(keys("d", "a", "") == "");
  BOOST_TEST(keys("a", "c", "c") == "");
  BOOST_TEST(keys("x", "", "") == "");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(pages_join_to_the_whole_range, Kind, all_kinds) {
  written<Kind> x;
  row_list wanted;
  write_batch batch;
  for (int i = 0; i < 100; ++i) {
    wanted.emplace_back(std::to_string(1000 + i), std::string(i % 7, 'v'));
    batch.put(family::things, wanted.back().first, wanted.back().second);
  }
  BOOST_TEST(x.commit(batch) == commit_status::ok);
  for (size_t page_bytes : {0, 1, 10, 64, 100'000})
    BOOST_TEST(
      (read_all(*x.store, nullptr, family::things, page_bytes) == wanted));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_page_ends_when_it_holds_enough, Kind,
                              all_kinds) {
  written<Kind> x;
  for (auto key : {"a", "b", "c"})
    x.put(family::things, key, std::string(9, 'v'));
  auto first = must(x.store->scan(nullptr, family::things, "", "", "", 11));
  BOOST_TEST(first.size() == 2u);
  BOOST_TEST(first.more);
  // Full with the last row of the range: there is no more.
  auto all = must(x.store->scan(nullptr, family::things, "", "", "", 30));
  BOOST_TEST(all.size() == 3u);
  BOOST_TEST(!all.more);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_snapshot_shows_all_families_as_they_were, Kind,
                              all_kinds) {
  written<Kind> x;
  x.put(family::things, "a", "old");
  x.put(family::links, "b", "old");
  auto view = x.store->take_snapshot();
  write_batch batch;
  batch.put(family::things, "a", "new");
  batch.put(family::things, "c", "new");
  batch.erase_range(family::links, "a", "z");
  BOOST_TEST(x.commit(batch, durability::durable) == commit_status::ok);
  row_list things = {{"a", "old"}};
  row_list links = {{"b", "old"}};
  BOOST_TEST((read_all(*x.store, view, family::things) == things));
  BOOST_TEST((read_all(*x.store, view, family::links) == links));
  BOOST_TEST(read_all(*x.store, family::things).size() == 2u);
  BOOST_TEST(read_all(*x.store, family::links).empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(long_scans_of_a_view_do_not_meet, Kind,
                              all_kinds) {
  constexpr size_t rows = 40;
  constexpr size_t page_bytes = 64 << 10; // some four rows
  written<Kind> x;
  row_list things, links;
  for (size_t i = 0; i < rows; ++i) {
    things.emplace_back(std::to_string(100 + i), std::string(20'000, 't'));
    links.emplace_back(std::to_string(100 + i), std::string(20'000, 'l'));
    x.put(family::things, things[i].first, things[i].second);
    x.put(family::links, links[i].first, links[i].second);
  }
  auto view = x.store->take_snapshot();
  // Each of them goes on at another place, of a family or of another one, to
  // its end or to that of others, and again where one was before.
  struct scan {
    family f;
    std::string to;
    std::string last;
    row_list read;
  };
  std::vector<scan> scans{{family::things, "", "", {}},
                          {family::things, "", "109", {}},
                          {family::links, "", "", {}},
                          {family::things, "130", "", {}}};
  auto read_page = [&](scan& s) {
    auto next = must(x.store->scan(view, s.f, "", s.to, s.last, page_bytes));
    for (auto& row : rows_of(next))
      s.read.push_back(std::move(row));
    if (!next.empty())
      s.last = next.last_key();
    return next.more;
  };
  for (size_t turn = 0; turn < rows; ++turn) {
    for (auto& s : scans) {
      auto last = s.last;
      auto read = s.read;
      read_page(s);
      // The same page once more.
      s.last = last;
      s.read = read;
      read_page(s);
    }
    x.put(family::things, std::to_string(100 + turn), "new");
    x.put(family::things, std::to_string(100 + turn) + "x", "new");
  }
  BOOST_TEST((scans[0].read == things));
  BOOST_TEST((scans[1].read == row_list{things.begin() + 10, things.end()}));
  BOOST_TEST((scans[2].read == links));
  BOOST_TEST((scans[3].read == row_list{things.begin(), things.begin() + 30}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_snapshot_may_outlive_its_store, Kind,
                              all_kinds) {
  written<Kind> x;
  x.put(family::things, "a", "1");
  auto view = x.store->take_snapshot();
  x.store.reset();
  view.reset();
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_take_over_refuses_all_older_terms, Kind,
                              all_kinds) {
  written<Kind> x;
  BOOST_TEST(x.term > 0u);
  auto next = must(x.store->take_over());
  BOOST_TEST(next == x.term + 1);
  BOOST_TEST(x.put(family::things, "a", "1") == commit_status::stale_term);
  BOOST_TEST(x.commit({}, durability::durable) == commit_status::stale_term);
  BOOST_TEST(read_all(*x.store, family::things).empty());
  x.term = next;
  BOOST_TEST(x.put(family::things, "a", "1") == commit_status::ok);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_term_that_was_never_given_is_refused, Kind,
                              all_kinds) {
  written<Kind> x;
  ++x.term;
  BOOST_TEST(x.put(family::things, "a", "1") == commit_status::stale_term);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_store_is_healthy_and_has_room, Kind,
                              all_kinds) {
  Kind x;
  BOOST_TEST(x.store->health().writable);
  BOOST_TEST(x.store->health().message == "");
  BOOST_TEST((x.store->capacity() == capacity::ok));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(readers_of_other_threads_see_whole_commits, Kind,
                              all_kinds) {
  written<Kind> x;
  std::atomic<bool> ended = false;
  std::atomic<int> torn = 0;
  std::atomic<int> views = 0;
  auto read = [&] {
    do {
      auto view = x.store->take_snapshot();
      auto rows = [&](family f) {
        auto found = x.store->scan(view, f, "", "", "", 1 << 20);
        return found ? rows_of(*found) : row_list{{"scan failed", ""}};
      };
      if (rows(family::things) != rows(family::links))
        ++torn;
      if (!x.store->health().writable || !x.store->get(family::things, "key"))
        ++torn;
      ++views;
    } while (!ended);
  };
  std::thread first{read};
  std::thread second{read};
  int failed = 0;
  for (int i = 0; i < 300; ++i) {
    write_batch batch;
    batch.erase_range(family::links, "a", "z");
    batch.put(family::things, "key", std::to_string(i));
    batch.put(family::links, "key", std::to_string(i));
    if (x.commit(batch) != commit_status::ok)
      ++failed;
  }
  ended = true;
  first.join();
  second.join();
  BOOST_TEST(failed == 0);
  BOOST_TEST(torn == 0);
  BOOST_TEST(views > 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_copy_in_memory_has_the_same_rows_and_term, Kind,
                              all_kinds) {
  written<Kind> x;
  x.put(family::things, "a", "1");
  x.put(family::dead, "b", "2");
  auto copy = must(copy_to_memory_store(*x.store));
  for (size_t i = 0; i < family_count; ++i) {
    auto f = static_cast<family>(i);
    BOOST_TEST((read_all(*copy, f) == read_all(*x.store, f)));
  }
  BOOST_TEST(must(copy->take_over()) == x.term + 1);
}

BOOST_AUTO_TEST_SUITE_END()
