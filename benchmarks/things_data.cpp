#include "benchmarks/things_data.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <random>
#include <vector>

namespace batch::bench {

std::string make_thing(size_t number, size_t bytes) {
  char head[160];
  std::snprintf(head, sizeof head,
                R"({"ns":"bench","id":"thing-%010zu","type":"Product",)"
                R"("data":{"name":"Product %zu","price":%zu.%02zu,"text":")",
                number, number, number % 1000, number % 100);
  std::string text = head;
  // Words of changing letters, so that compression has honest work.
  std::minstd_rand random{static_cast<unsigned>(number + 1)};
  while (text.size() + 3 < bytes) {
    text.push_back(static_cast<char>('a' + random() % 26));
    if (random() % 6 == 0)
      text.push_back(' ');
  }
  return text + "\"}}";
}

std::string make_submission(const things_options& o) {
  std::vector<size_t> order(o.count);
  std::iota(order.begin(), order.end(), size_t{0});
  if (o.shuffled)
    std::shuffle(order.begin(), order.end(), std::mt19937_64{42});
  std::string body = R"({"type":"import-things","items":[)";
  body.reserve(o.count * (o.bytes + 8));
  for (size_t i = 0; i < order.size(); ++i) {
    if (i > 0)
      body.push_back(',');
    body += make_thing(order[i], o.bytes);
  }
  return body + "]}";
}

} // namespace batch::bench
