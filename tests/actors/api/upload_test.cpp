#include "actors/api/upload.hpp"

#include "storage/keys.hpp"
#include "tests/actors/api/api_fixture.hpp"

using namespace batch;
using namespace batch::test;

namespace {

struct upload_fixture : api_service {
  using api_service::api_service;

  upload_actor open(new_job head = import_of({})) {
    auto opened = ask<upload_actor>(atom::upload_atom_v, head);
    BOOST_REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
    return *opened;
  }

  expected<void> append(const upload_actor& to, const std::string& lines) {
    return test::ask<void>(self, to, atom::append_atom_v, lines);
  }

  expected<job_accepted> close(const upload_actor& which) {
    return test::ask<job_accepted>(self, which, atom::close_atom_v);
  }

  bool has_chunks() const {
    auto chunks = store->scan(nullptr, family::chunks, "", "", "", 1);
    BOOST_REQUIRE(chunks);
    return !chunks->empty();
  }

  bool has_jobs() {
    auto stats = ask<service_stats>(atom::stats_atom_v);
    BOOST_REQUIRE(stats);
    return stats->total > 0;
  }

  /// Waits for the end of an upload.
  void wait_for_end(const upload_actor& which) { self->wait_for(which); }
};

/// More than is gathered before it is handed over.
std::string many_lines(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i)
    lines += thing("n", std::to_string(i), i) + "\n";
  return lines;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(api_upload_test, upload_fixture)

BOOST_AUTO_TEST_CASE(blocks_may_be_cut_anywhere) {
  auto lines = many_lines(5000);
  auto upload = open();
  for (size_t at = 0; at < lines.size(); at += 9973)
    BOOST_TEST(append(upload, lines.substr(at, 9973)).has_value());
  auto accepted = close(upload);
  BOOST_REQUIRE(accepted);
  wait_for_end(upload);
  auto ended = finish(accepted->id);
  BOOST_TEST(ended.processed == 5000u);
  BOOST_TEST(ended.total == 5000u);
}

BOOST_AUTO_TEST_CASE(the_same_key_and_lines_are_the_same_job_however_cut) {
  auto head = import_of({});
  head.idempotency_key = "k";
  auto lines = many_lines(100);
  auto send = [&](size_t block) {
    auto upload = open(head);
    for (size_t at = 0; at < lines.size(); at += block)
      BOOST_TEST(append(upload, lines.substr(at, block)).has_value());
    auto accepted = close(upload);
    BOOST_REQUIRE(accepted);
    return *accepted;
  };
  auto first = send(1000);
  auto again = send(777);
  BOOST_TEST(again.replayed);
  BOOST_TEST(again.id == first.id);
}

BOOST_AUTO_TEST_CASE(what_is_abandoned_leaves_nothing) {
  auto upload = open();
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(append(upload, many_lines(10'000)).has_value());
  wait_until([&] { return has_chunks(); });
  self->send(upload, atom::abandon_atom_v);
  wait_for_end(upload);
  wait_until([&] { return !has_chunks(); });
  BOOST_TEST(!has_jobs());
  BOOST_TEST(!append(upload, "1\n"));
}

BOOST_AUTO_TEST_CASE(an_upload_ends_with_whoever_opened_it) {
  upload_actor upload;
  {
    caf::scoped_actor opener{system};
    auto opened = test::ask<upload_actor>(opener, handle, atom::upload_atom_v,
                                          import_of({}));
    BOOST_REQUIRE(opened);
    upload = *opened;
    BOOST_TEST(
      test::ask<void>(opener, upload, atom::append_atom_v, many_lines(10'000))
        .has_value());
  }
  wait_for_end(upload);
  wait_until([&] { return !has_chunks(); });
  BOOST_TEST(!has_jobs());
}

BOOST_AUTO_TEST_CASE(an_error_ends_an_upload) {
  auto upload = open();
  BOOST_TEST(failed_with(append(upload, std::string(rpc_bytes_max + 1, ' ')),
                         ec::body_too_large));
  wait_for_end(upload);
}

BOOST_AUTO_TEST_CASE(heads_that_make_no_sense_are_refused_and_hold_no_place) {
  auto with_items = import_of({"{}"});
  auto with_ns = import_of({});
  with_ns.type = "export-things";
  with_ns.input = R"({"ns":"n"})";
  auto no_type = import_of({});
  no_type.type = "x";
  for (int i = 0; i < 2; ++i)
    for (const auto& head : {with_items, with_ns, no_type})
      wait_until([&] {
        auto refused = ask<upload_actor>(atom::upload_atom_v, head);
        // The one before may not have ended yet.
        BOOST_TEST(!refused);
        return failed_with(refused, ec::invalid_job);
      });
}

BOOST_AUTO_TEST_CASE(uploads_are_bounded) {
  auto first = open();
  auto second = open();
  BOOST_TEST(failed_with(ask<upload_actor>(atom::upload_atom_v, import_of({})),
                         ec::overloaded));
  self->send(first, atom::abandon_atom_v);
  wait_until([&] {
    return ask<upload_actor>(atom::upload_atom_v, import_of({})).has_value();
  });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(an_upload_that_nobody_uses_ends) {
  auto options = small_api();
  options.idle_limit = 50ms;
  upload_fixture service{make_memory_store(), options};
  auto upload = service.open();
  service.wait_for_end(upload);
}
