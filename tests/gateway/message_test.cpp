#include "gateway/http/message.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

http_request with_type(std::string type) {
  http_request request;
  request.header = [type](const char*) { return type; };
  return request;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_media_type_is_told_without_its_parameters) {
  for (auto type : {"text/csv", "Text/CSV ; charset=utf-8", " text/csv;"})
    BOOST_TEST(with_type(type).media_type() == "text/csv", type);
  BOOST_TEST(with_type("").media_type() == "");
}

BOOST_AUTO_TEST_CASE(a_parameter_of_the_media_type_is_found_by_name) {
  for (auto type :
       {"text/csv;charset=utf-8", "text/csv; Charset = UTF-8 ; header=present",
        "text/csv; header=present; charset=\"Utf-8\""})
    BOOST_TEST(with_type(type).media_parameter("charset").value_or("-")
                 == "utf-8",
               type);
  for (auto type : {"", "text/csv", "text/csv; charset", "charset=utf-8",
                    "text/csv; xcharset=utf-8"})
    BOOST_TEST(!with_type(type).media_parameter("charset"), type);
}
