#include "actors/queries/job_streams.hpp"

#include "actors/queries/rows.hpp"
#include "codecs/dead_letter.hpp"
#include "codecs/json_fault.hpp"
#include "codecs/json_writer.hpp"
#include "codecs/record.hpp"
#include "codecs/results.hpp"
#include "codecs/utf8.hpp"

#include <algorithm>
#include <deque>
#include <optional>

namespace batch {

namespace {

struct result_line {
  uint32_t index;
  std::string json;
};

/// The results of a job by index. The rounds of one chunk are gathered and put
/// in order; chunks stand in order already.
class result_cursor {
public:
  result_cursor(const store_reader& store, snapshot_ptr view, uint64_t job)
    : rows_(store, std::move(view), family::results, keys::of_job(job)) {}

  /// The next result, or nothing behind the last one.
  expected<std::optional<result_line>> next() {
    if (lines_.empty())
      if (auto read = read_chunk(); !read)
        return fail(read);
    if (lines_.empty())
      return std::nullopt;
    auto line = std::move(lines_.front());
    lines_.pop_front();
    return line;
  }

private:
  expected<void> read_chunk() {
    std::optional<uint32_t> chunk;
    for (;;) {
      if (!at_row_) {
        auto more = rows_.next();
        if (!more)
          return fail(more);
        if (!*more)
          break;
        at_row_ = true;
      }
      auto number = keys::chunk_of(rows_.row().key);
      if (chunk && *chunk != number)
        break;
      chunk = number;
      auto entries = read_results(rows_.row().value);
      if (!entries)
        return fail(entries);
      for (const auto& x : *entries)
        lines_.push_back({x.index, std::string{x.json}});
      at_row_ = false;
    }
    std::ranges::sort(lines_, {}, &result_line::index);
    return {};
  }

  row_cursor rows_;
  /// True if `rows_` stands at a row that was not taken yet.
  bool at_row_ = false;
  std::deque<result_line> lines_;
};

/// The dead letters of a job by index.
class error_cursor {
public:
  error_cursor(const store_reader& store, snapshot_ptr view, uint64_t job)
    : rows_(store, std::move(view), family::dead, keys::of_job(job)) {}

  struct line {
    uint32_t index;
    dead_letter letter;
  };

  expected<std::optional<line>> next() {
    do {
      auto more = rows_.next();
      if (!more)
        return fail(more);
      if (!*more)
        return std::nullopt;
    } while (keys::is_claim(rows_.row().key));
    auto letter = decode_record<dead_letter>(rows_.row().value);
    if (!letter)
      return fail(letter);
    return line{keys::item_of(rows_.row().key), std::move(*letter)};
  }

private:
  row_cursor rows_;
};

void write_result(std::string& out, const result_line& x) {
  json_writer w{out};
  w.begin_object().key("index").number(uint64_t{x.index});
  w.key("success").boolean(true).key("result").raw(x.json).end_object();
  out.push_back('\n');
}

void write_failure(std::string& out, const error_cursor::line& x) {
  json_writer w{out};
  w.begin_object().key("index").number(uint64_t{x.index});
  w.key("success").boolean(false).key("error").string(x.letter.message);
  w.key("code").string(to_string(x.letter.code)).end_object();
  out.push_back('\n');
}

void write_error(std::string& out, const error_cursor::line& x) {
  json_writer w{out};
  w.begin_object().key("index").number(uint64_t{x.index});
  w.key("error").string(x.letter.message);
  w.key("code").string(to_string(x.letter.code));
  w.key("attempts").number(uint64_t{x.letter.attempts.count});
  if (x.letter.purged)
    w.key("purged").boolean(true);
  else if (find_json_fault(x.letter.payload))
    w.key("payloadText").string(to_valid_utf8(x.letter.payload));
  else
    w.key("payload").raw(x.letter.payload);
  w.end_object();
  out.push_back('\n');
}

class results_stream : public byte_stream {
public:
  results_stream(store_reader_ptr store, uint64_t job)
    : store_(std::move(store)), view_(store_->take_snapshot()),
      results_(*store_, view_, job), errors_(*store_, view_, job) {}

  expected<bool> read(std::string& out) override {
    auto begin = out.size();
    while (out.size() - begin < stream_bytes) {
      if (auto filled = fill(); !filled)
        return fail(filled);
      if (!result_ && !error_)
        return out.size() > begin;
      if (result_ && (!error_ || result_->index < error_->index)) {
        write_result(out, *result_);
        result_.reset();
      } else {
        write_failure(out, *error_);
        error_.reset();
      }
    }
    return true;
  }

private:
  expected<void> fill() {
    if (!result_) {
      auto next = results_.next();
      if (!next)
        return fail(next);
      result_ = std::move(*next);
    }
    if (!error_) {
      auto next = errors_.next();
      if (!next)
        return fail(next);
      error_ = std::move(*next);
    }
    return {};
  }

  store_reader_ptr store_;
  snapshot_ptr view_;
  result_cursor results_;
  error_cursor errors_;
  std::optional<result_line> result_;
  std::optional<error_cursor::line> error_;
};

class errors_stream : public byte_stream {
public:
  errors_stream(store_reader_ptr store, uint64_t job)
    : store_(std::move(store)), errors_(*store_, store_->take_snapshot(), job) {
  }

  expected<bool> read(std::string& out) override {
    auto begin = out.size();
    while (out.size() - begin < stream_bytes) {
      auto line = errors_.next();
      if (!line)
        return fail(line);
      if (!*line)
        return out.size() > begin;
      write_error(out, **line);
    }
    return true;
  }

private:
  store_reader_ptr store_;
  error_cursor errors_;
};

} // namespace

byte_stream_ptr make_results_stream(store_reader_ptr store,
                                    uint64_t job_number) {
  return std::make_unique<results_stream>(std::move(store), job_number);
}

byte_stream_ptr make_errors_stream(store_reader_ptr store,
                                   uint64_t job_number) {
  return std::make_unique<errors_stream>(std::move(store), job_number);
}

} // namespace batch
