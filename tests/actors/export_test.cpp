// What an export is asked for, over every store.
#include "actors/queries/export_stream.hpp"

#include "codecs/json_writer.hpp"
#include "codecs/limits.hpp"
#include "codecs/stamped.hpp"
#include "storage/hostile_store.hpp"
#include "storage/keys.hpp"
#include "storage/memory_store.hpp"
#include "storage/rocksdb_store.hpp"
#include "tests/printing.hpp"
#include "tests/storage/passing_reader.hpp"
#include "tests/storage/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>

using namespace batch;
using namespace batch::test;

namespace {

using namespace std::chrono_literals;

class filled_store {
public:
  explicit filled_store(store_ptr in) : store_(std::move(in)) {
    term_ = *store_->take_over();
  }

  void put(family f, const std::string& id, const std::string& text) {
    write_batch changes;
    auto stamp = make_stamp(1, 0, text);
    changes.put(f, keys::named("n", id),
                std::string{stamp.begin(), stamp.end()} + text);
    BOOST_REQUIRE((store_->commit(changes, durability::buffered, term_)
                   == commit_status::ok));
  }

  void erase(family f, const std::string& id) {
    write_batch changes;
    changes.erase(f, keys::named("n", id));
    BOOST_REQUIRE((store_->commit(changes, durability::buffered, term_)
                   == commit_status::ok));
  }

  const store_ptr& in() const { return store_; }

private:
  store_ptr store_;
  uint64_t term_ = 0;
};

/// Counts the pages that are read of a store.
class counting_store : public passing_reader {
public:
  using passing_reader::passing_reader;

  expected<page> scan(const snapshot_ptr& view, family f, std::string_view from,
                      std::string_view to, std::string_view after_key,
                      size_t limit_bytes) const override {
    ++scans;
    return passing_reader::scan(view, f, from, to, after_key, limit_bytes);
  }

  mutable std::atomic<size_t> scans{0};
};

/// The stores by name. RocksDB has a clock that stands still.
struct all_stores {
  temporary_folder folder;
  /// Also read by the threads that read ahead.
  std::atomic<std::chrono::steady_clock::duration> now{};
  std::vector<std::pair<std::string, std::unique_ptr<filled_store>>> stores;

  all_stores() {
    add("memory", make_memory_store());
    add("hostile", make_hostile_store({}));
    rocksdb_options o;
    o.folder = folder.path() / "data";
    o.now = [this] { return std::chrono::steady_clock::time_point{now}; };
    auto opened = open_rocksdb_store(o);
    BOOST_REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
    add("RocksDB", *opened);
  }

  void add(std::string name, store_ptr in) {
    stores.emplace_back(std::move(name),
                        std::make_unique<filled_store>(std::move(in)));
  }
};

/// Ids that need escapes somewhere, by the order of the store.
std::vector<std::string> odd_ids() {
  std::vector<std::string> ids = {"a",     "a/b", "a b",  "a%2Fb", "things/a",
                                  "\"q\"", "ä",   "日本", "z",     "a,b"};
  std::ranges::sort(ids);
  return ids;
}

std::string in_quotes(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

std::string thing_line(const std::string& id, const std::string& type = "T") {
  return R"({"id":)" + in_quotes(id) + R"(,"ns":"n","type":)" + in_quotes(type)
         + R"(,"data":{"p":1.10,"q":[1, 2],"p.x":null},"content":"c"})";
}

std::string link_text(const std::string& id) {
  return R"({"ns":"n","id":)" + in_quotes(id)
         + R"(,"type":"L","fromNs":"n","fromId":"a","toNs":"n","toId":"z"})";
}

export_request request_of(export_format format = export_format::ndjson) {
  export_request request;
  request.ns = "n";
  request.format = format;
  return request;
}

std::string read_rest(byte_stream& stream) {
  std::string text;
  for (;;) {
    auto more = stream.read(text);
    BOOST_REQUIRE_MESSAGE(more, (more ? "" : more.error().message));
    if (!*more)
      return text;
  }
}

/// @param records what X-Total-Count would be.
std::string text_of(const filled_store& store, const export_request& request,
                    std::optional<uint64_t>* records = nullptr) {
  BOOST_REQUIRE(check_export(request));
  auto begun = begin_export(store.in(), request);
  BOOST_REQUIRE_MESSAGE(begun, (begun ? "" : begun.error().message));
  if (records)
    *records = begun->records;
  return read_rest(*begun->stream);
}

/// Records of an answer, without what holds them together.
std::vector<std::string> records_of(const std::string& text,
                                    export_format format) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    auto end = text.find('\n', begin);
    BOOST_REQUIRE(end != text.npos);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (format == export_format::csv)
    lines.erase(lines.begin());
  if (format != export_format::json)
    return lines;
  if (lines == std::vector<std::string>{"[]"})
    return {};
  BOOST_REQUIRE(lines.front() == "[");
  BOOST_REQUIRE(lines.back() == "]");
  lines = {lines.begin() + 1, lines.end() - 1};
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    BOOST_REQUIRE(lines[i].ends_with(','));
    lines[i].pop_back();
  }
  return lines;
}

