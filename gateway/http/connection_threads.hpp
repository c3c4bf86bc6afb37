// The threads that serve connections, one each, made when they are needed.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include <httplib.h>

namespace batch {

/// A pool that grows up to a bound. Beyond it connections wait in order; the
/// number of those is bounded by the process's limit of open files.
class connection_threads : public httplib::TaskQueue {
public:
  explicit connection_threads(size_t threads_max) : threads_max_(threads_max) {}

  void enqueue(std::function<void()> task) override {
    std::lock_guard guard{mutex_};
    tasks_.push_back(std::move(task));
    if (idle_ < tasks_.size() && threads_.size() < threads_max_)
      add_thread();
    wake_.notify_one();
  }

  void shutdown() override {
    {
      std::lock_guard guard{mutex_};
      ending_ = true;
      wake_.notify_all();
    }
    for (auto& thread : threads_)
      thread.join();
  }

private:
  /// If the system has no more threads to give, those that are there go on.
  void add_thread() {
    try {
      threads_.emplace_back([this] { run(); });
    } catch (const std::system_error&) {
      if (threads_.empty())
        throw;
    }
  }

  void run() {
    std::unique_lock guard{mutex_};
    for (;;) {
      ++idle_;
      wake_.wait(guard, [this] { return ending_ || !tasks_.empty(); });
      --idle_;
      if (tasks_.empty())
        return;
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      guard.unlock();
      task();
      guard.lock();
    }
  }

  const size_t threads_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool ending_ = false;
};

} // namespace batch
