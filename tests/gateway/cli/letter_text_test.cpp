#include "gateway/cli/letter_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch::cli;

BOOST_AUTO_TEST_CASE(a_letter_is_shown_with_all_its_attempts) {
  auto text = letter_block(
    R"({"success":true,"deadLetter":{"id":"j.1","jobId":"j","index":1,)"
    R"("type":"import-things","ns":"n","state":"replayed","replayedBy":"k",)"
    R"("code":"timed_out","error":"too\nslow","failedAt":"T2",)"
    R"("attempts":[{"at":"T1","code":"internal","error":"e\u001b",)"
    R"("worker":"import-1","node":"local"},{"at":"T2","code":"timed_out",)"
    R"("error":"too slow"}],"attemptsTotal":3,"origin":"i.5",)"
    R"("payload":{"ns": "n"}}})");
  BOOST_TEST(text.value_or("?")
             == "letter    j.1\n"
                "state     replayed by job k\n"
                "job       j\n"
                "item      1\n"
                "type      import-things\n"
                "ns        n\n"
                "code      timed_out\n"
                "error     too slow\n"
                "failed    T2\n"
                "origin    i.5\n"
                "payload   {\"ns\": \"n\"}\n"
                "attempts  3\n"
                "  T1  internal: e (import-1 on local)\n"
                "  T2  timed_out: too slow\n");
}

BOOST_AUTO_TEST_CASE(groups_are_a_table) {
  auto text = letter_groups_text(
    R"({"groups":[{"code":"no_text","fingerprint":"item #","count":12,)"
    R"("lastAt":"T","message":"item 5","samples":["j.5","j.6"]},)"
    R"({"code":"internal","count":3,"lastAt":"U","message":"oops",)"
    R"("samples":[]}]})");
  BOOST_TEST(text.value_or("?")
             == "COUNT  CODE      LAST  ERROR   FOR EXAMPLE\n"
                "   12  no_text   T     item #  j.5\n"
                "    3  internal  U     oops\n");
  BOOST_TEST(letter_groups_text(R"({"groups":[]})").value_or("?") == "");
}

BOOST_AUTO_TEST_CASE(letters_are_rows_of_a_table) {
  auto letters = make_letter_table();
  add_letter_row(letters,
                 *json_fields::parse(R"({"id":"j.1","type":"t","code":"c",)"
                                     R"("failedAt":"T","error":"a\tb"})"));
  BOOST_TEST(letters.text()
             == "ID   TYPE  NS  CODE  FAILED  ERROR\n"
                "j.1  t         c     T       a b\n");
}

BOOST_AUTO_TEST_CASE(other_answers_are_not_taken_for_letters) {
  for (auto text : {"", "[]", "{}", "<html>", R"({"deadLetter":null})",
                    R"({"deadLetter":{"id":"x"}})", R"({"groups":null})"}) {
    BOOST_TEST(!letter_block(text).has_value(), text);
    BOOST_TEST(!letter_groups_text(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(counts_are_told_in_words) {
  BOOST_TEST(letters_in_words(0) == "0 dead letters");
  BOOST_TEST(letters_in_words(1) == "1 dead letter");
  BOOST_TEST(letters_in_words(12) == "12 dead letters");
}
