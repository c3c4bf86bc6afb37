#define BOOST_TEST_MODULE embedders
#include <boost/test/unit_test.hpp>
