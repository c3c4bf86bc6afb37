#include "actors/embedders/providers/provider_spec.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

BOOST_AUTO_TEST_SUITE(provider_spec_test)

BOOST_AUTO_TEST_CASE(a_provider_is_read_from_one_text) {
  auto x = parse_provider(
    "openai:https://api.example:8443/v1/?key-file=/run/key&dimensions=256"
    "&timeout=20&inputs=10&bytes=1000&tokens=500&calls=2&text-bytes=900"
    "&ca-file=/ca.pem#BAAI/bge-m3:v2?x");
  BOOST_REQUIRE_MESSAGE(x, x.error().message);
  BOOST_TEST(x->is_tls);
  BOOST_TEST(x->host == "api.example");
  BOOST_TEST(x->port == 8443);
  BOOST_TEST(x->base_path == "/v1");
  BOOST_TEST(x->url == "https://api.example:8443/v1/");
  BOOST_TEST(x->key_file == "/run/key");
  BOOST_TEST(x->ca_file == "/ca.pem");
  BOOST_TEST(x->dimensions.value() == 256u);
  BOOST_TEST((x->timeout == std::chrono::seconds{20}));
  BOOST_TEST(x->limits.inputs == 10u);
  BOOST_TEST(x->limits.bytes == 1000u);
  BOOST_TEST(x->limits.tokens == 500u);
  BOOST_TEST(x->calls_max == 2u);
  BOOST_TEST(x->text_bytes_max == 900u);
  BOOST_TEST(model_name_of(*x).value() == "openai/BAAI/bge-m3:v2?x@256");
}

BOOST_AUTO_TEST_CASE(ports_and_hosts_have_their_usual_forms) {
  BOOST_TEST(parse_provider("tei:http://h").value().port == 80);
  BOOST_TEST(parse_provider("tei:https://h/").value().port == 443);
  BOOST_TEST(parse_provider("tei:http://[::1]:9").value().host == "::1");
  BOOST_TEST(parse_provider("tei:http://[::1]:9").value().port == 9);
  BOOST_TEST(parse_provider("tei:http://[::1]").value().port == 80);
  BOOST_TEST(parse_provider("ollama:http://h#m").value().base_path == "");
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused) {
  for (auto text : {"openai:",
                    "openai:h#m",
                    "openai:ftp://h#m",
                    "openai:http://#m",
                    "openai:http://h",
                    "ollama:http://h#",
                    "tei:http://h:0",
                    "tei:http://h:65536",
                    "tei:http://h:",
                    "tei:http://h:x",
                    "tei:http://[::1",
                    "tei:http://[::1]x",
                    "tei:http://h h",
                    "tei:http://h?inputs=0",
                    "tei:http://h?inputs=",
                    "tei:http://h?inputs",
                    "tei:http://h?inputs=-1",
                    "tei:http://h?timeout=1s",
                    "tei:http://h?key-file=",
                    "tei:http://h?other=1",
                    "tei:http://h?&",
                    "tei:http://h?dimensions=65537",
                    "tei:http://h#a b",
                    "tei:http://h#\xC3",
                    "http://h",
                    "other:http://h",
                    "opena:http://h#m"}) {
    auto x = parse_provider(text);
    BOOST_REQUIRE_MESSAGE(!x, text);
    BOOST_TEST((x.error().code == ec::invalid_request), text);
  }
  BOOST_TEST(
    !parse_provider("tei:http://h#" + std::string(125, 'm')).has_value());
  BOOST_TEST(
    parse_provider("tei:http://h#" + std::string(124, 'm')).has_value());
}

BOOST_AUTO_TEST_CASE(a_key_in_the_wrong_place_is_not_repeated) {
  for (auto text :
       {"openai:https://sk-secret@h/v1#m", "openai:https://u:sk-secret@h/v1#m",
        "openai:https://h/v1?key=sk-secret#m",
        "openai:https://h/v1?sk-secret#m",
        "openai:https://h/v1?inputs=sk-secret#m"}) {
    auto x = parse_provider(text);
    BOOST_REQUIRE_MESSAGE(!x, text);
    BOOST_TEST(x.error().message.find("sk-secret") == std::string::npos,
               x.error().message);
  }
}

BOOST_AUTO_TEST_CASE(only_kinds_with_something_behind_them_are_providers) {
  BOOST_TEST(names_provider("openai:x"));
  BOOST_TEST(names_provider("llamacpp:"));
  for (auto text :
       {"", "openai", "static:x", "static-glove-en-256", "OPENAI:x", ":"})
    BOOST_TEST(!names_provider(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
