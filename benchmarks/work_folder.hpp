// Where a measurement puts its data.
#pragma once

#include <filesystem>

namespace batch::bench {

/// Makes the folder, empty, and waits until its disk has written what is still
/// to be written of the measurement before: the next one must not pay for it.
void empty_folder(const std::filesystem::path& folder);

} // namespace batch::bench
