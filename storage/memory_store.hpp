// The store of the tests: ordered maps in memory, simple enough to be right.
#pragma once

#include "storage/store.hpp"

namespace batch {

/// Makes an empty store in memory. Everything it is told is "durable" only as
/// long as it lives. Commits may be called from any thread.
store_ptr make_memory_store();

/// Makes a store in memory with all rows of another store, its term included.
/// Nobody may write in the other one meanwhile.
expected<store_ptr> copy_to_memory_store(const store_reader& original);

} // namespace batch
