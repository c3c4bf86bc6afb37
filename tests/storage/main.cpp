#define BOOST_TEST_NO_MAIN
#include "tests/storage/child_process.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>

namespace {

bool nothing_to_register() {
  return true;
}

} // namespace

int main(int argc, char** argv) {
  using namespace std::string_view_literals;
  if (argc == 4 && argv[1] == "--part"sv)
    return batch::test::main_of_part(argv[2], argv[3]);
  return boost::unit_test::unit_test_main(&nothing_to_register, argc, argv);
}
