#include "story.hpp"

#include "job_printer.hpp"
#include "word_counter.hpp"

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {

using namespace std::chrono_literals;
namespace atom = batch::atom;

/// Asks the service from a thread that is no actor, and waits for the answer.
class client {
public:
  client(caf::actor_system& system, batch::service_actor service)
    : self_(system), service_(std::move(service)) {}

  /// Lets a worker of this program do the jobs of a type of its own, two chunks
  /// at a time. @returns the worker, which runs here, wherever the service is.
  batch::foreign_worker_actor enlist(const std::string& type) {
    auto worker = self_->spawn(word_counter);
    ask<void>(service_, atom::enlist_atom_v, type, worker, uint32_t{2});
    return worker;
  }

  void end(const batch::foreign_worker_actor& worker) {
    self_->send_exit(worker, caf::exit_reason::user_shutdown);
    self_->wait_for(worker);
  }

  /// Follows a job to its end, and prints how far it is.
  void follow(const std::string& id) {
    auto printer = self_->spawn(job_printer);
    ask<void>(service_, atom::subscribe_atom_v, id, printer);
    self_->wait_for(printer);
  }

  /// A small job, in one message.
  std::string create(const batch::new_job& job) {
    return ask<batch::job_accepted>(service_, atom::create_atom_v, job).id;
  }

  /// A job of any length: the next block goes when the one before was taken.
  std::string upload(const batch::new_job& head, size_t items) {
    auto upload = ask<batch::upload_actor>(service_, atom::upload_atom_v, head);
    std::string lines;
    for (size_t i = 0; i < items; ++i) {
      lines += R"({"ns":"shop","id":"p)" + std::to_string(i)
               + R"(","type":"Product","data":{"price":)" + std::to_string(i)
               + "}}\n";
      if (lines.size() > batch::rpc_bytes_max / 2) {
        ask<void>(upload, atom::append_atom_v, lines);
        lines.clear();
      }
    }
    ask<void>(upload, atom::append_atom_v, lines);
    return ask<batch::job_accepted>(upload, atom::close_atom_v).id;
  }

  /// The first bytes of a stream, and how many lines it has.
  void print(const std::string& title, const batch::block_source_actor& from) {
    std::string first;
    size_t lines = 0;
    for (auto more = true; more;) {
      auto block = ask<batch::byte_block>(from, atom::next_atom_v);
      for (auto c : block.bytes)
        lines += c == '\n' ? 1 : 0;
      if (first.empty())
        first = block.bytes.substr(0, block.bytes.find('\n'));
      more = !block.last;
    }
    std::cout << title << ": " << lines << " lines, the first one: " << first
              << '\n';
  }

  void print_results(const std::string& id) {
    print("results",
          ask<batch::block_source_actor>(service_, atom::results_atom_v, id));
  }

  void print_export(const std::string& ns) {
    batch::export_query query;
    query.ns = ns;
    print("export",
          ask<batch::block_source_actor>(service_, atom::export_atom_v, query));
  }

  void print_stats() {
    auto stats = ask<batch::service_stats>(service_, atom::stats_atom_v);
    std::cout << "stats: " << stats.completed << " jobs completed, "
              << stats.failed << " failed, " << stats.dead_letters
              << " dead letters\n";
  }

private:
  template <class T, class Handle, class... Message>
  T ask(const Handle& whom, const Message&... message) {
    auto failed = [this](const caf::error& why) {
      throw std::runtime_error{self_->system().render(why)};
    };
    // CAF does not tell a request that its receiver is gone for good: each has
    // a limit.
    auto pending = self_->request(whom, 60s, message...);
    if constexpr (std::is_void<T>::value) {
      pending.receive([] {}, failed);
    } else {
      T answer;
      pending.receive([&](T& x) { answer = std::move(x); }, failed);
      return answer;
    }
  }

  caf::scoped_actor self_;
  batch::service_actor service_;
};

void tell_of_function(client& service) {
  batch::new_job shouting;
  shouting.type = "transform-data";
  shouting.options = R"({"transform":{"function":"shout"}})";
  shouting.items = {R"("hello")"};
  auto shouted = service.create(shouting);
  service.follow(shouted);
  service.print_results(shouted);
}

void tell(client& service, whose_service whose) {
  batch::new_job products;
  products.type = "import-things";
  products.options = R"({"labels":{"story":"consumer"}})";
  auto upload = service.upload(products, 20'000);
  service.follow(upload);
  service.print_results(upload);
  service.print_export("shop");

  auto broken = products;
  broken.items = {R"({"ns":"shop","id":"x","type":"Product"})",
                  R"({"ns":"shop","id":"without a type"})"};
  service.follow(service.create(broken));

  // What the host of a service has given it: a function.
  if (whose == whose_service::ours)
    tell_of_function(service);

  // What this program has brought: a worker.
  auto worker = service.enlist("count-words");
  batch::new_job counting;
  counting.type = "count-words";
  counting.lines = "\"to be or not to be\"\n\"that is the question\"\n7\n";
  auto counted = service.create(counting);
  service.follow(counted);
  service.print_results(counted);
  service.end(worker);
  service.print_stats();
}

} // namespace

bool tell_story(caf::actor_system& system, const batch::service_actor& service,
                whose_service whose) {
  try {
    client c{system, service};
    tell(c, whose);
    return true;
  } catch (const std::runtime_error& why) {
    std::cerr << why.what() << '\n';
    return false;
  }
}
