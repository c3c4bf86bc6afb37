#include "actors/cluster/tls_files.hpp"

#include "actors/cluster/openssl_handles.hpp"
#include "codecs/limits.hpp"
#include "tests/actors/cluster/member_files.hpp"

#include <openssl/pem.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

using namespace batch;
using namespace batch::test;
using namespace std::literals;
namespace fs = std::filesystem;

namespace {

struct tls_files_fixture {
  test_authority ca;
  member_files files{ca.member(), ca.certificate()};

  /// Loading fails, blames this file and says all that.
  void refused(const std::string& flag, const std::string& path,
               std::initializer_list<std::string> says) const {
    auto loaded = tls_files::load(files.paths());
    BOOST_REQUIRE(!loaded.has_value());
    const auto& error = loaded.error();
    BOOST_TEST((error.code == ec::invalid_request));
    BOOST_TEST(error.message.starts_with(flag + ' ' + path + ": "),
               error.message);
    for (const auto& text : says)
      BOOST_TEST((error.message.find(text) != std::string::npos),
                 "'" << text << "' in: " << error.message);
  }
  void certificate_refused(std::initializer_list<std::string> says) const {
    refused("--cluster-cert", files.paths().certificate, says);
  }
  void key_refused(std::initializer_list<std::string> says) const {
    refused("--cluster-key", files.paths().key, says);
  }
  void ca_refused(std::initializer_list<std::string> says) const {
    refused("--cluster-ca", files.paths().ca, says);
  }

  /// A certificate for these uses alone.
  certified_key used_for(const char* uses) const {
    certificate_draft draft{"odd", today()};
    draft.extend(NID_ext_key_usage, uses, draft.own());
    return ca.sign(draft);
  }
  void put(const certified_key& own) {
    files.put_certificate(own.certificate);
    files.put_key(own.key);
  }
};

std::string with_passphrase(const std::string& key) {
  bio_ptr in{BIO_new_mem_buf(key.data(), static_cast<int>(key.size()))};
  key_ptr parsed{PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr)};
  bio_ptr out{BIO_new(BIO_s_mem())};
  PEM_write_bio_PKCS8PrivateKey(out.get(), parsed.get(), EVP_aes_256_cbc(),
                                nullptr, 0, nullptr,
                                const_cast<char*>("secret"));
  char* bytes = nullptr;
  auto length = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<size_t>(length)};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(tls_files_suite, tls_files_fixture)

BOOST_AUTO_TEST_CASE(files_must_be_there_and_readable) {
  fs::remove(files.paths().ca);
  ca_refused({"No such file"});
  fs::create_directory(files.paths().ca);
  ca_refused({"is not a plain file"});
  fs::remove(files.paths().key);
  key_refused({"No such file"});
  fs::remove(files.paths().certificate);
  BOOST_REQUIRE(::mkfifo(files.paths().certificate.c_str(), 0600) == 0);
  certificate_refused({"is not a plain file"});
  fs::remove(files.paths().certificate);
  certificate_refused({"No such file"});
}

BOOST_AUTO_TEST_CASE(files_must_be_in_pem_form) {
  auto certificate = read_file(files.paths().certificate);
  for (const auto& bytes : {""s, "\0\1\2"s, "hello"s}) {
    files.put_certificate(bytes);
    certificate_refused({"holds no certificate", "not in PEM form"});
  }
  files.put_certificate(read_file(files.paths().key));
  certificate_refused(
    {"holds no certificate", "begins with a block of 'PRIVATE KEY'"});
  files.put_certificate(certificate.substr(0, certificate.size() / 2));
  certificate_refused({"certificate number 1 is damaged"});
  files.put_certificate(certificate + certificate.substr(0, 200));
  certificate_refused({"certificate number 2 is damaged"});
  auto damaged = certificate;
  damaged[damaged.size() / 2] = '?';
  files.put_certificate(damaged);
  certificate_refused({"certificate number 1 is damaged"});
  files.put_certificate(certificate);
  auto key = read_file(files.paths().key);
  files.put_key(certificate);
  key_refused({"holds no private key", "begins with a block of 'CERTIFICATE'"});
  files.put_key(key.substr(0, key.size() / 2));
  key_refused({"private key is damaged"});
  files.put_key(key);
  files.put_ca(key);
  ca_refused({"holds no certificate"});
}

