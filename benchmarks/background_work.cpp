#include "benchmarks/background_work.hpp"

namespace batch::bench {

background_work::~background_work() {
  join();
}

void background_work::start(task what) {
  threads_.emplace_back([this, what = std::move(what)] {
    try {
      what(stop_);
    } catch (...) {
      std::lock_guard guard{mutex_};
      if (!fault_)
        fault_ = std::current_exception();
      stop_ = true;
    }
  });
}

void background_work::finish() {
  join();
  if (fault_)
    std::rethrow_exception(fault_);
}

void background_work::join() {
  stop_ = true;
  for (auto& thread : threads_)
    thread.join();
  threads_.clear();
}

} // namespace batch::bench
