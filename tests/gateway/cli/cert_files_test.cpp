#include "gateway/cli/cert_files.hpp"

#include "actors/cluster/tls_files.hpp"
#include "tests/storage/temporary_folder.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

using namespace batch;
using namespace batch::cli;
using test::read_file;
using test::temporary_folder;
using test::write_file;
namespace fs = std::filesystem;

namespace {

struct cert_fixture {
  temporary_folder folder;
  std::string ca = (folder.path() / "ca").string();

  void make_ca(int days = ca_days_default) const {
    BOOST_REQUIRE(make_ca_files({{}, ca, {}, days}).has_value());
  }
  outcome<made_certificate> make_node(const std::string& name, int days = 10,
                                      const std::string& out = {}) const {
    return make_node_files({name, ca, out, days});
  }
  static void check(const outcome<made_certificate>& made, exit_status status,
                    std::string_view says) {
    BOOST_REQUIRE(!made.has_value());
    BOOST_TEST((made.error().status == status));
    BOOST_TEST((made.error().message.find(says) != std::string::npos),
               made.error().message);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(cert_files_suite, cert_fixture)

BOOST_AUTO_TEST_CASE(what_is_made_can_be_loaded) {
  make_ca();
  auto made = make_node("node-1");
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(made->certificate == ca + "/node-1.pem");
  BOOST_TEST(made->key == ca + "/node-1.key");
  BOOST_TEST(made->ca == ca + "/ca.pem");
  auto loaded = tls_files::load({made->certificate, made->key, made->ca});
  BOOST_REQUIRE(loaded.has_value());
  BOOST_TEST(loaded->valid_until().time_since_epoch().count() * 1000
             == made->valid_until);
}

BOOST_AUTO_TEST_CASE(days_count_from_now) {
  auto before = now_ms() - 1000;
  make_ca(90);
  auto made = make_node("n", 90);
  // Not even the same second later than the CA.
  if (made)
    BOOST_TEST(made->valid_until >= before + 90 * 86'400'000LL);
  auto shorter = make_node("m", 89);
  BOOST_REQUIRE(shorter.has_value());
  BOOST_TEST(shorter->valid_until >= before + 89 * 86'400'000LL);
  BOOST_TEST(shorter->valid_until <= now_ms() + 89 * 86'400'000LL);
  check(make_node("late", 91), exit_status::failed, "give fewer days");
  BOOST_TEST(!fs::exists(ca + "/late.key"));
}

BOOST_AUTO_TEST_CASE(the_files_may_go_elsewhere) {
  make_ca();
  auto out = (folder.path() / "out").string();
  auto made = make_node("n", 10, out);
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(made->key == out + "/n.key");
  BOOST_TEST(made->ca == ca + "/ca.pem");
  BOOST_TEST(fs::exists(out + "/n.pem"));
  BOOST_TEST(!fs::exists(ca + "/n.pem"));
}

BOOST_AUTO_TEST_CASE(nothing_is_overwritten) {
  make_ca();
  auto key = read_file(ca + "/ca.key");
  check(make_ca_files({{}, ca, {}, 10}), exit_status::failed,
        "ca.key is there already");
  BOOST_TEST(read_file(ca + "/ca.key") == key);
  BOOST_REQUIRE(make_node("n").has_value());
  auto certificate = read_file(ca + "/n.pem");
  fs::remove(ca + "/n.key");
  check(make_node("n"), exit_status::failed, "n.pem is there already");
  BOOST_TEST(read_file(ca + "/n.pem") == certificate);
  BOOST_TEST(!fs::exists(ca + "/n.key"));
}

BOOST_AUTO_TEST_CASE(names_are_checked) {
  make_ca();
  for (auto name : {"", "ca", "../n", "a b", "-x"})
    check(make_node(name), exit_status::wrong_usage, "NAME: '");
}

BOOST_AUTO_TEST_CASE(a_ca_must_be_whole_and_private) {
  check(make_node("n"), exit_status::failed,
        "CA " + ca + "/ca.pem: cannot be read: No such file");
  make_ca();
  BOOST_REQUIRE(::chmod((ca + "/ca.key").c_str(), 0644) == 0);
  check(make_node("n"), exit_status::failed, "chmod 600 " + ca + "/ca.key");
  write_file(ca + "/ca.key", "x");
  BOOST_REQUIRE(::chmod((ca + "/ca.key").c_str(), 0600) == 0);
  check(make_node("n"), exit_status::failed,
        "key of the CA " + ca + "/ca.key: holds no private key");
}

BOOST_AUTO_TEST_CASE(the_text_tells_the_commands) {
  made_certificate node{"n", "/a b/n.pem", "/a b/n.key", "/c/ca.pem", 0};
  auto flags = std::string{" --cluster-cert '/a b/n.pem' --cluster-key "
                           "'/a b/n.key' --cluster-ca /c/ca.pem\n"};
  BOOST_TEST(certificate_text(node)
             == "made '/a b/n.pem' and '/a b/n.key', valid until "
                "1970-01-01T00:00:00.000Z\n"
                "the coordinator: batchd serve --cluster HOST:PORT"
                  + flags + "a worker node:   batchd join HOST:PORT" + flags);
  made_certificate own{"", "/c/ca.pem", "/c/ca.key", "/c/ca.pem", 0};
  BOOST_TEST((certificate_text(own).find("batchd cert node NAME /c\n")
              != std::string::npos));
}

BOOST_AUTO_TEST_CASE(the_object_has_all_of_it) {
  BOOST_TEST(
    certificate_json({"n", "/n.pem", "/n.key", "/ca.pem", 1})
    == R"({"success":true,"name":"n","certificate":"/n.pem","key":"/n.key",)"
       R"("ca":"/ca.pem","validUntil":"1970-01-01T00:00:00.001Z"})");
  BOOST_TEST(certificate_json({"", "/ca.pem", "/ca.key", "/ca.pem", 0})
             == R"({"success":true,"certificate":"/ca.pem","key":"/ca.key",)"
                R"("ca":"/ca.pem","validUntil":"1970-01-01T00:00:00.000Z"})");
}

BOOST_AUTO_TEST_SUITE_END()