BOOST_AUTO_TEST_CASE(long_files_are_not_read) {
  files.put_ca(std::string(pem_bytes_max + 1, 'x'));
  ca_refused({"has 1048577 bytes", "at most 1048576"});
  files.put_ca(ca.certificate()
               + std::string(pem_bytes_max - ca.certificate().size(), '\n'));
  BOOST_TEST(files.fault() == "");
}

BOOST_AUTO_TEST_CASE(a_key_is_private) {
  for (auto [mode, text] : {std::pair{0640, "0640"},
                            {0604, "0604"},
                            {0620, "0620"},
                            {0602, "0602"},
                            {0644, "0644"}}) {
    BOOST_REQUIRE(::chmod(files.paths().key.c_str(), static_cast<mode_t>(mode))
                  == 0);
    key_refused({"(mode "s + text + ")", "chmod 600 " + files.paths().key});
  }
  for (mode_t mode : {0600, 0400, 0700}) {
    BOOST_REQUIRE(::chmod(files.paths().key.c_str(), mode) == 0);
    BOOST_TEST(files.fault() == "");
  }
}

BOOST_AUTO_TEST_CASE(a_key_with_a_passphrase_is_refused) {
  files.put_key(with_passphrase(read_file(files.paths().key)));
  key_refused({"has a passphrase", "openssl pkey -in " + files.paths().key});
}

BOOST_AUTO_TEST_CASE(a_key_belongs_to_its_certificate) {
  files.put_key(ca.member().key);
  key_refused({"does not belong to the certificate of 'node' in "
               "--cluster-cert "
               + files.paths().certificate});
}

BOOST_AUTO_TEST_CASE(a_certificate_is_signed_by_the_ca) {
  test_authority other;
  files.put_ca(other.certificate());
  certificate_refused(
    {"'node' was issued by 'batchd cluster ",
     "which is not the CA of --cluster-ca " + files.paths().ca});
  files.put_ca(other.certificate() + ca.certificate());
  BOOST_TEST(files.fault() == "");
  files.put_ca(ca.certificate());
  certificate_draft alone{"alone", today()};
  put(*alone.sign(alone.own(), alone.own_key()));
  certificate_refused({"'alone' was issued by 'alone'"});
}

BOOST_AUTO_TEST_CASE(a_forged_signature_is_found) {
  // A CA of the same name and key identifier, with another key.
  auto name = "batchd cluster of ours";
  certificate_draft ours{name, today()}, theirs{name, today()};
  for (auto x : {&ours, &theirs}) {
    x->extend(NID_basic_constraints, "critical,CA:TRUE", x->own());
    x->extend(NID_subject_key_identifier, "00112233445566778899", x->own());
  }
  auto ca_of_ours = *ours.sign(ours.own(), ours.own_key());
  auto ca_of_theirs = *theirs.sign(theirs.own(), theirs.own_key());
  put(*make_member("forged", today(), {"CA", "", ca_of_theirs.certificate},
                   {"CA key", "", ca_of_theirs.key}));
  files.put_ca(ca_of_ours.certificate);
  certificate_refused({"'forged' was issued by", "which is not the CA"});
}

BOOST_AUTO_TEST_CASE(a_chain_may_stand_between_a_member_and_the_ca) {
  certificate_draft root{"root", today()};
  root.extend(NID_basic_constraints, "critical,CA:TRUE", root.own());
  auto root_pem = *root.sign(root.own(), root.own_key());
  certificate_draft between{"between", today()};
  between.extend(NID_basic_constraints, "critical,CA:TRUE", root.own());
  auto between_pem = *between.sign(root.own(), root.own_key());
  auto own = *make_member("node", today(), {"CA", "", between_pem.certificate},
                          {"CA key", "", between_pem.key});
  put(own);
  files.put_ca(root_pem.certificate);
  certificate_refused({"'node' was issued by 'between'"});
  files.put_certificate(own.certificate + between_pem.certificate);
  BOOST_TEST(files.fault() == "");
  files.put_certificate(own.certificate);
  files.put_ca(between_pem.certificate);
  ca_refused({"'between' was issued by 'root', whose certificate must be in "
              "this file too"});
  files.put_ca(between_pem.certificate + root_pem.certificate);
  BOOST_TEST(files.fault() == "");
}

