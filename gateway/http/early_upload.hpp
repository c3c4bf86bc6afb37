// A JSON submission that is stored while it still comes in.
#pragma once

#include "actors/submission.hpp"
#include "codecs/submission_scanner.hpp"

#include <memory>

namespace batch {

/// Uploads the items of a long body as they arrive, so that receiving, checking
/// and storing overlap. Does so for bodies of the common form only
/// (codecs/submission_scanner.hpp); of any other, and of any that is refused,
/// nothing is left, and the body has to be read whole, which also says what is
/// wrong with it.
///
/// Thread-safety: none. Must not outlive the client.
class early_upload {
public:
  explicit early_upload(service_client& client) : client_(client) {}

  /// Takes what has come so far of the body.
  void take(std::string_view body);

  /// The upload, ready to be closed; null if the body must be read whole.
  /// @param body all of it.
  submission* finish(std::string_view body);

private:
  bool open(const submission_view& head);
  bool describe(const submission_view& parts);

  service_client& client_;
  submission_scanner scanner_;
  std::unique_ptr<submission> upload_;
  bool gave_up_ = false;
  /// As the upload was opened.
  std::string options_;
  std::string input_;
};

} // namespace batch
