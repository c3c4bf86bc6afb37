#include "benchmarks/service_client.hpp"

#include "codecs/json_reader.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

#include <httplib.h>

namespace batch::bench {

namespace {

using steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

double seconds_since(steady::time_point begin) {
  return std::chrono::duration<double>(steady::now() - begin).count();
}

httplib::Client connect(int port) {
  httplib::Client client{"127.0.0.1", port};
  client.set_tcp_nodelay(true);
  client.set_keep_alive(true);
  client.set_read_timeout(60s);
  client.set_write_timeout(60s);
  return client;
}

std::string member(const std::string& object, std::string_view name) {
  json_reader reader;
  std::string value;
  reader.members(object, [&](const json_member& m) {
    if (m.key == name)
      value = m.value;
    return true;
  });
  return value;
}

} // namespace

import_times submit_and_wait(int port, const std::string& body) {
  auto client = connect(port);
  import_times times;
  auto begin = steady::now();
  auto answer = client.Post("/batch", body, "application/json");
  times.acknowledged = seconds_since(begin);
  if (!answer || answer->status != 202)
    throw std::runtime_error("the submission was refused");
  json_reader reader;
  auto path = "/batch/" + reader.string_value(member(answer->body, "jobId"));
  for (;;) {
    auto job = client.Get(path.c_str());
    if (!job || job->status != 200)
      throw std::runtime_error("the job cannot be read");
    auto status = member(member(job->body, "job"), "status");
    if (status == "\"completed\"")
      break;
    if (status == "\"failed\"")
      throw std::runtime_error("the job failed: " + job->body);
    std::this_thread::sleep_for(2ms);
  }
  times.completed = seconds_since(begin);
  return times;
}

double read_export(int port, const std::string& ns, uint64_t& bytes,
                   uint64_t& rows) {
  auto client = connect(port);
  bytes = 0;
  rows = 0;
  auto path = "/export/" + ns + "?format=ndjson";
  auto begin = steady::now();
  auto answer = client.Get(path.c_str(), [&](const char* data, size_t size) {
    bytes += size;
    rows += static_cast<uint64_t>(std::count(data, data + size, '\n'));
    return true;
  });
  if (!answer || answer->status != 200)
    throw std::runtime_error("the export broke off");
  return seconds_since(begin);
}

} // namespace batch::bench