BOOST_AUTO_TEST_CASE(a_certificate_is_valid_now) {
  auto past = today();
  past.until = past.from + 10min;
  put(ca.member("old", past));
  certificate_refused({"'old' is valid from 20", "Z to 20", "it is now 20"});
  auto future = today();
  future.from = future.until - 10min;
  put(ca.member("young", future));
  certificate_refused({"'young' is valid from 20"});
}

BOOST_AUTO_TEST_CASE(the_ca_is_valid_now) {
  auto when = today();
  when.until = when.from + 10min;
  certificate_draft root{"old root", when};
  root.extend(NID_basic_constraints, "critical,CA:TRUE", root.own());
  auto old = *root.sign(root.own(), root.own_key());
  certificate_draft draft{"node", today()};
  put(*draft.sign(root.own(), root.own_key()));
  files.put_ca(old.certificate);
  ca_refused({"'old root' is valid from 20"});
}

BOOST_AUTO_TEST_CASE(the_first_end_of_a_chain_counts) {
  auto loaded = tls_files::load(files.paths());
  BOOST_REQUIRE(loaded.has_value());
  BOOST_TEST((loaded->valid_until() == today().until));
  auto when = today();
  when.until -= 5h;
  put(ca.member("short", when));
  loaded = tls_files::load(files.paths());
  BOOST_REQUIRE(loaded.has_value());
  BOOST_TEST((loaded->valid_until() == when.until));
}

BOOST_AUTO_TEST_CASE(a_member_is_both_client_and_server) {
  put(used_for("serverAuth"));
  certificate_refused({"'odd' is not meant for clients", "clientAuth"});
  put(used_for("clientAuth"));
  certificate_refused({"'odd' is not meant for servers", "serverAuth"});
  put(used_for("emailProtection"));
  certificate_refused({"'odd' is not meant for servers"});
  put(used_for("serverAuth,clientAuth,emailProtection"));
  BOOST_TEST(files.fault() == "");
  certificate_draft anything{"anything", today()};
  put(ca.sign(anything));
  BOOST_TEST(files.fault() == "");
}

BOOST_AUTO_TEST_CASE(what_openssl_forbids_is_found_at_the_start) {
  // A key of 512 bits is too short at any level of security but 0.
  key_ptr weak{EVP_RSA_gen(512)};
  certificate_ptr own{X509_new()};
  X509_set_version(own.get(), X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(own.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(own.get()), 3600);
  X509_NAME_add_entry_by_txt(
    X509_get_subject_name(own.get()), "CN", MBSTRING_ASC,
    reinterpret_cast<const unsigned char*>("weak"), -1, -1, 0);
  X509_set_issuer_name(own.get(), X509_get_subject_name(own.get()));
  X509_set_pubkey(own.get(), weak.get());
  BOOST_REQUIRE(X509_sign(own.get(), weak.get(), EVP_sha256()) > 0);
  bio_ptr out{BIO_new(BIO_s_mem())}, key{BIO_new(BIO_s_mem())};
  PEM_write_bio_X509(out.get(), own.get());
  PEM_write_bio_PKCS8PrivateKey(key.get(), weak.get(), nullptr, nullptr, 0,
                                nullptr, nullptr);
  auto text = [](BIO* memory) {
    char* bytes = nullptr;
    auto length = BIO_get_mem_data(memory, &bytes);
    return std::string{bytes, static_cast<size_t>(length)};
  };
  put({text(out.get()), text(key.get())});
  files.put_ca(text(out.get()));
  certificate_refused({"OpenSSL on this machine refuses it", "too small"});
}

BOOST_AUTO_TEST_SUITE_END()
