#include "actors/cluster/tls_door.hpp"

#include "actors/cluster/addresses.hpp"
#include "actors/cluster/tls_connection.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <deque>
#include <new>
#include <thread>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace batch {

namespace {

using steady = std::chrono::steady_clock;

/// How long nobody is let in when there are no more descriptors.
constexpr std::chrono::milliseconds shortage_pause{200};

/// Connections taken at one time, between which handshakes go on.
constexpr int accepts_max = 16;

/// A connection in its handshake.
struct guest {
  tls_connection connection;
  steady::time_point until;
  short events = POLLIN;
};

/// Blocks all signals of a thread, and of those it begins, for its lifetime.
class no_signals {
public:
  no_signals() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  no_signals(const no_signals&) = delete;
  no_signals& operator=(const no_signals&) = delete;
  ~no_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
  sigset_t before_;
};

} // namespace

/// What the thread works on.
class tls_door::work {
public:
  work(descriptor listener, descriptor wake,
       std::shared_ptr<ssl_ctx_st> context, tls_door_limits limits)
    : listener_(std::move(listener)), wake_(std::move(wake)),
      context_(std::move(context)), limits_(limits) {}
  ~work() { stop(); }

  const descriptor& listener() const { return listener_; }

  void start(taker take) {
    take_ = std::move(take);
    no_signals quiet; // they are for others
    thread_ = std::thread{[this] { run(); }};
    ::pthread_setname_np(thread_.native_handle(), "batchd.door");
  }

  void stop() {
    if (thread_.joinable()) {
      ::eventfd_write(wake_.number(), 1);
      thread_.join();
    }
    listener_ = {};
  }

private:
  void run() {
    while (serve())
      continue;
    guests_.clear();
    take_ = nullptr;
  }

  /// Waits, and does what there is to do. @returns false at the end.
  bool serve() {
    try {
      wait();
      if (waiting_[0].revents != 0)
        return false;
      // Before anybody is added, as places in `waiting_` are counted.
      advance_guests();
      if (waiting_[1].revents != 0)
        let_in();
    } catch (const std::bad_alloc&) {
      close_for_a_while();
    }
    return true;
  }

  void wait() {
    auto now = steady::now();
    auto until = now + std::chrono::hours{1};
    waiting_.clear();
    waiting_.push_back({wake_.number(), POLLIN, 0});
    waiting_.push_back(
      {now < closed_until_ ? -1 : listener_.number(), POLLIN, 0});
    if (now < closed_until_)
      until = closed_until_;
    for (const auto& x : guests_) {
      waiting_.push_back({x.connection.socket.number(), x.events, 0});
      until = std::min(until, x.until);
    }
    auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now);
    auto ready = ::poll(waiting_.data(), waiting_.size(),
                        static_cast<int>(std::max<int64_t>(left.count(), 0)));
    if (ready >= 0)
      return;
    for (auto& x : waiting_)
      x.revents = 0;
    if (errno != EINTR)
      std::this_thread::sleep_for(shortage_pause);
  }

  void advance_guests() {
    auto now = steady::now();
    std::deque<guest> staying;
    for (size_t i = 0; i < guests_.size(); ++i) {
      auto& x = guests_[i];
      if (waiting_[i + 2].revents == 0) {
        if (now < x.until)
          staying.push_back(std::move(x));
        continue;
      }
      switch (continue_handshake(x.connection)) {
      case handshake_step::done:
        take_(std::move(x.connection));
        break;
      case handshake_step::reading:
        x.events = POLLIN;
        if (now < x.until)
          staying.push_back(std::move(x));
        break;
      case handshake_step::writing:
        x.events = POLLOUT;
        if (now < x.until)
          staying.push_back(std::move(x));
        break;
      case handshake_step::failed:
        break;
      }
    }
    guests_ = std::move(staying);
  }

  /// Takes some of those who wait at the address.
  void let_in() {
    for (int i = 0; i < accepts_max; ++i) {
      descriptor socket{::accept4(listener_.number(), nullptr, nullptr,
                                  SOCK_NONBLOCK | SOCK_CLOEXEC)};
      if (socket)
        welcome(std::move(socket));
      else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS
               || errno == ENOMEM)
        return close_for_a_while();
      else if (errno != ECONNABORTED && errno != EINTR)
        return;
    }
  }

  void welcome(descriptor socket) {
    // Whoever is late gives way.
    if (guests_.size() >= limits_.handshakes_max
        || (*used_ >= limits_.connections_max && !guests_.empty()))
      guests_.pop_front();
    if (*used_ >= limits_.connections_max)
      return;
    int on = 1;
    ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    set_silence_max(socket, connection_silence_max);
    guest x{{std::move(socket), ssl_ptr{SSL_new(context_.get())}, place()},
            steady::now() + limits_.handshake_time_max};
    auto session = x.connection.session.get();
    if (!session || SSL_set_fd(session, x.connection.socket.number()) != 1) {
      ERR_clear_error();
      return;
    }
    SSL_set_accept_state(session);
    guests_.push_back(std::move(x));
  }

  /// Descriptors are short: those that nobody has a right to come back first.
  void close_for_a_while() {
    guests_.clear();
    closed_until_ = steady::now() + shortage_pause;
  }

  std::shared_ptr<void> place() {
    ++*used_;
    return {nullptr, [used = used_](void*) { --*used; }};
  }

  descriptor listener_;
  descriptor wake_;
  std::shared_ptr<ssl_ctx_st> context_;
  tls_door_limits limits_;
  taker take_;
  /// The oldest first.
  std::deque<guest> guests_;
  std::vector<pollfd> waiting_;
  steady::time_point closed_until_;
  /// Guests and connections that were given away.
  std::shared_ptr<std::atomic<size_t>> used_
    = std::make_shared<std::atomic<size_t>>(0);
  std::thread thread_;
};

expected<std::unique_ptr<tls_door>>
tls_door::open(const std::string& host, uint16_t port,
               std::shared_ptr<ssl_ctx_st> context, tls_door_limits limits) {
  auto listener = listen_at(host, port);
  if (!listener)
    return fail(listener);
  descriptor wake{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!wake)
    return fail(ec::invalid_request, "cannot listen at "
                                       + address_text(host, port)
                                       + ": too many files are open");
  auto x = std::make_unique<work>(std::move(*listener), std::move(wake),
                                  std::move(context), limits);
  return std::unique_ptr<tls_door>{new tls_door{std::move(x), host}};
}

tls_door::tls_door(std::unique_ptr<work> x, std::string host)
  : work_(std::move(x)), host_(std::move(host)),
    port_(own_port(work_->listener())), number_(work_->listener().number()) {}

tls_door::~tls_door() = default;

void tls_door::start(taker take) {
  work_->start(std::move(take));
}

void tls_door::stop() {
  work_->stop();
}

} // namespace batch
