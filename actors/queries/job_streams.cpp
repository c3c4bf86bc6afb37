#include "actors/queries/job_streams.hpp"

#include "actors/queries/payload_json.hpp"
#include "actors/queries/result_cursor.hpp"
#include "codecs/dead_letter.hpp"
#include "codecs/json_writer.hpp"
#include "codecs/record.hpp"

#include <optional>

namespace batch {

namespace {

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

void write_result(std::string& out, const result_view& x, uint32_t attempts) {
  json_writer w{out};
  w.begin_object().key("index").number(uint64_t{x.index});
  w.key("success").boolean(true).key("result").raw(x.json);
  if (attempts > 0)
    w.key("attempts").number(uint64_t{attempts});
  w.end_object();
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
  else
    write_payload(w, x.letter.payload);
  w.end_object();
  out.push_back('\n');
}

class results_stream : public byte_stream {
public:
  results_stream(store_reader_ptr store, const snapshot_ptr& view, uint64_t job)
    : store_(std::move(store)), results_(*store_, view, job),
      errors_(*store_, view, job) {}

  expected<bool> read(std::string& out) override {
    auto begin = out.size();
    while (out.size() - begin < stream_bytes) {
      if (auto filled = fill(); !filled)
        return fail(filled);
      if (!has_result_ && !error_)
        return out.size() > begin;
      if (has_result_ && (!error_ || results_.result().index < error_->index)) {
        write_result(out, results_.result(), results_.attempts());
        has_result_ = false;
      } else {
        write_failure(out, *error_);
        error_.reset();
      }
    }
    return true;
  }

private:
  expected<void> fill() {
    if (!has_result_) {
      auto more = results_.next();
      if (!more)
        return fail(more);
      has_result_ = *more;
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
  result_cursor results_;
  error_cursor errors_;
  /// Whether `results_` stands at a result that was not written yet.
  bool has_result_ = false;
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

byte_stream_ptr make_results_stream(store_reader_ptr store, uint64_t job_number,
                                    snapshot_ptr view) {
  if (!view)
    view = store->take_snapshot();
  return std::make_unique<results_stream>(std::move(store), view, job_number);
}

byte_stream_ptr make_errors_stream(store_reader_ptr store,
                                   uint64_t job_number) {
  return std::make_unique<errors_stream>(std::move(store), job_number);
}

} // namespace batch
