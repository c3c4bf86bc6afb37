#include "gateway/http/early_upload.hpp"

#include "actors/queries/job_queries.hpp"
#include "actors/service.hpp"
#include "codecs/json_reader.hpp"
#include "storage/memory_store.hpp"
#include "tests/actors/quiet_system.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <thread>

using namespace batch;
using namespace std::string_literals;

namespace {

struct service_config : caf::actor_system_config {
  service_config() { configure(*this); }
};

/// A service without workers: what is accepted stays.
struct service_fixture {
  service_fixture() {
    auto spawned = spawn_service(system, {}, store);
    BOOST_REQUIRE(spawned);
    actors = *spawned;
    client = std::make_unique<service_client>(system, actors.supervisor,
                                              std::chrono::seconds{30});
  }

  ~service_fixture() {
    client.reset();
    stop_service(system, actors, std::chrono::seconds{30});
  }

  /// Feeds a body in pieces. Answers the job that it becomes, nothing if it
  /// has to be read whole.
  std::optional<job_report> upload(const std::string& body) {
    early_upload early{*client};
    auto padded = body;
    padded.reserve(body.size() + json_padding);
    for (size_t came = 0; came < body.size(); came += 100)
      early.take(std::string_view{padded}.substr(0, came + 100));
    auto ready = early.finish(padded);
    if (!ready)
      return std::nullopt;
    auto accepted = ready->close();
    BOOST_REQUIRE(accepted);
    auto report = find_job(*store, accepted->id);
    BOOST_REQUIRE(report);
    return std::move(*report);
  }

  bool has_chunks() const {
    auto page = store->scan(nullptr, family::chunks, {}, {}, {}, 1);
    BOOST_REQUIRE(page);
    return !page->empty();
  }

  /// What an upload has left is removed in the background.
  bool chunks_go() const {
    for (int i = 0; i < 10'000 && has_chunks(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return !has_chunks();
  }

  service_config config;
  test::quiet_system system{config};
  store_ptr store = make_memory_store();
  service actors;
  std::unique_ptr<service_client> client;
};

const auto type = R"("type":"import-things",)"s;

/// So many items that some are in the store before the last one comes.
std::string items(const std::string& last = "7") {
  std::string text = R"("items":[)";
  for (int i = 0; i < 5000; ++i)
    text += R"({"text":")" + std::string(500, 'x') + "\"},";
  return text + last + "]";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(early_upload_test, service_fixture)

BOOST_AUTO_TEST_CASE(a_body_of_the_common_form_becomes_a_job) {
  auto options = R"("options":{"labels":{"a":"b"}})"s;
  auto input = R"("input":{"note":1})"s;
  for (const auto& body :
       {"{" + type + options + "," + input + "," + items() + "}",
        "{" + type + input + "," + items() + "," + options + "}",
        "{" + type + items() + "," + options + "," + input + "}"}) {
    auto job = upload(body);
    BOOST_REQUIRE(job.has_value());
    BOOST_TEST(job->spec.total == 5001u);
    BOOST_TEST(job->spec.chunks == 51u);
    BOOST_TEST(job->spec.options == R"({"labels":{"a":"b"}})");
    BOOST_TEST(job->spec.input == R"({"note":1})");
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_left_of_what_must_be_read_whole) {
  for (const auto& body :
       {"{" + items() + "," + type.substr(0, type.size() - 1) + "}",
        "{" + type + items() + R"(,"options":{"chunkSize":7}})",
        "{" + type + items() + R"(,"options":{"chunkSize":0}})",
        "{" + type + items() + R"(,"options":{},"options":{}})",
        "{" + type + items("tru") + "}", "{" + type + items(),
        R"({"type":"transform-data",)" + items() + R"(,"input":{"ns":"a"}})"}) {
    BOOST_TEST(!upload(body).has_value());
    BOOST_TEST(chunks_go());
  }
}

BOOST_AUTO_TEST_CASE(a_closing_must_not_change_the_chunks) {
  auto ticket = client->open({job_type::import_things, "", ""});
  BOOST_REQUIRE(ticket);
  job_closing closing;
  closing.number = ticket->number;
  closing.description = {job_type::import_things, R"({"chunkSize":7})", ""};
  auto other_chunks = client->close(closing);
  BOOST_REQUIRE(!other_chunks);
  BOOST_TEST((other_chunks.error().code == ec::invalid_request));
  closing.description = {job_type::export_things, "", ""};
  BOOST_TEST(!client->close(closing));
  closing.description
    = {job_type::import_things, R"({"after":["no-job"]})", ""};
  BOOST_TEST(!client->close(closing));
  closing.description = {job_type::import_things, R"({"priority":3})", ""};
  BOOST_TEST(client->close(closing).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
