#include "gateway/cli/server_url.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch::cli;

BOOST_AUTO_TEST_CASE(urls_are_taken_apart) {
  struct row {
    const char* text;
    bool is_tls;
    const char* host;
    int port;
    const char* base_path;
  };
  for (auto& x :
       {row{"http://127.0.0.1:8080", false, "127.0.0.1", 8080, ""},
        row{"http://host", false, "host", 80, ""},
        row{"https://host/", true, "host", 443, ""},
        row{"host:9", false, "host", 9, ""}, row{"host", false, "host", 80, ""},
        row{"http://[::1]:8080/", false, "::1", 8080, ""},
        row{"https://[fe80::1]", true, "fe80::1", 443, ""},
        row{"http://h:1/v1/", false, "h", 1, "/v1"},
        row{"http://h/a/b", false, "h", 80, "/a/b"}}) {
    auto url = parse_server_url(x.text);
    BOOST_REQUIRE_MESSAGE(url.has_value(), x.text);
    BOOST_TEST(url->text == x.text);
    BOOST_TEST(url->is_tls == x.is_tls);
    BOOST_TEST(url->host == x.host);
    BOOST_TEST(url->port == x.port);
    BOOST_TEST(url->base_path == x.base_path);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_url_is_wrong_usage) {
  for (auto text :
       {"", "http://", "ftp://h", "http://h:0", "http://h:65536",
        "http://h:", "http://h:8o", "http://h:-1", "http://[::1",
        "http://[::1]x", "http://[]:80", "http://u:p@h", "http://h/a?b",
        "http://h/a#b", "http://a b", "http://h/a\r\nX: y", ":8080", "::1"}) {
    auto url = parse_server_url(text);
    BOOST_REQUIRE_MESSAGE(!url, text);
    BOOST_TEST((url.error().status == exit_status::wrong_usage));
    BOOST_TEST(url.error().message.find('\n') == std::string::npos);
  }
}
