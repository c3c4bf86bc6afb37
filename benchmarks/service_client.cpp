#include "benchmarks/service_client.hpp"

#include "benchmarks/statistics.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <thread>

namespace batch::bench {

namespace {

[[noreturn]] void unexpected_answer(std::string_view to,
                                    const http_answer& answer) {
  throw std::runtime_error(std::string{to} + ": "
                           + std::to_string(answer.status) + " "
                           + answer.body.substr(0, 500));
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  for (auto c : text) {
    auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(hex[byte >> 4]);
    out.push_back(hex[byte & 15]);
  }
  return out;
}

uint64_t number_of(std::string_view json, std::string_view name) {
  auto text = first_member(json, name);
  uint64_t x = 0;
  std::from_chars(text.begin(), text.end(), x);
  return x;
}

} // namespace

std::string_view first_member(std::string_view json, std::string_view name) {
  auto quoted = '"' + std::string{name} + "\":";
  auto at = json.find(quoted);
  if (at == json.npos)
    return {};
  auto value = json.substr(at + quoted.size());
  if (value.starts_with('"'))
    return value.substr(1, value.find('"', 1) - 1);
  return value.substr(0, value.find_first_of(",}"));
}

std::string accepted_job(const http_answer& answer) {
  if (answer.status != 202)
    unexpected_answer("a submission", answer);
  return std::string{first_member(answer.body, "jobId")};
}

std::string service_client::submit(things_body& body, std::string_view type,
                                   std::string_view options) {
  std::string path = "/batch";
  if (body.format().form != body_form::json)
    path.append("?type=").append(type);
  if (!options.empty())
    path += "&options=" + percent_encoded(options);
  body.rewind();
  connection_.send(
    make_request_head("POST", path, body.format().content_type, body.bytes()));
  for (auto piece = body.next(); !piece.empty(); piece = body.next())
    connection_.send(piece);
  return accepted_job(connection_.receive());
}

std::string service_client::submit(std::string_view json) {
  return accepted_job(
    ask(make_request("POST", "/batch", "application/json", json)));
}

job_view service_client::job(const std::string& id) {
  auto body = get("/batch/" + id).body;
  return {std::string{first_member(body, "status")}, number_of(body, "total"),
          number_of(body, "processed"), number_of(body, "failed")};
}

job_view service_client::wait_for_end(const std::string& id) {
  using namespace std::chrono_literals;
  auto begin = steady::now();
  for (;;) {
    auto found = job(id);
    if (found.status == "completed" || found.status == "failed")
      return found;
    std::this_thread::sleep_for(
      std::clamp<steady::duration>((steady::now() - begin) / 100, 500us, 50ms));
  }
}

job_times service_client::run(things_body& body, std::string_view type,
                              std::string_view options) {
  job_times times;
  auto begin = steady::now();
  auto id = submit(body, type, options);
  times.acknowledged = seconds_since(begin);
  auto ended = wait_for_end(id);
  times.completed = seconds_since(begin);
  if (ended.status != "completed" || ended.processed != body.things().count)
    throw std::runtime_error("job " + id + " ended " + ended.status + " with "
                             + std::to_string(ended.processed) + " of "
                             + std::to_string(body.things().count) + " items");
  return times;
}

export_read service_client::read_export(std::string_view ns,
                                        std::string_view format) {
  export_read x;
  auto path
    = std::string{"/export/"}.append(ns).append("?format=").append(format);
  auto begin = steady::now();
  connection_.refresh();
  connection_.send(make_request("GET", path));
  auto answer = connection_.receive([&](std::string_view piece) {
    x.bytes += piece.size();
    for (auto at = piece.find('\n'); at != piece.npos;
         at = piece.find('\n', at + 1))
      ++x.lines;
  });
  x.seconds = seconds_since(begin);
  if (answer.status != 200)
    unexpected_answer(path, answer);
  return x;
}

http_answer service_client::ask(std::string_view request) {
  connection_.refresh();
  connection_.send(request);
  return connection_.receive();
}

http_answer service_client::get(std::string_view path) {
  auto answer = ask(make_request("GET", path));
  if (answer.status != 200)
    unexpected_answer(path, answer);
  return answer;
}

void service_client::remove(std::string_view path) {
  using namespace std::chrono_literals;
  auto request = make_request("DELETE", path);
  auto answer = ask(request);
  // Dead letters are changed by one at a time; retention is one, too.
  for (int tries = 0; answer.status == 409 && tries < 10'000; ++tries) {
    std::this_thread::sleep_for(1ms);
    answer = ask(request);
  }
  if (answer.status != 204)
    unexpected_answer(path, answer);
}

} // namespace batch::bench
