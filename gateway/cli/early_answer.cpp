#include "gateway/cli/early_answer.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include <poll.h>
#include <sys/socket.h>

namespace batch::cli {

namespace {

using namespace std::literals;

constexpr auto patience = 5s;
/// A problem document is far smaller.
constexpr size_t answer_bytes_max = 1 << 20;
constexpr auto head_end = "\r\n\r\n"sv;

/// The value of Content-Length in a head; nothing if there is none.
std::optional<size_t> content_length(std::string_view head) {
  constexpr auto name = "\r\ncontent-length:"sv;
  auto is_same
    = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a | 0x20 : a) == b; };
  auto found = std::ranges::search(head, name, is_same);
  if (found.empty())
    return {};
  auto text = head.substr(static_cast<size_t>(found.end() - head.begin()));
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  size_t out = 0;
  auto [end, err]
    = std::from_chars(text.data(), text.data() + text.size(), out);
  if (err != std::errc{})
    return {};
  return out;
}

bool can_read(int socket, std::chrono::milliseconds wait) {
  pollfd waiting{socket, POLLIN, 0};
  return ::poll(&waiting, 1, static_cast<int>(wait.count())) > 0;
}

} // namespace

std::optional<early_answer> parse_early_answer(std::string_view text) {
  constexpr auto version = "HTTP/1.1 "sv;
  auto end = text.find(head_end);
  if (end == text.npos || !text.starts_with(version))
    return {};
  early_answer out;
  auto digits = text.data() + version.size();
  auto [ignored, err] = std::from_chars(digits, digits + 3, out.status);
  if (err != std::errc{})
    return {};
  auto body = text.substr(end + head_end.size());
  out.body
    = body.substr(0, content_length(text.substr(0, end)).value_or(body.size()));
  return out;
}

bool is_whole_answer(std::string_view text) {
  auto end = text.find(head_end);
  if (end == text.npos)
    return false;
  auto length = content_length(text.substr(0, end));
  return length && text.size() - end - head_end.size() >= *length;
}

bool has_early_answer(int socket) {
  return can_read(socket, 0ms);
}

std::optional<early_answer> read_early_answer(int socket) {
  auto until = std::chrono::steady_clock::now() + patience;
  std::string text;
  while (!is_whole_answer(text) && text.size() < answer_bytes_max) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      until - std::chrono::steady_clock::now());
    char piece[4096];
    if (left <= 0ms || !can_read(socket, left))
      break;
    auto got = ::recv(socket, piece, sizeof piece, 0);
    if (got <= 0)
      break;
    text.append(piece, static_cast<size_t>(got));
  }
  return parse_early_answer(text);
}

} // namespace batch::cli
