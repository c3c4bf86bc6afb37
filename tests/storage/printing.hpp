// How Boost.Test shows the values of storage/.
#pragma once

#include "storage/store.hpp"
#include "tests/printing.hpp"

namespace batch {

inline std::ostream& operator<<(std::ostream& out, commit_status x) {
  return out << to_string(x);
}

} // namespace batch
