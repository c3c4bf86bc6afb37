// Long bytes as messages of bounded size.
//
// CAF counts a connection as alive by messages that have come whole, so one
// message must not take longer than its time limit, and memory of a message is
// needed several times over on both sides. Frames from one actor to another one
// arrive in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace batch {

/// Bytes of one frame. Source: messages of 0.25 to 1 MiB go fastest, and at
/// 1 Mbit/s this one needs 2 s of the 8 s that a silent connection has.
inline constexpr size_t frame_bytes_max = 256 << 10;

/// Bytes that all frames of one piece of work, or one outcome, may have.
/// Source: a chunk, its things (`outcome_bytes_max` and one more) and what
/// names them.
inline constexpr size_t framed_bytes_max = 16 << 20;

/// A part of a piece of work for a slot, or of its outcome.
struct frame {
  uint64_t lease = 0;
  uint64_t slot = 0;
  bool is_last = false;
  std::string bytes;
};

/// Calls `send(frame)` for each part; at least once.
template <class Send>
void send_framed(uint64_t lease, uint64_t slot, std::string_view bytes,
                 Send&& send) {
  do {
    auto part = bytes.substr(0, frame_bytes_max);
    bytes.remove_prefix(part.size());
    send(frame{lease, slot, bytes.empty(), std::string{part}});
  } while (!bytes.empty());
}

/// Puts frames together again. Thread-safety: none.
class frame_assembler {
public:
  /// @returns all bytes once the last frame of a lease has come.
  std::optional<std::string> add(const frame& x) {
    auto& bytes = parts_[x.lease];
    // Too much ends as what it is: bytes that nobody can read.
    if (bytes.size() + x.bytes.size() <= framed_bytes_max)
      bytes += x.bytes;
    if (!x.is_last)
      return std::nullopt;
    auto whole = std::move(bytes);
    parts_.erase(x.lease);
    return whole;
  }

  /// Forgets the parts of a lease.
  void drop(uint64_t lease) { parts_.erase(lease); }
  void clear() { parts_.clear(); }

private:
  std::map<uint64_t, std::string> parts_;
};

} // namespace batch
