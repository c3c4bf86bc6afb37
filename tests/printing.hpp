// How Boost.Test shows our values.
#pragma once

#include "codecs/error.hpp"
#include "codecs/job_kind.hpp"

#include <ostream>

namespace batch {

inline std::ostream& operator<<(std::ostream& out, ec x) {
  return out << to_string(x);
}

inline std::ostream& operator<<(std::ostream& out, job_type x) {
  return out << to_string(x);
}

inline std::ostream& operator<<(std::ostream& out, const job_kind& x) {
  return out << to_string(x);
}

inline std::ostream& operator<<(std::ostream& out, job_status x) {
  return out << to_string(x);
}

inline std::ostream& operator<<(std::ostream& out, job_state x) {
  return out << to_string(x);
}

} // namespace batch