constexpr export_format all_formats[]
  = {export_format::json, export_format::ndjson, export_format::csv};

} // namespace

BOOST_FIXTURE_TEST_SUITE(export_test, all_stores)

/// A client has any number of records, asks for the rest, and has the whole.
BOOST_AUTO_TEST_CASE(at_every_cut_a_cursor_gives_exactly_the_rest) {
  for (auto& [name, store] : stores) {
    std::vector<std::string> cursors;
    for (const auto& id : odd_ids()) {
      store->put(family::things, id, thing_line(id));
      cursors.push_back("things/" + id);
    }
    for (const auto& id : odd_ids()) {
      store->put(family::relationships, id, link_text(id));
      cursors.push_back("relationships/" + id);
    }
    for (auto format : all_formats) {
      auto request = request_of(format);
      // Else the columns are those that the rest needs.
      if (format == export_format::csv)
        request.fields = *parse_record_fields("id,type,toId,data.p,data.q");
      auto whole = records_of(text_of(*store, request), format);
      BOOST_REQUIRE_EQUAL(whole.size(), cursors.size());
      for (size_t cut = 1; cut <= cursors.size(); ++cut) {
        request.after.reset();
        request.limit = cut;
        auto records = records_of(text_of(*store, request), format);
        BOOST_TEST(records.size() == cut);
        request.limit = UINT64_MAX;
        request.after = *parse_export_cursor(cursors[cut - 1]);
        std::optional<uint64_t> count;
        auto rest = records_of(text_of(*store, request, &count), format);
        BOOST_TEST((count == rest.size()));
        records.insert(records.end(), rest.begin(), rest.end());
        BOOST_TEST((records == whole), name << ", cut at " << cut);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_cursor_goes_on_where_its_record_was) {
  for (auto& [name, store] : stores) {
    for (auto id : {"a", "b", "c"})
      store->put(family::things, id, thing_line(id));
    store->erase(family::things, "b");
    auto request = request_of();
    request.after = export_cursor{export_kind::things, "b"};
    BOOST_TEST(text_of(*store, request) == thing_line("c") + "\n", name);
    request.after = export_cursor{export_kind::relationships, "r"};
    BOOST_TEST(text_of(*store, request).empty(), name);
  }
}

BOOST_AUTO_TEST_CASE(a_type_is_matched_whole_and_whatever_its_escapes) {
  for (auto& [name, store] : stores) {
    store->put(family::things, "1", thing_line("1", "T"));
    store->put(family::things, "2", thing_line("2", "TT"));
    store->put(family::things, "3", R"({"ns":"n","id":"3","type":"\u0054"})");
    store->put(family::things, "4", thing_line("4", "a\"b"));
    store->put(family::relationships, "5", link_text("5"));
    auto ids = [&](const char* type) {
      auto request = request_of();
      request.type = type;
      request.fields = *parse_record_fields("id");
      return text_of(*store, request);
    };
    BOOST_TEST(ids("T") == "{\"id\":\"1\"}\n{\"id\":\"3\"}\n", name);
    BOOST_TEST(ids("a\"b") == "{\"id\":\"4\"}\n", name);
    BOOST_TEST(ids("L") == "{\"id\":\"5\"}\n", name);
    BOOST_TEST(ids("t").empty(), name);
  }
}

BOOST_AUTO_TEST_CASE(a_prefix_is_one_of_ids_and_not_of_characters) {
  for (auto& [name, store] : stores) {
    for (const auto& id : odd_ids()) {
      store->put(family::things, id, thing_line(id));
      store->put(family::relationships, id, link_text(id));
    }
    for (std::string prefix : {"a", "a/", "日", "ä", "\"", "zz", "\xC3"}) {
      auto request = request_of();
      request.prefix = prefix;
      std::string wanted;
      for (const auto& id : odd_ids())
        if (id.starts_with(prefix))
          wanted += thing_line(id) + "\n";
      for (const auto& id : odd_ids())
        if (id.starts_with(prefix))
          wanted += link_text(id) + "\n";
      BOOST_TEST(text_of(*store, request) == wanted, name << ": " << prefix);
    }
  }
}

BOOST_AUTO_TEST_CASE(fields_are_those_asked_for_as_they_are_written) {
  auto& store = *stores[0].second;
  store.put(family::things, "a", thing_line("a"));
  store.put(family::things, "b",
            R"({"ns":"n","id":"b","type":"T","data":{"x":1, "x":2},"k\"":3})");
  store.put(family::things, "c", R"({"ns":"n","id":"c","type":"T","data":7})");
  struct sample {
    const char* fields;
    const char* wanted;
  };
  for (auto [fields, wanted] : {
         sample{"type,id", "{\"id\":\"a\",\"type\":\"T\"}\n"
                           "{\"id\":\"b\",\"type\":\"T\"}\n"
                           "{\"id\":\"c\",\"type\":\"T\"}\n"},
         {"data.q,data.p.x,id",
          "{\"id\":\"a\",\"data\":{\"q\":[1, 2],\"p.x\":null}}\n"
          "{\"id\":\"b\"}\n{\"id\":\"c\"}\n"},
         {"data.x", "{}\n{\"data\":{\"x\":1,\"x\":2}}\n{}\n"},
         {"data,data.x", "{\"data\":{\"p\":1.10,\"q\":[1, 2],\"p.x\":null}}\n"
                         "{\"data\":{\"x\":1, \"x\":2}}\n{\"data\":7}\n"},
         {"k\"", "{}\n{\"k\\\"\":3}\n{}\n"},
         {"nothing,data.nothing", "{}\n{}\n{}\n"},
       }) {
    auto request = request_of();
    request.fields = *parse_record_fields(fields);
    BOOST_TEST(text_of(store, request) == wanted, fields);
  }
}

BOOST_AUTO_TEST_CASE(the_columns_of_CSV_follow_the_fields) {
  auto& store = *stores[0].second;
  store.put(family::things, "a", thing_line("a"));
  store.put(family::relationships, "r", link_text("r"));
  auto request = request_of(export_format::csv);
  request.fields = *parse_record_fields("toId,id,data.none,data.p");
  BOOST_TEST(text_of(store, request)
             == "id,toId,data.none,data.p\r\na,,,1.10\r\nr,z,,\r\n");
  request.kind = export_kind::things;
  BOOST_TEST(text_of(store, request) == "id,data.none,data.p\r\na,,1.10\r\n");
}

BOOST_AUTO_TEST_CASE(records_are_counted_where_that_is_cheap) {
  auto& store = *stores[0].second;
  std::string content(10'000, 'x');
  for (int i = 100; i < 200; ++i)
    store.put(family::things, std::to_string(i),
              R"({"ns":"n","id":")" + std::to_string(i)
                + R"(","type":"T","content":")" + content + "\"}");
  for (auto format : all_formats) {
    std::optional<uint64_t> count;
    auto request = request_of(format);
    auto whole = records_of(text_of(store, request, &count), format);
    BOOST_TEST(whole.size() == 100u);
    BOOST_TEST((count
                == (format == export_format::csv ? std::optional<uint64_t>{100}
                                                 : std::nullopt)));
    request.limit = 3;
    text_of(store, request, &count);
    BOOST_TEST((count == std::optional<uint64_t>{3}));
    request.prefix = "none";
    text_of(store, request, &count);
    BOOST_TEST((count == std::optional<uint64_t>{0}));
  }
}

/// What matches nothing must not read the whole namespace in one go, or a
/// client that has gone would not be noticed.
BOOST_AUTO_TEST_CASE(a_search_without_a_find_comes_back_in_between) {
  auto& store = *stores[0].second;
  for (int i = 0; i < 25'000; ++i)
    store.put(family::things, std::to_string(i), thing_line("x"));
  auto request = request_of();
  request.type = "none";
  auto begun = begin_export(store.in(), request);
  BOOST_REQUIRE(begun);
  BOOST_TEST(!begun->records);
  std::string text;
  int reads = 1;
  while (*begun->stream->read(text))
    ++reads;
  BOOST_TEST(reads == 3);
  BOOST_TEST(text.empty());
}

/// However slow the client is, and wherever it goes away.
BOOST_AUTO_TEST_CASE(no_more_than_two_pages_are_read_ahead) {
  auto& store = *stores[0].second;
  std::string content(100'000, 'x');
  for (int i = 100; i < 160; ++i)
    store.put(family::things, std::to_string(i),
              R"({"ns":"n","id":"x","type":"T","content":")" + content + "\"}");
  for (size_t pieces = 1; pieces < 8; ++pieces) {
    auto counting = std::make_shared<counting_store>(store.in());
    {
      auto begun = begin_export(counting, request_of());
      BOOST_REQUIRE(begun);
      std::string text;
      for (size_t i = 0; i < pieces; ++i)
        BOOST_TEST(*begun->stream->read(text));
    }
    // A piece has three of these records, and a page six.
    auto pages = (pieces + 1) / 2;
    BOOST_TEST(counting->scans >= pages);
    BOOST_TEST(counting->scans <= pages + 2);
  }
}

BOOST_AUTO_TEST_CASE(a_snapshot_that_is_too_old_ends_an_export_with_an_error) {
  auto& [name, store] = stores.back();
  BOOST_REQUIRE_EQUAL(name, "RocksDB");
  std::string content(100'000, 'x');
  for (int i = 10; i < 30; ++i)
    store->put(family::things, std::to_string(i),
               R"({"ns":"n","id":"x","type":"T","content":")" + content
                 + "\"}");
  for (auto format : all_formats) {
    auto begun = begin_export(store->in(), request_of(format));
    BOOST_REQUIRE(begun);
    std::string text;
    BOOST_TEST(*begun->stream->read(text));
    now = now.load() + snapshot_age_max + 1ms;
    expected<bool> more = true;
    while (more && *more)
      more = begun->stream->read(text);
    BOOST_REQUIRE(!more);
    BOOST_TEST((more.error().code == ec::snapshot_gone));
    BOOST_TEST(text.size() < 20 * content.size());
  }
}

/// Cut off again and again by a store that loses its snapshots.
BOOST_AUTO_TEST_CASE(a_client_that_resumes_gets_everything_in_the_end) {
  hostile_options harm;
  harm.snapshot_gone_permille = 300;
  filled_store store{make_hostile_store(harm)};
  std::string wanted;
  for (int i = 100; i < 150; ++i) {
    auto id = std::to_string(i);
    auto text = R"({"ns":"n","id":")" + id + R"(","type":"T","content":")"
                + std::string(60'000, 'x') + "\"}";
    store.put(family::things, id, text);
    wanted += text + "\n";
  }
  std::string got;
  auto request = request_of();
  int breaks = 0;
  for (bool whole = false; !whole;) {
    BOOST_REQUIRE_LT(breaks, 1000);
    ++breaks;
    auto begun = begin_export(store.in(), request);
    if (!begun)
      continue;
    expected<bool> more = true;
    std::string text;
    while (more && *more)
      more = begun->stream->read(text);
    whole = more.has_value();
    // What arrived may end anywhere; only whole lines count.
    text.resize(whole ? text.size() : text.size() - text.size() % 7);
    text.resize(text.rfind('\n') + 1);
    got += text;
    if (!got.empty()) {
      auto last = got.rfind("\"id\":\"") + 6;
      request.after = export_cursor{export_kind::things, got.substr(last, 3)};
    }
  }
  BOOST_TEST(breaks > 1);
  BOOST_TEST((got == wanted));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(cursors_and_fields_that_make_no_sense_are_refused) {
  for (auto bad : {"", "a", "thing/a", "things", "things/", "/a", "THINGS/a",
                   "things/a\x01"}) {
    auto cursor = parse_export_cursor(bad);
    BOOST_REQUIRE_MESSAGE(!cursor, bad);
    BOOST_TEST((cursor.error().code == ec::invalid_request));
    BOOST_TEST(cursor.error().message.starts_with("cursor: "));
  }
  BOOST_TEST(!parse_export_cursor("things/" + std::string(513, 'x')));
  BOOST_TEST((*parse_export_cursor("things/a/b")
              == export_cursor{export_kind::things, "a/b"}));
  for (auto bad : {"", ",", "a,", ",a", "a,,b", "a,b,a", "data.x,data.x"}) {
    auto fields = parse_record_fields(bad);
    BOOST_REQUIRE_MESSAGE(!fields, bad);
    BOOST_TEST((fields.error().code == ec::invalid_request));
    BOOST_TEST(fields.error().message.starts_with("fields: "));
  }
  BOOST_TEST(parse_record_fields("data.,x")->data_keys.size() == 1u);
}

BOOST_AUTO_TEST_CASE(requests_that_contradict_themselves_are_refused) {
  auto is_refused = [](auto change) {
    export_request request;
    change(request);
    auto checked = check_export(request);
    return !checked && checked.error().code == ec::invalid_request;
  };
  using kind = export_kind;
  BOOST_TEST(is_refused([](auto& x) {
    x.kind = kind::embeddings;
    x.type = "T";
  }));
  BOOST_TEST(is_refused([](auto& x) {
    x.kind = kind::things;
    x.after = export_cursor{kind::relationships, "a"};
  }));
  BOOST_TEST(is_refused([](auto& x) {
    x.after = export_cursor{kind::embeddings, "a"};
  }));
  BOOST_TEST(is_refused([](auto& x) {
    x.prefix = "b";
    x.after = export_cursor{kind::things, "a"};
  }));
  BOOST_TEST(!is_refused([](auto& x) {
    x.prefix = "b";
    x.after = export_cursor{kind::relationships, "b"};
  }));
}
