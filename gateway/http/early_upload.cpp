#include "gateway/http/early_upload.hpp"

namespace batch {

namespace {

/// Whether the items are those of the body, as far as it is known.
bool brings_items(const submission_view& parts) {
  auto from = source_namespace(parts);
  return from && !*from;
}

job_request request_of(const submission_view& parts) {
  return {parts.type, std::string{parts.options}, std::string{parts.input}};
}

} // namespace

void early_upload::take(std::string_view body) {
  if (gave_up_)
    return;
  gave_up_ = !scanner_.scan(
    body, [this](const submission_view& head) { return open(head); },
    [this](std::string_view item) { return upload_->add(item).has_value(); });
  if (gave_up_)
    upload_.reset();
}

submission* early_upload::finish(std::string_view body) {
  if (gave_up_ || !upload_)
    return nullptr;
  auto parts = scanner_.finish(body);
  gave_up_ = !parts || !brings_items(*parts) || !describe(*parts);
  if (gave_up_)
    upload_.reset();
  return upload_.get();
}

bool early_upload::open(const submission_view& head) {
  if (!brings_items(head))
    return false;
  options_ = head.options;
  input_ = head.input;
  upload_ = std::make_unique<submission>(client_);
  return upload_->open(request_of(head), item_source::submitted).has_value();
}

/// Adds what was said behind the items.
bool early_upload::describe(const submission_view& parts) {
  if (parts.options == options_ && parts.input == input_)
    return true;
  auto options = parse_job_options(parts.options);
  return options && upload_->describe(request_of(parts), *options);
}

} // namespace batch
