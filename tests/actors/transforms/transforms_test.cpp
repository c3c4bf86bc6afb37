#define BOOST_TEST_MODULE transforms
#include <boost/test/unit_test.hpp>
