// A JSON submission taken apart while it still comes in.
#pragma once

#include "codecs/submission_json.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace batch {

/// Finds the items of a body `{"type": …, "items": [ … ], …}` as they arrive,
/// so that they are checked and stored while the rest is on its way.
///
/// It takes only the common form: the type stands before the items, and no
/// member's name has escapes. Of everything else, and of whatever looks wrong,
/// it says `false`, and the body has to be read whole (submission_json.hpp),
/// which also says what is wrong with it. So: if `finish` answers, and every
/// item that was visited is valid JSON, then the body is valid, and reading it
/// whole would have found the same.
///
/// Thread-safety: none.
class submission_scanner {
public:
  /// Told what stands before the items. Answers false to give up.
  using head_visitor = std::function<bool(const submission_view&)>;
  /// Told the text of an item, which is not checked. Answers false to give up.
  using item_visitor = std::function<bool(std::string_view)>;

  /// Goes on to the end of what has come.
  /// @param body all that has come so far, from its begin.
  /// @returns false if the body must be read whole, from then on always.
  bool scan(std::string_view body, const head_visitor& on_head,
            const item_visitor& on_item);

  /// Describes a body that has been scanned to its end, without its items;
  /// nothing if it must be read whole. The views live as long as the scanner.
  /// @param body all of it.
  std::optional<submission_view> finish(std::string_view body);

private:
  enum class part { head, first_value, value, value_rest, comma, tail, whole };

  bool scan_head(std::string_view body, const head_visitor& on_head);
  bool scan_items(std::string_view body, const item_visitor& on_item);
  bool skip_space(std::string_view body);
  bool skip_value(std::string_view body);
  bool skip_string(std::string_view body);

  part part_ = part::head;
  /// Bytes that are done with.
  size_t at_ = 0;
  /// Within the value that is being skipped: open brackets, and whether it
  /// stands in a string.
  size_t depth_ = 0;
  bool in_string_ = false;
  size_t value_begin_ = 0;
  /// Where the array begins and ends.
  size_t items_begin_ = 0;
  size_t items_end_ = 0;
  /// The body without its items, padded.
  std::string frame_;
};

} // namespace batch
