#include "gateway/cli/api_client.hpp"

#include "fake_server.hpp"

#include <csignal>

#include <boost/test/unit_test.hpp>

using namespace batch::cli;

namespace {

const request_path path{"/x"};

/// A client that can lose its server without being killed by SIGPIPE.
api_client client_of(const std::string& url, const std::string& token = {}) {
  std::signal(SIGPIPE, SIG_IGN);
  auto client = api_client::connect({url, token, false});
  BOOST_REQUIRE(client.has_value());
  return std::move(*client);
}

fake_server answering(std::string bytes) {
  return fake_server{[bytes](auto&) { return fake_server::reply{bytes}; }};
}

/// A body of so many bytes.
upload body_of(size_t size, bool has_length) {
  upload out;
  out.content_type = "application/x-ndjson";
  if (has_length)
    out.length = size;
  out.read
    = [left = size](char* buffer, size_t room) mutable -> outcome<size_t> {
    auto taken = std::min(left, room);
    std::fill_n(buffer, taken, 'x');
    left -= taken;
    return taken;
  };
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(an_answer_is_read_and_the_token_is_sent) {
  auto server = answering(whole_answer(200, "{}"));
  auto api = client_of(server.url() + "/base/", "secret");
  auto answer = api.get(request_path{"/things"}.segment("a/b"));
  BOOST_REQUIRE(answer.has_value());
  BOOST_TEST(*answer == "{}");
  auto request = server.requests().at(0);
  BOOST_TEST(request.starts_with("GET /base/things/a%2Fb HTTP/1.1\r\n"));
  BOOST_TEST(request.find("Authorization: Bearer secret\r\n") != request.npos);
}

BOOST_AUTO_TEST_CASE(an_answer_that_breaks_off_is_a_failure) {
  auto chunk = unfinished_answer("abc");
  for (auto& bytes :
       {std::string{}, std::string{"HTTP/1.1 200 OK\r\nContent-Len"},
        std::string{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"},
        std::string{"HTTP/1.1 200 OK\r\n\r\nno end to be seen"}, chunk,
        chunk + "1", chunk + "10\r\nshort", chunk + "0", chunk + "0\r\n"}) {
    auto server = answering(bytes);
    auto answer = client_of(server.url()).get(path);
    BOOST_TEST(!answer.has_value(), bytes);
    BOOST_TEST((!answer && answer.error().status == exit_status::failed));
  }
  auto server = answering(chunk + "0\r\n\r\n");
  BOOST_TEST(client_of(server.url()).get(path).value_or("") == "abc");
}

BOOST_AUTO_TEST_CASE(a_refusal_is_told_and_not_taken_for_data) {
  auto server = answering(whole_answer(
    503, R"({"error":"busy","code":"overloaded","requestId":"7"})"));
  std::string data;
  auto answer
    = client_of(server.url())
        .get_stream(path, [&](std::string_view piece) -> outcome<void> {
          data += piece;
          return {};
        });
  BOOST_REQUIRE(!answer);
  BOOST_TEST(data == "");
  BOOST_TEST(answer.error().message == "busy (overloaded, request 7)");
  BOOST_TEST(answer.error().may_pass);
}

BOOST_AUTO_TEST_CASE(a_sink_that_fails_ends_the_call_with_its_failure) {
  auto server = answering(whole_answer(200, "data"));
  auto answer = client_of(server.url())
                  .get_stream(path, [](std::string_view) -> outcome<void> {
                    return fail(exit_status::failed, "disk full");
                  });
  BOOST_REQUIRE(!answer);
  BOOST_TEST(answer.error().message == "disk full");
}

BOOST_AUTO_TEST_CASE(no_server_is_told_apart_from_a_refusal) {
  std::string url;
  {
    auto server = answering("");
    url = server.url();
  }
  auto answer = client_of(url).get(path);
  BOOST_REQUIRE(!answer);
  BOOST_TEST((answer.error().status == exit_status::no_server));
  BOOST_TEST(answer.error().message.find(url) != std::string::npos);
  BOOST_TEST(answer.error().message.find("batchd serve") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_body_is_sent_with_its_length_or_in_chunks) {
  for (bool has_length : {true, false})
    for (size_t size : {0, 1, 200'000}) {
      auto server = answering(whole_answer(202, "ok"));
      auto answer
        = client_of(server.url()).post(path, body_of(size, has_length));
      BOOST_TEST(answer.value_or("") == "ok");
      auto request = server.requests().at(0);
      BOOST_TEST(std::count(request.begin() + request.find("\r\n\r\n"),
                            request.end(), 'x')
                 == size);
      auto is_chunked = request.find("chunked") != request.npos;
      BOOST_TEST(is_chunked == !has_length);
    }
}

BOOST_AUTO_TEST_CASE(an_upload_refused_before_its_end_tells_the_reason) {
  auto refusal
    = whole_answer(401, R"({"error":"no token","code":"unauthorized"})");
  for (bool has_length : {true, false}) {
    fake_server server{[&](auto&) {
      return fake_server::reply{refusal, true};
    }};
    auto answer
      = client_of(server.url()).post(path, body_of(64 << 20, has_length));
    BOOST_REQUIRE(!answer);
    BOOST_TEST(answer.error().message.starts_with("no token (unauthorized"),
               answer.error().message);
  }
}

BOOST_AUTO_TEST_CASE(a_source_that_fails_ends_the_upload_with_its_failure) {
  auto server = answering(whole_answer(202, "ok"));
  auto body = body_of(10, false);
  body.read = [](char*, size_t) -> outcome<size_t> {
    return fail(exit_status::failed, "cannot read");
  };
  auto answer = client_of(server.url()).post(path, body);
  BOOST_REQUIRE(!answer);
  BOOST_TEST(answer.error().message == "cannot read");
}

BOOST_AUTO_TEST_CASE(a_token_that_would_break_the_head_is_refused) {
  for (auto token : {"a b", "a\r\nX: y", "\xC3\xA9"}) {
    auto client = api_client::connect({"http://127.0.0.1", token, false});
    BOOST_REQUIRE(!client);
    BOOST_TEST((client.error().status == exit_status::wrong_usage));
  }
}

BOOST_AUTO_TEST_CASE(a_call_sends_a_small_body_or_none) {
  auto server = answering(whole_answer(200, "{\"a\":1}"));
  auto api = client_of(server.url() + "/base", "secret");
  auto answer = api.call("PATCH", path, R"({"priority":5})");
  BOOST_TEST(answer.value_or("?") == "{\"a\":1}");
  auto request = server.requests().at(0);
  BOOST_TEST(request.starts_with("PATCH /base/x HTTP/1.1\r\n"));
  BOOST_TEST(request.find("Content-Type: application/json\r\n")
             != request.npos);
  BOOST_TEST(request.find("Authorization: Bearer secret\r\n") != request.npos);
  BOOST_TEST(request.ends_with("\r\n\r\n{\"priority\":5}"));
  BOOST_TEST(api.call("POST", path).has_value());
  request = server.requests().at(1);
  BOOST_TEST(request.find("Content-Length: 0\r\n") != request.npos);
  BOOST_TEST(request.find("Content-Type") == request.npos);
}

BOOST_AUTO_TEST_CASE(a_call_that_is_refused_says_why) {
  auto server = answering(
    whole_answer(409, R"({"error":"the job has ended","code":"conflict"})"));
  auto answer = client_of(server.url()).call("DELETE", path);
  BOOST_REQUIRE(!answer);
  BOOST_TEST((answer.error().status == exit_status::failed));
  BOOST_TEST(answer.error().message == "the job has ended (conflict)");
  auto nobody = client_of("http://127.0.0.1:1").call("DELETE", path);
  BOOST_TEST((nobody.error().status == exit_status::no_server));
}
