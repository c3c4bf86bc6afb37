// What is asked of a search and what it answers, as values that cross nodes.
#pragma once

#include "codecs/error.hpp"
#include "codecs/job.hpp"
#include "codecs/limits.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

struct search_request {
  std::string ns;
  /// Embedded with the model of the namespace; not together with a vector.
  std::string text;
  std::vector<float> vector;
  /// The model that is expected; empty: that of the namespace.
  std::string model;
  size_t results_max = search_results_default;
  /// Only results with at least this cosine.
  std::optional<double> score_min;
  /// Only things of this type; empty: of all types.
  std::string type;

  static constexpr uint8_t record_version = 1;
  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.ns, x.text, x.vector, x.model, x.results_max, x.score_min, x.type);
  }
};

struct search_result {
  std::string id;
  float score = 0;
  /// The JSON text of the thing as it is now. Empty on the way between nodes.
  std::string thing;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.id, x.score, x.thing);
  }
};

struct search_answer {
  /// Nearest first; equally near ones by id.
  std::vector<search_result> results;
  /// Nothing if the namespace never had a vector.
  std::optional<namespace_model> model;
  /// Vectors that were compared, and those of other models, which were not.
  uint64_t compared = 0;
  uint64_t others = 0;

  static constexpr uint8_t record_version = 1;
  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.results, x.model, x.compared, x.others);
  }
};

using search_request_ptr = std::shared_ptr<const search_request>;
using search_answer_ptr = std::shared_ptr<const search_answer>;

/// A search where the vectors are, wherever that is. Blocks; any thread.
/// Errors: those of `search`, and of the way there.
using search_function
  = std::function<expected<search_answer>(const search_request&)>;

// How they cross nodes. See actors/wire.hpp.
std::string to_wire(const search_request& x);
expected<void> from_wire(std::string_view bytes, search_request& x);
std::string to_wire(const search_answer& x);
expected<void> from_wire(std::string_view bytes, search_answer& x);

} // namespace batch
