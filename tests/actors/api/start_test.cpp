#include "actors/api/start.hpp"

#include "tests/actors/api/api_fixture.hpp"
#include "tests/storage/temporary_folder.hpp"

using namespace batch;
using namespace batch::test;

namespace {

/// A program that exposes the settings.
struct host_config : caf::actor_system_config {
  host_config() {
    configure(*this);
    add_options(custom_options_, settings);
  }

  caf::error read(std::vector<std::string> arguments) {
    return parse(std::move(arguments), "/dev/null");
  }

  service_settings settings;
};

} // namespace

BOOST_AUTO_TEST_SUITE(api_start_test)

BOOST_AUTO_TEST_CASE(settings_are_options_of_the_program) {
  host_config config;
  BOOST_TEST(!config.read(
    {"--batch.data=/x", "--batch.node=here", "--batch.slots=3",
     "--batch.slots-of={import-things=5}", "--batch.retention-days=2",
     "--batch.idle-limit=7s", "--batch.drain-limit=1500ms"}));
  BOOST_TEST(config.settings.data == "/x");
  auto options = api::service_options_of(config.settings);
  BOOST_REQUIRE_MESSAGE(options, (options ? "" : options.error().message));
  BOOST_TEST(options->node == "here");
  BOOST_TEST(options->slots.at(job_type::transform_data) == 3u);
  BOOST_TEST(options->slots.at(job_type::import_things) == 5u);
  BOOST_TEST(options->retention.age.count() == 48);
  BOOST_TEST(options->drain_timeout.count() == 1500);
  BOOST_TEST(api::api_options_of(config.settings).idle_limit.count() == 7000);
  BOOST_TEST(api::rocksdb_options_of(config.settings).folder == "/x");
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_the_program) {
  service_settings settings;
  auto options = api::service_options_of(settings);
  BOOST_REQUIRE(options);
  BOOST_TEST(options->slots.at(job_type::import_things)
             == std::max(1u, std::thread::hardware_concurrency()));
  BOOST_TEST((options->retention.age == retention_options{}.age));
  BOOST_TEST(options->retention.items == retention_options{}.items);
  BOOST_TEST((options->drain_timeout == service_options{}.drain_timeout));
  BOOST_TEST(options->open_jobs_max == service_options{}.open_jobs_max);
  BOOST_TEST(options->node == service_options{}.node);
  BOOST_TEST(api::rocksdb_options_of(settings).block_cache_bytes
             == rocksdb_options{}.block_cache_bytes);
}

BOOST_AUTO_TEST_CASE(functions_of_the_program_are_functions_of_jobs) {
  service_settings settings;
  settings.functions["f"]
    = [](const std::string& item) -> caf::expected<std::string> {
    if (item == "0")
      return make_error(ec::invalid_item, "no zero");
    return "[" + item + "]";
  };
  auto options = api::service_options_of(settings);
  BOOST_REQUIRE(options);
  const auto& f = options->transform_functions.at("f");
  BOOST_TEST(f("1").value() == "[1]");
  BOOST_TEST(failed_with(f("0"), ec::invalid_item));
}

BOOST_AUTO_TEST_CASE(settings_that_make_no_sense_are_refused_by_name) {
  auto refused = [](auto change) {
    service_settings settings;
    change(settings);
    auto options = api::service_options_of(settings);
    BOOST_TEST(failed_with(options, ec::invalid_option));
    return options ? "" : options.error().message;
  };
  BOOST_TEST(refused([](auto& x) { x.data = ""; }).starts_with("data: "));
  BOOST_TEST(refused([](auto& x) { x.node = ""; }).starts_with("node: "));
  BOOST_TEST(refused([](auto& x) { x.slots = 1000; }).starts_with("slots: "));
  BOOST_TEST(
    refused([](auto& x) { x.slots_of["x"] = 1; }).starts_with("slots-of: 'x'"));
  BOOST_TEST(refused([](auto& x) {
               x.slots_of["import-things"] = 1000;
             }).starts_with("slots-of/import-things: "));
  BOOST_TEST(refused([](auto& x) { x.cache_mib = 1; }).starts_with("cache: "));
  BOOST_TEST(refused([](auto& x) { x.streams_max = 0; })
             == "streams-max: expected 1 to 10000, not 0");
}

BOOST_AUTO_TEST_CASE(a_folder_has_one_service_at_a_time) {
  temporary_folder folder;
  host_config config;
  config.settings.data = folder.path() / "data";
  caf::actor_system system{config};
  auto first = spawn_service(system, config.settings);
  BOOST_REQUIRE_MESSAGE(first, (first ? "" : system.render(first.error())));
  auto second = spawn_service(system, config.settings);
  BOOST_REQUIRE(!second);
  BOOST_TEST((second.error() == ec::storage_locked));
  BOOST_TEST(!stop_service(system, *first));
  // The end has closed the store: at once, another one can be opened.
  auto third = spawn_service(system, config.settings);
  BOOST_REQUIRE_MESSAGE(third, (third ? "" : system.render(third.error())));
  BOOST_TEST(!stop_service(system, *third));
}

BOOST_AUTO_TEST_CASE(a_hook_that_fails_fails_the_start) {
  temporary_folder folder;
  host_config config;
  config.settings.data = folder.path() / "data";
  caf::actor_system system{config};
  start_hooks hooks;
  hooks.service = [](service_options&) -> expected<void> {
    return fail(ec::storage_failure, "no");
  };
  BOOST_TEST(failed_with(start_service(system, config.settings, hooks),
                         ec::storage_failure));
  auto running = start_service(system, config.settings);
  BOOST_REQUIRE(running);
  auto handle = running->handle;
  *running = {};
  BOOST_TEST(!stop_service(system, handle));
}

BOOST_AUTO_TEST_SUITE_END()
