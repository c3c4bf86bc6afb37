#include "actors/cluster/certificates.hpp"

#include "actors/cluster/certificate_fields.hpp"
#include "actors/cluster/pem.hpp"
#include "tests/actors/cluster/member_files.hpp"
#include "tests/contains.hpp"

#include <set>

#include <boost/test/unit_test.hpp>

using namespace batch;
using namespace batch::test;
using namespace std::literals;

namespace {

certificate_ptr parse(const std::string& certificate) {
  return std::move((*parse_certificates({"test", "pem", certificate})).front());
}

std::string serial_of(const X509* x) {
  bignum_ptr number{ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), nullptr)};
  auto text = BN_bn2hex(number.get());
  std::string result = text;
  OPENSSL_free(text);
  return result;
}

/// The message of an error; empty if there is none.
template <class T>
std::string fault(const expected<T>& x) {
  return x ? std::string{} : x.error().message;
}

} // namespace

BOOST_AUTO_TEST_SUITE(certificates)

BOOST_AUTO_TEST_CASE(a_ca_signs_members_but_nobody_below_it) {
  auto ca = parse(test_authority{}.certificate());
  BOOST_TEST(X509_check_ca(ca.get()) == 1);
  BOOST_TEST(X509_get_pathlen(ca.get()) == 0);
  BOOST_TEST(X509_get_key_usage(ca.get()) == (KU_KEY_CERT_SIGN | KU_CRL_SIGN));
}

BOOST_AUTO_TEST_CASE(a_member_is_client_and_server_and_no_ca) {
  test_authority ca;
  auto x = parse(ca.member("node-1.example").certificate);
  BOOST_TEST(subject_of(x.get()) == "node-1.example");
  BOOST_TEST(X509_check_ca(x.get()) == 0);
  BOOST_TEST(X509_get_extended_key_usage(x.get())
             == (XKU_SSL_SERVER | XKU_SSL_CLIENT));
  BOOST_TEST(X509_get_key_usage(x.get()) == unsigned{KU_DIGITAL_SIGNATURE});
  BOOST_TEST(X509_check_host(x.get(), "node-1.example", 0,
                             X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr)
             == 1);
  auto signer = parse(ca.certificate());
  BOOST_TEST(X509_verify(x.get(), X509_get0_pubkey(signer.get())) == 1);
  BOOST_TEST(X509_check_issued(signer.get(), x.get()) == X509_V_OK);
}

BOOST_AUTO_TEST_CASE(a_certificate_is_valid_when_it_was_asked_to_be) {
  auto when = validity{std::chrono::sys_days{2026y / 1 / 2} + 3h,
                       std::chrono::sys_days{2061y / 4 / 5} + 6s};
  auto x = parse(make_authority(when)->certificate);
  BOOST_TEST((begin_of(x.get()) == when.from));
  BOOST_TEST((end_of(x.get()) == when.until));
  BOOST_TEST(date_text(end_of(x.get())) == "2061-04-05T00:00:06Z");
}

BOOST_AUTO_TEST_CASE(names_and_serial_numbers_are_not_used_twice) {
  std::set<std::string> names, serials;
  test_authority one;
  for (int i = 0; i < 20; ++i) {
    auto ca = parse(make_authority(today())->certificate);
    auto member = parse(one.member().certificate);
    names.insert(subject_of(ca.get()));
    serials.insert(serial_of(ca.get()));
    serials.insert(serial_of(member.get()));
  }
  BOOST_TEST(names.size() == 20u);
  BOOST_TEST(serials.size() == 40u);
}

BOOST_AUTO_TEST_CASE(every_key_is_another_one) {
  test_authority ca;
  BOOST_TEST(ca.member("n").key != ca.member("n").key);
  BOOST_TEST(ca.member("n").key != ca.key());
}

BOOST_AUTO_TEST_CASE(what_is_no_ca_signs_nobody) {
  test_authority ca, other;
  auto member = ca.member("plain");
  auto made = make_member("n", today(), {"CA", "x.pem", member.certificate},
                          {"CA key", "x.key", member.key});
  BOOST_TEST(fault(made)
             == "CA x.pem: the certificate of 'plain' is not that of a CA");
  made = make_member("n", today(), ca.certificate_file(), other.key_file());
  BOOST_TEST(
    contains(fault(made), "CA key ca.key: this key does not belong to"));
  made = make_member("n", today(), {"CA", "x.pem", "nothing"}, ca.key_file());
  BOOST_TEST(contains(fault(made), "CA x.pem: holds no certificate"));
  made = make_member("n", today(), ca.certificate_file(),
                     {"CA key", "x.key", ca.certificate()});
  BOOST_TEST(contains(fault(made), "CA key x.key: holds no private key"));
}

BOOST_AUTO_TEST_CASE(nothing_outlives_its_ca) {
  test_authority ca;
  auto late = today();
  late.until += 1s;
  auto made = make_member("n", late, ca.certificate_file(), ca.key_file());
  BOOST_TEST(contains(fault(made), "ends at " + date_text(today().until)));
  BOOST_TEST(contains(fault(made), "give fewer days"));
}

BOOST_AUTO_TEST_CASE(members_have_names_that_can_stand_anywhere) {
  for (auto good : {"a", "7", "node-1", "a.b.example", "A_b-C.9", "10.0.0.5"})
    BOOST_TEST(is_member_name(good), good);
  for (auto bad : {"", ".", "..", "-a", "_a", ".a", "a b", "a/b", "a,DNS:b",
                   "a\n", "é", "*", "a:b", "a%"})
    BOOST_TEST(!is_member_name(bad), bad);
  BOOST_TEST(is_member_name(std::string(64, 'a')));
  BOOST_TEST(!is_member_name(std::string(65, 'a')));
  BOOST_TEST(!is_member_name("a\0b"sv));
}

BOOST_AUTO_TEST_SUITE_END()
