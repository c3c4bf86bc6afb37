#include "actors/api/block_source.hpp"

#include "tests/actors/api/api_fixture.hpp"

using namespace batch;
using namespace batch::test;

namespace {

struct source_fixture : api_service {
  using api_service::api_service;

  expected<block_source_actor> open(const export_query& query) {
    return ask<block_source_actor>(atom::export_atom_v, query);
  }

  std::string export_of(const export_query& query) {
    auto opened = open(query);
    BOOST_REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
    auto bytes = read_all(*opened);
    self->wait_for(*opened);
    return bytes;
  }
};

export_query all_of(std::string ns, std::string format = "ndjson") {
  export_query query;
  query.ns = std::move(ns);
  query.format = std::move(format);
  return query;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(api_block_source_test, source_fixture)

BOOST_AUTO_TEST_CASE(exports_are_those_of_the_queries) {
  run(import_of({thing("n", "a", 1), thing("n", "b", 2), thing("m", "c", 3)}));
  BOOST_TEST(export_of(all_of("n"))
             == thing("n", "a", 1) + "\n" + thing("n", "b", 2) + "\n");
  BOOST_TEST(export_of(all_of("n", "csv")).starts_with("ns,id,type,"));
  BOOST_TEST(export_of(all_of("none", "json")) == "[]\n");
  auto one = all_of("n");
  one.kind = "things";
  one.prefix = "b";
  one.type = "T";
  one.limit = 1;
  one.fields = "id";
  BOOST_TEST(export_of(one) == "{\"id\":\"b\"}\n");
  auto rest = all_of("n");
  rest.cursor = "things/a";
  BOOST_TEST(export_of(rest) == thing("n", "b", 2) + "\n");
}

BOOST_AUTO_TEST_CASE(long_exports_come_in_whole_blocks) {
  std::string filling(10'000, 'x');
  for (int job = 0; job < 5; ++job) {
    std::vector<std::string> items;
    for (int i = 0; i < 90; ++i)
      items.push_back(R"({"ns":"n","id":")" + std::to_string(job * 100 + i)
                      + R"(","type":"T","content":")" + filling + "\"}");
    BOOST_TEST(run(import_of(items)).processed == 90u);
  }
  auto opened = open(all_of("n"));
  BOOST_REQUIRE(opened);
  auto first = test::ask<byte_block>(self, *opened, atom::next_atom_v);
  BOOST_REQUIRE(first);
  BOOST_TEST(first->bytes.size() == rpc_bytes_max);
  BOOST_TEST(!first->last);
  auto rest = read_all(*opened);
  export_request wanted;
  wanted.ns = "n";
  wanted.format = export_format::ndjson;
  auto begun = begin_export(store, wanted);
  BOOST_REQUIRE(begun);
  std::string whole;
  for (auto more = true; more;) {
    auto read = begun->stream->read(whole);
    BOOST_REQUIRE(read);
    more = *read;
  }
  BOOST_TEST((first->bytes + rest == whole));
}

BOOST_AUTO_TEST_CASE(results_and_errors_are_told_item_by_item) {
  auto id = run(import_of({thing("n", "a"), "{}"})).id;
  auto results = ask<block_source_actor>(atom::results_atom_v, id);
  BOOST_REQUIRE(results);
  auto text = read_all(*results);
  BOOST_TEST(text.starts_with(R"({"index":0,"success":true,"result":)"));
  BOOST_TEST(text.find(R"({"index":1,"success":false)") != text.npos);
  auto errors = ask<block_source_actor>(atom::errors_atom_v, id);
  BOOST_REQUIRE(errors);
  BOOST_TEST(read_all(*errors).starts_with(R"({"index":1,"error":)"));
  for (const auto& none :
       {std::string{"x"}, std::string{"018f4e2a-7c3d-7b1e-9a55-0242ac120002"}})
    wait_until([&] {
      return failed_with(ask<block_source_actor>(atom::results_atom_v, none),
                         ec::no_such_job);
    });
}

BOOST_AUTO_TEST_CASE(exports_that_make_no_sense_are_refused) {
  auto no_format = all_of("n", "xml");
  auto no_kind = all_of("n");
  no_kind.kind = "x";
  auto no_cursor = all_of("n");
  no_cursor.cursor = "x";
  auto no_fields = all_of("n");
  no_fields.fields = ",";
  auto no_limit = all_of("n");
  no_limit.limit = UINT64_MAX;
  auto no_type = all_of("n");
  no_type.kind = "embeddings";
  no_type.type = "T";
  for (const auto& query : {all_of(""), no_format, no_kind, no_cursor,
                            no_fields, no_limit, no_type})
    wait_until([&] {
      // Those before may not have ended yet.
      auto refused = open(query);
      BOOST_TEST(!refused);
      return failed_with(refused, ec::invalid_request);
    });
}

BOOST_AUTO_TEST_CASE(streams_are_bounded) {
  auto first = open(all_of("n"));
  auto second = open(all_of("n"));
  BOOST_REQUIRE((first && second));
  BOOST_TEST(failed_with(open(all_of("n")), ec::overloaded));
  self->send(*first, atom::abandon_atom_v);
  wait_until([&] { return open(all_of("n")).has_value(); });
}

BOOST_AUTO_TEST_CASE(a_stream_ends_with_whoever_opened_it) {
  block_source_actor source;
  {
    caf::scoped_actor opener{system};
    auto opened = test::ask<block_source_actor>(
      opener, handle, atom::export_atom_v, all_of("n"));
    BOOST_REQUIRE(opened);
    source = *opened;
  }
  self->wait_for(source);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_stream_that_nobody_uses_ends) {
  auto options = small_api();
  options.idle_limit = 50ms;
  source_fixture service{make_memory_store(), options};
  auto source = service.open(all_of("n"));
  BOOST_REQUIRE(source);
  service.self->wait_for(*source);
}
