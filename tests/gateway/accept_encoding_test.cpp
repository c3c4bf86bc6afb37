#include "gateway/http/accept_encoding.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

BOOST_AUTO_TEST_CASE(the_coding_that_a_client_likes_best_is_chosen) {
  struct sample {
    const char* header;
    const char* wanted;
  };
  for (auto [header, wanted] : {
         sample{"", "identity"},
         {"identity", "identity"},
         {"gzip", "gzip"},
         {"GZip", "gzip"},
         {"x-gzip", "gzip"},
         {"zstd", "zstd"},
         {"gzip, deflate, br, zstd", "zstd"},
         {"gzip, deflate, br", "gzip"},
         {"br, deflate", "identity"},
         {"identity, gzip", "gzip"},
         {"*", "zstd"},
         {"zstd;q=0, *", "gzip"},
         {"zstd;q=0, gzip;q=0, *", "identity"},
         {"*;q=0", "identity"},
         {"gzip, *;q=0", "gzip"},
         // Weights.
         {"gzip;q=1.0, zstd;q=0.9", "gzip"},
         {"gzip;q=0.5, zstd;q=0.5", "zstd"},
         {"gzip;q=0.001", "gzip"},
         {"gzip;q=0", "identity"},
         {"gzip;q=0.000, zstd;q=0.", "identity"},
         {"identity;q=1, gzip;q=0.5", "identity"},
         {"identity;q=0.5, gzip;q=0.4, zstd;q=0.3", "identity"},
         {"identity;q=0, gzip;q=0.1", "gzip"},
         {"identity;q=0, br", "identity"},
         {"zstd ; q=0.2 ,\tgzip\t;\tQ=0.3", "gzip"},
         {"gzip;level=9;q=0.5, zstd;q=0.4", "gzip"},
         // What makes no sense is passed over.
         {"gzip;q=2, zstd;q=0.1", "zstd"},
         {"gzip;q=1.001", "identity"},
         {"gzip;q=0.1234", "identity"},
         {"gzip;q=-1", "identity"},
         {"gzip;q=", "identity"},
         {"gzip;q=x", "identity"},
         {"gzip;q=00", "identity"},
         {",,;,;q=1,=", "identity"},
         {"gzipped, zstandard", "identity"},
       })
    BOOST_TEST(to_string(choose_coding(header)) == wanted, header);
}
