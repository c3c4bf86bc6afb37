#include "actors/embedders/safetensors.hpp"

#include "tests/actors/embedders/static_model.hpp"

#include <cmath>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

const std::string eight(8, '\0');

std::string array(const std::string& type, const std::string& shape,
                  const std::string& offsets) {
  return R"({"a":{"dtype":")" + type + R"(","shape":)" + shape
         + R"(,"data_offsets":)" + offsets + "}}";
}

const std::string hostile_files[] = {
  "",
  "1234567",
  eight,
  "\xff\xff\xff\xff\xff\xff\xff\x7f"s + "{}",
  "\x03\0\0\0\0\0\0\0{}"s,
  safetensors_file("[]", ""),
  safetensors_file("{", ""),
  safetensors_file("{}", "x"),
  safetensors_file(R"({"a":5})", ""),
  safetensors_file(array("F32", "[2]", "[0,4]"), eight),
  safetensors_file(array("F32", "[2]", "[0,16]"), eight),
  safetensors_file(array("F32", "[2]", "[8,0]"), eight),
  safetensors_file(array("F32", "[1]", "[4,8]"), eight),
  safetensors_file(array("F32", "[1]", "[0,4]"), eight),
  safetensors_file(array("F32", "[-2]", "[0,8]"), eight),
  safetensors_file(array("F32", "[2.0]", "[0,8]"), eight),
  safetensors_file(array("F8", "[8]", "[0,8]"), eight),
  safetensors_file(array("F32", "[4294967296,4294967296,4]", "[0,0]"), ""),
  safetensors_file(array("F32", "[9223372036854775809,2]", "[0,8]"), eight),
  safetensors_file(array("F32", "[2]", "[0,4,8]"), eight),
  safetensors_file(array("F32", "2", "[0,8]"), eight),
  safetensors_file(array("F32", "[1,1,1,1,1,1,1,1,2]", "[0,8]"), eight),
  safetensors_file(R"({"a":{"dtype":"F32","shape":[2]}})", eight),
  safetensors_file(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                   R"("b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                   eight),
  safetensors_file(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                   R"("a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                   eight),
};

std::vector<float> read(const std::string& type, const std::string& data,
                        size_t count) {
  auto file = safetensors_file(array(type, "[" + std::to_string(count) + "]",
                                     "[0," + std::to_string(data.size()) + "]"),
                               data);
  auto all = read_safetensors(file);
  BOOST_REQUIRE_MESSAGE(all, (all ? "" : all.error().message));
  return floats_of(all->at("a"));
}

} // namespace

BOOST_AUTO_TEST_SUITE(safetensors_test)

BOOST_AUTO_TEST_CASE(arrays_are_found_by_their_names) {
  auto file = safetensors_file(
    R"({"__metadata__":{"format":"pt"},)"
    R"("b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},)"
    R"("a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}})",
    bytes_of<float>({1, 2, 3}));
  auto all = read_safetensors(file);
  BOOST_REQUIRE_MESSAGE(all, (all ? "" : all.error().message));
  BOOST_TEST(all->size() == 2u);
  BOOST_TEST((floats_of(all->at("a")) == std::vector<float>{1, 2}));
  BOOST_TEST((floats_of(all->at("b")) == std::vector<float>{3}));
  BOOST_TEST(all->at("a").elements() == 2u);
}

BOOST_AUTO_TEST_CASE(all_types_of_numbers_are_read) {
  const std::vector<float> wanted{1, -2, 0};
  BOOST_TEST((read("F64", bytes_of<double>({1, -2, 0}), 3) == wanted));
  BOOST_TEST((read("F32", bytes_of<float>({1, -2, 0}), 3) == wanted));
  BOOST_TEST(
    (read("F16", bytes_of<uint16_t>({0x3C00, 0xC000, 0}), 3) == wanted));
  BOOST_TEST(
    (read("BF16", bytes_of<uint16_t>({0x3F80, 0xC000, 0}), 3) == wanted));
  BOOST_TEST((read("I64", bytes_of<int64_t>({1, -2, 0}), 3) == wanted));
  BOOST_TEST((read("I32", bytes_of<int32_t>({1, -2, 0}), 3) == wanted));
  BOOST_TEST((read("I8", bytes_of<int8_t>({1, -2, 0}), 3) == wanted));
}

BOOST_AUTO_TEST_CASE(half_floats_are_exact_at_their_bounds) {
  auto x = read("F16",
                bytes_of<uint16_t>({0x0001, 0x03FF, 0x0400, 0x7BFF, 0x7C00,
                                    0xFC00, 0x7E00, 0x3555}),
                8);
  BOOST_TEST(x[0] == std::ldexp(1.0F, -24));
  BOOST_TEST(x[1] == std::ldexp(1023.0F, -24));
  BOOST_TEST(x[2] == std::ldexp(1.0F, -14));
  BOOST_TEST(x[3] == 65504.0F);
  BOOST_TEST((std::isinf(x[4]) && x[4] > 0));
  BOOST_TEST((std::isinf(x[5]) && x[5] < 0));
  BOOST_TEST(std::isnan(x[6]));
  BOOST_TEST(x[7] == 0.333251953125F);
}

BOOST_DATA_TEST_CASE(hostile_files_are_refused, hostile_files, file) {
  auto all = read_safetensors(file);
  // An empty header with nothing behind it is an empty file, and no fault.
  BOOST_TEST((!all || all->empty()));
  if (!all)
    BOOST_TEST((all.error().code == ec::invalid_request));
}

BOOST_AUTO_TEST_SUITE_END()
