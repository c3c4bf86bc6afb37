#include "benchmarks/job_load.hpp"

#include "benchmarks/service_client.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <poll.h>
#include <sys/prctl.h>

namespace batch::bench {

namespace {

/// A connection and the job that it is busy with.
struct client {
  explicit client(int port) : connection(port) {}

  http_connection connection;
  bool is_busy = false;
  steady::time_point due;
  /// While it pauses: when to ask for the job again.
  std::optional<steady::time_point> ask_at;
  /// The request that asks for the job; empty until it is acknowledged.
  std::string ask_again;
};

class load {
public:
  explicit load(const load_options& o) : o_(o), begin_(steady::now()) {
    // The kernel may wake a sleeper 50 us late by default (prctl(2)).
    prctl(PR_SET_TIMERSLACK, 1);
  }

  load_result run() {
    while (wants_more() || busy_ > 0) {
      begin_due_jobs();
      ask_again();
      wait();
      for (auto& x : clients_)
        while (x.is_busy && !x.ask_at && take_answer(x)) {
        }
    }
    result_.seconds = seconds_since(begin_);
    return std::move(result_);
  }

private:
  bool wants_more() const {
    return begun_ < o_.jobs && !(o_.stop && o_.stop->load());
  }

  steady::time_point due_time(size_t job) const {
    return begin_
           + std::chrono::duration_cast<steady::duration>(
             std::chrono::duration<double>(static_cast<double>(job) / o_.rate));
  }

  /// A connection that is free; a new one if there may be more of them.
  client* free_client() {
    auto found
      = std::ranges::find_if(clients_, [](client& x) { return !x.is_busy; });
    if (found != clients_.end())
      return &*found;
    if (clients_.size() == o_.connections)
      return nullptr;
    return &clients_.emplace_back(o_.port);
  }

  void begin_due_jobs() {
    while (wants_more()
           && (o_.rate == 0 || due_time(begun_) <= steady::now())) {
      auto x = free_client();
      if (!x)
        return;
      x->due = o_.rate > 0 ? due_time(begun_) : steady::now();
      x->is_busy = true;
      x->ask_again.clear();
      ++busy_;
      item_ = R"({"type":"import-things","items":[)";
      append_thing(item_, o_.things, o_.things.first + begun_++);
      item_ += "]}";
      x->connection.refresh();
      x->connection.send(
        make_request("POST", "/batch", "application/json", item_));
    }
  }

  void ask_again() {
    for (auto& x : clients_)
      if (x.ask_at && *x.ask_at <= steady::now()) {
        x.ask_at.reset();
        x.connection.send(x.ask_again);
      }
  }

  /// Waits for an answer, or until there is something to send.
  void wait() {
    using namespace std::chrono;
    constexpr auto patience = seconds{120};
    auto until = steady::now() + patience;
    if (o_.rate > 0 && wants_more() && busy_ < o_.connections)
      until = std::min(until, due_time(begun_));
    sockets_.clear();
    for (const auto& x : clients_)
      if (x.ask_at)
        until = std::min(until, *x.ask_at);
      else if (x.is_busy)
        sockets_.push_back({x.connection.descriptor(), POLLIN, 0});
    auto rest = std::max<nanoseconds>(until - steady::now(), nanoseconds{0});
    timespec limit{duration_cast<seconds>(rest).count(),
                   (rest % seconds{1}).count()};
    if (ppoll(sockets_.data(), sockets_.size(), &limit, nullptr) == 0
        && rest > patience / 2)
      throw std::runtime_error("no answer within two minutes");
  }

  /// Takes an answer if there is one.
  bool take_answer(client& x) {
    auto answer = x.connection.try_receive();
    if (!answer)
      return false;
    auto now = std::chrono::duration<double>(steady::now() - x.due).count();
    if (!x.ask_again.empty()) {
      look_at(x, *answer, now);
    } else if (answer->status == 429 || answer->status == 503) {
      ++result_.refused;
      set_free(x);
    } else {
      auto id = accepted_job(*answer);
      result_.acknowledged.add(now);
      if (!o_.until_ended)
        set_free(x);
      else
        x.connection.send(x.ask_again = make_request("GET", "/batch/" + id));
    }
    return true;
  }

  void look_at(client& x, const http_answer& answer, double now) {
    auto status = first_member(answer.body, "status");
    if (answer.status != 200 || status == "failed")
      throw std::runtime_error("a job of one item: " + answer.body);
    if (status != "completed") {
      auto asked = steady::now();
      x.ask_at = asked + (asked - x.due) / 20;
      return;
    }
    result_.ended.add(now);
    set_free(x);
  }

  void set_free(client& x) {
    x.is_busy = false;
    --busy_;
  }

  const load_options o_;
  const steady::time_point begin_;
  std::vector<client> clients_;
  std::vector<pollfd> sockets_;
  std::string item_;
  size_t begun_ = 0;
  size_t busy_ = 0;
  load_result result_;
};

} // namespace

load_result run_load(const load_options& o) {
  return load{o}.run();
}

} // namespace batch::bench
