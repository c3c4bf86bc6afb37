#include "actors/embedders/providers/provider_run.hpp"

#include "actors/embedders/unit_vector.hpp"

#include <algorithm>

namespace batch {

namespace {

using steady = std::chrono::steady_clock;

/// Tries of a call that holds new texts, and of the parts of one that failed.
constexpr unsigned tries_max = 3;
constexpr unsigned part_tries_max = 1;
/// Calls in a row after which no more are split in search of a text that would
/// be to blame: it is the provider.
constexpr size_t failures_max = 8;
/// Calls that are refused with no good one between, until the provider is
/// checked.
constexpr size_t refusals_max = 3;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\f\v") == text.npos;
}

} // namespace

provider_run::provider_run(provider_client& client, text_batcher& batcher,
                           size_t dimensions,
                           std::span<const std::string_view> texts,
                           provider_client::time_point until)
  : client_(client), batcher_(batcher), dimensions_(dimensions), until_(until) {
  answers_.reserve(texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    // Providers refuse the whole call for a text of nothing.
    answers_.push_back(
      fail(ec::no_text, "the text holds nothing but white space"));
    if (is_blank(texts[i]))
      continue;
    texts_.push_back(texts[i]);
    places_.push_back(i);
  }
}

std::vector<embed_answer> provider_run::run() {
  while (!is_blocked_ && (!split_.empty() || next_ < texts_.size())) {
    auto x = next_part();
    if (is_late())
      leave_for_later(x, "there was no time left to ask the provider for it");
    else
      ask(x);
  }
  return std::move(answers_);
}

bool provider_run::is_late() const {
  return has_asked_ && steady::now() + slowest_ >= until_;
}

provider_run::part provider_run::next_part() {
  // Parts of one size before smaller ones: among texts that are good, a bad
  // one is then never far from a call that goes well.
  if (!split_.empty()) {
    auto x = std::move(split_.front());
    split_.pop_front();
    return x;
  }
  part x{next_, batcher_.take(std::span{texts_}.subspan(next_)), nullptr};
  next_ += x.count;
  return x;
}

void provider_run::ask(const part& x) {
  auto texts
    = std::span<const std::string_view>{texts_}.subspan(x.first, x.count);
  has_asked_ = true;
  auto begin = steady::now();
  auto vectors
    = client_.embed(texts, x.of ? part_tries_max : tries_max, until_);
  if (!vectors)
    return take_fault(x, vectors.error());
  slowest_ = std::max(slowest_, steady::now() - begin);
  take(x, std::move(*vectors));
}

void provider_run::take(const part& x, wire_vectors vectors) {
  auto is_other
    = [&](const wire_vector& v) { return v && v->size() != dimensions_; };
  if (std::ranges::all_of(vectors.vectors, is_other)) {
    provider_fault fault;
    fault.what = fault_kind::blocked;
    fault.message = client_.spec().url + " answers vectors of "
                    + std::to_string(vectors.vectors.front()->size())
                    + " numbers, those of its model had "
                    + std::to_string(dimensions_)
                    + " when the service started: it has another model now";
    return block(fault);
  }
  auto texts
    = std::span<const std::string_view>{texts_}.subspan(x.first, x.count);
  batcher_.learn_tokens(texts, vectors.tokens);
  batcher_.learn_good();
  for (size_t i = 0; i < x.count; ++i)
    if (vectors.vectors[i])
      take_vector(x.first + i, std::move(*vectors.vectors[i]));
    else
      refuse(x.first + i, 1, ec::rejected, vectors.vectors[i].error());
  ++good_;
  refused_ = 0;
  failed_in_row_ = 0;
  close(x, true);
}

void provider_run::take_vector(size_t place,
                               const std::vector<double>& vector) {
  if (vector.size() != dimensions_)
    return refuse(place, 1, ec::rejected,
                  "the provider's vector has " + std::to_string(vector.size())
                    + " numbers instead of " + std::to_string(dimensions_));
  auto unit = unit_vector(vector);
  if (unit)
    answers_[places_[place]] = std::move(*unit);
  else
    refuse(place, 1, ec::rejected,
           "the provider's vector has no direction: all of it is 0");
}

