#include "actors/cluster/tls_scribe.hpp"

#include <algorithm>
#include <climits>

#include <caf/io/network/stream_impl.hpp>

namespace batch {

namespace {

using caf::io::network::native_socket;
using caf::io::network::rw_state;

/// How CAF's stream reads and writes.
class tls_policy {
public:
  explicit tls_policy(tls_connection x) : connection_(std::move(x)) {}

  rw_state read_some(size_t& done, native_socket, void* bytes, size_t length) {
    return run(SSL_read, done, bytes, length);
  }

  rw_state write_some(size_t& done, native_socket, const void* bytes,
                      size_t length) {
    return run(SSL_write, done, bytes, length);
  }

  /// Bytes that OpenSSL has taken from the socket already raise no event.
  bool must_read_more(native_socket, size_t wanted) {
    auto pending = SSL_pending(connection_.session.get());
    return pending > 0 && static_cast<size_t>(pending) >= wanted;
  }

private:
  template <class Bytes>
  rw_state run(int (*call)(SSL*, Bytes*, int), size_t& done, Bytes* bytes,
               size_t length) {
    done = 0;
    if (length == 0)
      return rw_state::indeterminate;
    // Reading may write, too: why it does not go on.
    block_broken_pipes();
    ERR_clear_error();
    auto most = static_cast<int>(std::min<size_t>(length, INT_MAX));
    auto result = call(connection_.session.get(), bytes, most);
    if (result > 0) {
      done = static_cast<size_t>(result);
      return rw_state::success;
    }
    switch (SSL_get_error(connection_.session.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return rw_state::success; // later
    default:
      ERR_clear_error();
      return rw_state::failure;
    }
  }

  tls_connection connection_;
};

class tls_scribe : public caf::io::scribe {
public:
  /// @param socket of the connection, which the stream closes.
  tls_scribe(caf::io::network::default_multiplexer& multiplexer,
             native_socket socket, tls_connection connection)
    : scribe(caf::io::network::conn_hdl_from_socket(socket)),
      stream_(multiplexer, socket, std::move(connection)) {}

  void configure_read(caf::io::receive_policy::config config) override {
    stream_.configure_read(config);
    if (!is_launched_) {
      is_launched_ = true;
      stream_.start(this);
    }
  }
  void ack_writes(bool enable) override { stream_.ack_writes(enable); }
  std::vector<char>& wr_buf() override { return stream_.wr_buf(); }
  std::vector<char>& rd_buf() override { return stream_.rd_buf(); }
  void flush() override { stream_.flush(this); }
  void add_to_loop() override { stream_.activate(this); }
  void remove_from_loop() override { stream_.passivate(); }

  void graceful_shutdown() override {
    stream_.graceful_shutdown();
    detach(&stream_.backend(), false);
  }

  std::string addr() const override {
    auto found = caf::io::network::remote_addr_of_fd(stream_.fd());
    return found ? *found : std::string{};
  }
  uint16_t port() const override {
    auto found = caf::io::network::remote_port_of_fd(stream_.fd());
    return found ? *found : uint16_t{0};
  }

private:
  bool is_launched_ = false;
  caf::io::network::stream_impl<tls_policy> stream_;
};

} // namespace

caf::io::scribe_ptr
make_tls_scribe(caf::io::network::default_multiplexer& multiplexer,
                tls_connection connection) {
  auto socket = connection.socket.release();
  return caf::make_counted<tls_scribe>(multiplexer, socket,
                                       std::move(connection));
}

} // namespace batch
