// A server that answers what a test tells it to, byte for byte: broken answers
// are what a real one does not give on demand.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace batch::cli {

/// Answers one connection after the other on 127.0.0.1, each with one answer,
/// and closes it.
class fake_server {
public:
  struct reply {
    /// Sent as it is.
    std::string bytes;
    /// Answer when the head of the request is there and leave its body unread.
    bool is_early = false;
  };

  /// @param answer takes the head of a request and what has come of its body.
  /// Called from a thread of the server.
  explicit fake_server(std::function<reply(const std::string&)> answer);
  ~fake_server();

  std::string url() const;
  /// The requests so far, heads and bodies.
  std::vector<std::string> requests() const;

private:
  void run();
  void serve(int connection);

  std::function<reply(const std::string&)> answer_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> is_ending_ = false;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

/// An answer with a Content-Length.
std::string whole_answer(int status, const std::string& body);
/// An answer in one chunk, without the chunk that ends it.
std::string unfinished_answer(const std::string& chunk);

} // namespace batch::cli