void provider_run::take_fault(const part& x, const provider_fault& fault) {
  switch (fault.what) {
  case fault_kind::throttled:
    refuse(x.first, x.count, ec::throttled, fault.message, fault.retry_after);
    return close(x, false);
  case fault_kind::blocked:
    return block(fault);
  case fault_kind::refused:
    return take_refusal(x, fault);
  case fault_kind::passing:
    break;
  }
  auto texts
    = std::span<const std::string_view>{texts_}.subspan(x.first, x.count);
  // One that had less time than its kind may say nothing.
  if (fault.is_late && steady::now() >= until_ && good_ > 0) {
    leave_for_later(x, fault.message);
    return close(x, false);
  }
  if (fault.is_late)
    batcher_.learn_slow(bytes_of(texts));
  if (x.count > 1 && ++failed_in_row_ < failures_max && steady::now() < until_)
    return split(x, fault, 0);
  refuse(x.first, x.count, fault.is_late ? ec::timed_out : ec::unavailable,
         fault.message);
  close(x, false);
}

void provider_run::take_refusal(const part& x, const provider_fault& fault) {
  // Nothing is refused for good while it may be the provider.
  ++refused_;
  auto is_suspect = refused_ == refusals_max || (x.count == 1 && good_ == 0);
  if (is_suspect && !is_checked_ && !takes_probe())
    return block(fault);
  if (x.count > 1)
    return split(x, fault, inputs_max_of(fault.told, x.count));
  refuse(x.first, 1, ec::rejected, fault.message);
  close(x, false);
}

void provider_run::split(const part& x, const provider_fault& fault,
                         size_t inputs) {
  close(x, false);
  auto of = std::make_shared<split_call>();
  auto texts
    = std::span<const std::string_view>{texts_}.subspan(x.first, x.count);
  of->inputs = x.count;
  of->bytes = fault.what == fault_kind::refused ? bytes_of(texts) : 0;
  of->is_too_long = fault.is_too_long;
  of->hinted = inputs;
  auto size = inputs > 0 ? inputs : (x.count + 1) / 2;
  for (size_t done = 0; done < x.count; done += size, ++of->open)
    split_.push_back({x.first + done, std::min(size, x.count - done), of});
}

void provider_run::close(const part& x, bool good) {
  if (!x.of)
    return;
  auto& of = *x.of;
  --of.open;
  of.all_good = of.all_good && good;
  // What went well in parts was too much, and no text of it was to blame.
  if (of.bytes == 0 || of.open > 0 || !of.all_good)
    return;
  if (of.hinted > 0)
    batcher_.learn_inputs(of.hinted);
  else if (of.is_too_long)
    batcher_.guess_bytes(of.bytes / 2);
  else
    batcher_.guess_inputs((of.inputs + 1) / 2);
}

bool provider_run::takes_probe() {
  is_checked_ = true;
  auto probe = client_.embed({&probe_text, 1}, part_tries_max, until_);
  return probe || probe.error().what != fault_kind::refused;
}

void provider_run::block(const provider_fault& fault) {
  is_blocked_ = true;
  for (size_t i = 0; i < texts_.size(); ++i)
    if (!answers_[places_[i]])
      refuse(i, 1, ec::provider_refused, fault.message);
}

void provider_run::leave_for_later(const part& x, const std::string& why) {
  refuse(x.first, x.count, ec::throttled, why, std::chrono::milliseconds{0});
  for (size_t i = 0; i < x.count; ++i)
    answers_[places_[x.first + i]].error().is_out_of_time = true;
}

void provider_run::refuse(
  size_t first, size_t count, ec code, const std::string& why,
  std::optional<std::chrono::milliseconds> retry_after) {
  embed_refusal refusal{{code, why}};
  refusal.retry_after = retry_after;
  for (size_t i = 0; i < count; ++i)
    answers_[places_[first + i]] = tl::unexpected{refusal};
}

} // namespace batch
