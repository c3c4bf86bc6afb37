// What goes on beside a measurement.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace batch::bench {

/// Threads that work until they are told to stop, or until one of them throws,
/// which stops them all.
class background_work {
public:
  using task = std::function<void(const std::atomic<bool>& stop)>;

  background_work() = default;
  ~background_work();
  background_work(const background_work&) = delete;
  background_work& operator=(const background_work&) = delete;

  /// The task must return soon after `stop` became true.
  void start(task what);

  /// True once the work has to stop; also for who works beside it.
  const std::atomic<bool>& stop() const { return stop_; }

  /// Stops the work and throws what one of the tasks has thrown.
  void finish();

private:
  void join();

  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::exception_ptr fault_;
  std::vector<std::thread> threads_;
};

} // namespace batch::bench
