#include "benchmarks/receive_ceiling.hpp"

#include "benchmarks/rocksdb_ceiling.hpp"
#include "benchmarks/statistics.hpp"

#include <stdexcept>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace batch::bench {

namespace {

constexpr size_t chunk_items = 100;
constexpr size_t read_bytes = 64 << 10;

/// Both ends of a connection through 127.0.0.1.
struct connected_pair {
  connected_pair() {
    auto listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    auto address = reinterpret_cast<sockaddr*>(&at);
    client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto ok = bind(listener, address, size) == 0 && listen(listener, 1) == 0
              && getsockname(listener, address, &size) == 0
              && connect(client, address, size) == 0;
    server = ok ? accept(listener, nullptr, nullptr) : -1;
    close(listener);
    if (server < 0)
      throw std::runtime_error("no connection to this process itself");
  }
  ~connected_pair() {
    close(client);
    close(server);
  }
  connected_pair(const connected_pair&) = delete;
  connected_pair& operator=(const connected_pair&) = delete;

  int client = -1;
  int server = -1;
};

/// Keeps `bytes` bytes from a socket; whole: only when all of them are there.
void keep(int from, uint64_t bytes, bool whole, size_t chunk_bytes,
          chunk_record_writer& out) {
  std::string held;
  held.reserve(whole ? bytes : chunk_bytes + read_bytes);
  size_t kept = 0;
  auto keep_chunks = [&] {
    for (; held.size() - kept >= chunk_bytes; kept += chunk_bytes)
      out.add(std::string_view{held}.substr(kept, chunk_bytes));
  };
  for (uint64_t received = 0; received < bytes;) {
    auto size = held.size();
    held.resize(size + read_bytes);
    auto got = recv(from, held.data() + size, read_bytes, 0);
    if (got <= 0)
      throw std::runtime_error("the connection broke");
    held.resize(size + static_cast<size_t>(got));
    received += static_cast<uint64_t>(got);
    if (whole)
      continue;
    keep_chunks();
    held.erase(0, kept);
    kept = 0;
  }
  keep_chunks();
  if (kept < held.size())
    out.add(std::string_view{held}.substr(kept));
  out.sync();
}

void send_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    auto sent = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      throw std::runtime_error("the connection broke");
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

} // namespace

double receive_ceiling(const std::filesystem::path& folder, things_body& body) {
  chunk_record_writer out{folder};
  connected_pair sockets;
  auto whole = body.format().form == body_form::json;
  std::thread receiver{[&] {
    try {
      keep(sockets.server, body.bytes(), whole,
           chunk_items * (body.things().bytes + 1), out);
      send_all(sockets.server, "k");
    } catch (const std::runtime_error&) {
      shutdown(sockets.server, SHUT_RDWR); // and the sender says so
    }
  }};
  char answer = 0;
  double seconds = 0;
  try {
    auto begin = steady::now();
    body.rewind();
    for (auto piece = body.next(); !piece.empty(); piece = body.next())
      send_all(sockets.client, piece);
    recv(sockets.client, &answer, 1, 0);
    seconds = seconds_since(begin);
  } catch (const std::runtime_error&) {
  }
  receiver.join();
  if (answer != 'k')
    throw std::runtime_error("the body was not kept");
  return seconds;
}

} // namespace batch::bench
