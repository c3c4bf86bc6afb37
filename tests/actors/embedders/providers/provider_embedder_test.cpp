#include "actors/embedders/providers/provider_embedder.hpp"

#include "actors/embedders/providers/provider_run.hpp"
#include "codecs/json_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <functional>

using namespace batch;
using namespace std::chrono_literals;

namespace {

using text_list = std::vector<std::string>;
using answer_or_trouble = tl::expected<provider_answer, provider_trouble>;

/// Speaks as TEI does. A text is answered [its length, 1].
struct fake_server {
  /// Answers instead, if it answers anything.
  std::function<std::optional<answer_or_trouble>(const text_list&)> fault;
  std::string info = R"({"model_id":"fake","max_client_batch_size":100})";
  size_t calls = 0;
  size_t numbers = 2;

  answer_or_trouble answer(const provider_call& what) {
    if (what.path == "/info")
      return provider_answer{200, info, {}};
    ++calls;
    auto asked = texts_of(what.body);
    if (auto x = fault ? fault(asked) : std::nullopt)
      return *x;
    std::string json = "[";
    for (const auto& text : asked) {
      json += (json.size() > 1 ? ",[" : "[") + std::to_string(text.size());
      for (size_t i = 1; i < numbers; ++i)
        json += ",1";
      json += "]";
    }
    return provider_answer{200, json + "]", {}};
  }

  static text_list texts_of(const std::string& body) {
    text_list out;
    json_reader top, list, values;
    BOOST_REQUIRE(top.check(body));
    top.members(body, [&](const json_member& m) {
      if (m.key == "inputs")
        list.elements(m.value, [&](const json_member& x) {
          out.push_back(values.string_value(x.value));
          return true;
        });
      return true;
    });
    return out;
  }
};

struct fake_transport : provider_transport {
  explicit fake_transport(fake_server& x) : server(x) {}
  answer_or_trouble call(const provider_call& what,
                         std::chrono::steady_clock::time_point) override {
    return server.answer(what);
  }
  fake_server& server;
};

answer_or_trouble status(int code, std::string body = {},
                         std::string retry_after = {}) {
  return provider_answer{code, std::move(body), std::move(retry_after)};
}

answer_or_trouble trouble(provider_trouble::kind what) {
  return tl::unexpected{provider_trouble{what, "trouble"}};
}

struct provider_fixture {
  fake_server server;

  expected<embedder_ptr> open(const std::string& options = {}) {
    auto spec = parse_provider("tei:http://h" + options);
    BOOST_REQUIRE_MESSAGE(spec, spec.error().message);
    return make_provider_embedder(std::move(*spec),
                                  std::make_unique<fake_transport>(server));
  }

  /// An embedder; its start is not counted.
  embedder_ptr opened(const std::string& options = {}) {
    auto x = open(options);
    BOOST_REQUIRE_MESSAGE(x, x.error().message);
    server.calls = 0;
    return *x;
  }

  static std::vector<embed_answer> embed(const embedder_ptr& aut,
                                         const text_list& of) {
    return aut->embed(std::vector<std::string_view>{of.begin(), of.end()});
  }

  static text_list many(size_t count) {
    text_list out;
    for (size_t i = 0; i < count; ++i)
      out.push_back("text " + std::to_string(i));
    return out;
  }

  static size_t good(const std::vector<embed_answer>& answers) {
    return static_cast<size_t>(std::ranges::count_if(
      answers, [](const auto& x) { return x.has_value(); }));
  }
};

bool has(const text_list& of, const std::string& text) {
  return std::ranges::find(of, text) != of.end();
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(provider_embedder_test, provider_fixture)

BOOST_AUTO_TEST_CASE(a_provider_says_its_model_dimensions_and_limits) {
  auto aut = opened();
  BOOST_TEST(aut->model() == "tei/fake");
  BOOST_TEST(aut->dimensions() == 2u);
  auto answers = embed(aut, many(250));
  BOOST_TEST(server.calls == 3u);
  BOOST_TEST(good(answers) == 250u);
  BOOST_TEST((*answers[0])[0] == static_cast<float>(6 / std::sqrt(37.0)));
}

BOOST_AUTO_TEST_CASE(blank_texts_are_not_sent) {
  auto aut = opened();
  auto answers = embed(aut, {"", "a", " \n\t"});
  BOOST_TEST(server.calls == 1u);
  BOOST_TEST((answers[0].error().why.code == ec::no_text));
  BOOST_TEST(answers[1].has_value());
  BOOST_TEST((answers[2].error().why.code == ec::no_text));
  embed(aut, {});
  BOOST_TEST(server.calls == 1u);
}

BOOST_AUTO_TEST_CASE(a_provider_that_cannot_be_used_is_refused_at_the_start) {
  server.fault = [](const text_list&) { return status(401, "wrong key"); };
  auto aut = open();
  BOOST_REQUIRE(!aut);
  BOOST_TEST(aut.error().message == "http://h answers 401: wrong key");
  server.fault = [](const text_list&) { return status(200, "[[0,null]]"); };
  BOOST_TEST(!open().has_value());
  server.fault = nullptr;
  BOOST_TEST(!open("?dimensions=3").has_value());
  BOOST_TEST(open("?dimensions=2").has_value());
  server.info = "{}";
  BOOST_TEST(!open().has_value());
  BOOST_TEST(open("#named").has_value());
}

BOOST_AUTO_TEST_CASE(one_bad_text_is_found_with_few_calls) {
  auto aut = opened();
  server.fault = [](const text_list& x) -> std::optional<answer_or_trouble> {
    if (has(x, "text 37"))
      return status(422, R"({"error":"bad text"})");
    return std::nullopt;
  };
  auto answers = embed(aut, many(100));
  BOOST_TEST(good(answers) == 99u);
  BOOST_TEST((answers[37].error().why.code == ec::rejected));
  BOOST_TEST(answers[37].error().why.message
             == "http://h answers 422: bad text");
  BOOST_TEST(server.calls <= 15u);
  // Nothing is learnt of a limit that is none.
  server.calls = 0;
  embed(aut, text_list(100, "good"));
  BOOST_TEST(server.calls == 1u);
}

BOOST_AUTO_TEST_CASE(several_bad_texts_are_found) {
  auto aut = opened();
  server.fault = [](const text_list& x) -> std::optional<answer_or_trouble> {
    if (has(x, "text 0") || has(x, "text 1") || has(x, "text 99"))
      return status(400);
    return std::nullopt;
  };
  BOOST_TEST(good(embed(aut, many(100))) == 97u);
}

BOOST_AUTO_TEST_CASE(a_text_that_breaks_the_call_is_found_as_well) {
  auto aut = opened();
  for (auto what : {500, 0}) {
    server.fault
      = [what](const text_list& x) -> std::optional<answer_or_trouble> {
      if (!has(x, "text 7"))
        return std::nullopt;
      return what == 500 ? status(500)
                         : trouble(provider_trouble::kind::broken);
    };
    auto answers = embed(aut, many(16));
    BOOST_TEST(good(answers) == 15u);
    BOOST_TEST((answers[7].error().why.code == ec::unavailable));
  }
}

BOOST_AUTO_TEST_CASE(what_passes_is_tried_again_at_once) {
  auto aut = opened();
  for (auto kind : {0, 1, 2}) {
    server.calls = 0;
    server.fault = [&](const text_list&) -> std::optional<answer_or_trouble> {
      if (server.calls > 1)
        return std::nullopt;
      return kind == 0   ? status(500)
             : kind == 1 ? status(200, "[[1,2],[3")
                         : trouble(provider_trouble::kind::broken);
    };
    BOOST_TEST(good(embed(aut, many(10))) == 10u);
    BOOST_TEST(server.calls == 2u);
  }
}

BOOST_AUTO_TEST_CASE(a_provider_that_is_down_is_not_searched_for_a_bad_text) {
  auto aut = opened();
  server.fault = [](const text_list&) { return status(500); };
  auto answers = embed(aut, many(100));
  for (const auto& x : answers)
    BOOST_TEST((x.error().why.code == ec::unavailable));
  BOOST_TEST(server.calls < 25u);
}

BOOST_AUTO_TEST_CASE(a_closed_gate_is_not_asked) {
  auto aut = opened();
  server.fault = [](const text_list&) { return status(429, "slow", "10"); };
  auto answers = embed(aut, many(250));
  BOOST_TEST(server.calls == 1u);
  for (const auto& x : answers) {
    BOOST_TEST((x.error().why.code == ec::throttled));
    BOOST_TEST((x.error().retry_after >= 9s));
  }
  server.fault = nullptr;
  answers = embed(aut, {"another"});
  BOOST_TEST(server.calls == 1u);
  BOOST_TEST((answers[0].error().why.code == ec::throttled));
}

BOOST_AUTO_TEST_CASE(what_was_good_before_a_refusal_is_kept) {
  auto aut = opened();
  server.fault = [&](const text_list&) -> std::optional<answer_or_trouble> {
    if (server.calls == 1)
      return std::nullopt;
    return status(503, "", "5");
  };
  auto answers = embed(aut, many(250));
  BOOST_TEST(good(answers) == 100u);
  BOOST_TEST(server.calls == 2u);
}

BOOST_AUTO_TEST_CASE(a_provider_that_cannot_be_reached_costs_nothing) {
  auto aut = opened();
  server.fault = [](const text_list&) {
    return trouble(provider_trouble::kind::unreachable);
  };
  auto answers = embed(aut, {"a"});
  BOOST_TEST((answers[0].error().why.code == ec::throttled));
}

BOOST_AUTO_TEST_CASE(a_wrong_key_blocks_everything_with_one_call) {
  for (auto x : {status(401, "no"), status(404, "no such model"),
                 status(429, R"({"error":{"code":"insufficient_quota"}})"),
                 trouble(provider_trouble::kind::untrusted)}) {
    server.fault = nullptr;
    auto aut = opened();
    server.fault = [x](const text_list&) { return x; };
    for (const auto& answer : embed(aut, many(250)))
      BOOST_TEST((answer.error().why.code == ec::provider_refused));
    BOOST_TEST(server.calls == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_provider_that_refuses_any_text_is_blocked) {
  auto aut = opened();
  server.fault = [](const text_list&) { return status(400, "not today"); };
  for (const auto& answer : embed(aut, many(100)))
    BOOST_TEST((answer.error().why.code == ec::provider_refused));
  // One text alone is not to blame either.
  for (const auto& answer : embed(aut, many(1)))
    BOOST_TEST((answer.error().why.code == ec::provider_refused));
}

BOOST_AUTO_TEST_CASE(a_provider_may_turn_bad_between_two_calls) {
  auto aut = opened("?inputs=32");
  server.fault = [&](const text_list&) -> std::optional<answer_or_trouble> {
    if (server.calls > 1)
      return status(400, "not any more");
    return std::nullopt;
  };
  auto answers = embed(aut, many(100));
  BOOST_TEST(good(answers) == 32u);
  for (size_t i = 32; i < 100; ++i)
    BOOST_TEST((answers[i].error().why.code == ec::provider_refused));
  BOOST_TEST(server.calls <= 5u);
}

BOOST_AUTO_TEST_CASE(a_text_alone_that_is_refused_is_to_blame) {
  auto aut = opened();
  server.fault = [](const text_list& x) -> std::optional<answer_or_trouble> {
    if (has(x, "bad"))
      return status(400, "bad");
    return std::nullopt;
  };
  BOOST_TEST((embed(aut, {"bad"})[0].error().why.code == ec::rejected));
}

BOOST_AUTO_TEST_CASE(another_model_behind_the_same_name_is_noticed) {
  auto aut = opened();
  server.numbers = 3;
  auto answers = embed(aut, many(2));
  for (const auto& answer : answers)
    BOOST_TEST((answer.error().why.code == ec::provider_refused));
  server.numbers = 2;
  server.fault = [](const text_list&) {
    return status(200, "[[1,2],[1,2,3],[0,0],[null,1]]");
  };
  answers = embed(aut, many(4));
  BOOST_TEST(answers[0].has_value());
  for (size_t i : {1, 2, 3})
    BOOST_TEST((answers[i].error().why.code == ec::rejected));
}

BOOST_AUTO_TEST_CASE(limits_that_nobody_told_are_learnt) {
  server.info = R"({"model_id":"fake","max_client_batch_size":1000})";
  for (auto says : {"batch size 100 > maximum allowed batch size 32", "no"}) {
    auto aut = opened();
    server.fault
      = [says](const text_list& x) -> std::optional<answer_or_trouble> {
      if (x.size() > 32)
        return status(422, says);
      return std::nullopt;
    };
    BOOST_TEST(good(embed(aut, many(100))) == 100u);
    server.calls = 0;
    BOOST_TEST(good(embed(aut, many(96))) == 96u);
    BOOST_TEST(server.calls <= 4u);
  }
}

BOOST_AUTO_TEST_CASE(what_there_was_no_time_for_is_no_attempt) {
  auto aut = opened("?inputs=1");
  text_list all{"a", "b", "c"};
  std::vector<std::string_view> views{all.begin(), all.end()};
  auto answers = aut->embed_until(views, std::chrono::steady_clock::now());
  // One is asked for whatever the time is, so that no piece waits for ever.
  BOOST_TEST(server.calls == 1u);
  BOOST_TEST(answers[0].has_value());
  for (size_t i : {1, 2}) {
    BOOST_TEST((answers[i].error().why.code == ec::throttled));
    BOOST_TEST((answers[i].error().retry_after == 0ms));
    BOOST_TEST(answers[i].error().is_out_of_time);
  }
}

BOOST_AUTO_TEST_CASE(a_call_that_ran_out_of_time_is_followed_by_smaller_ones) {
  auto aut = opened();
  server.fault = [](const text_list& x) -> std::optional<answer_or_trouble> {
    if (x.size() > 25)
      return trouble(provider_trouble::kind::timed_out);
    return std::nullopt;
  };
  BOOST_TEST(good(embed(aut, many(100))) == 100u);
  server.calls = 0;
  embed(aut, many(100));
  BOOST_TEST(server.calls <= 12u);
}

BOOST_AUTO_TEST_SUITE_END()
