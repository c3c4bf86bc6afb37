#include "actors/embedders/model_file.hpp"

#include <fstream>

namespace batch {

expected<std::string> read_model_file(const std::filesystem::path& path,
                                      uint64_t bytes_max) {
  auto refuse = [&](const std::string& what) {
    return fail(ec::invalid_request, path.string() + ": " + what);
  };
  std::error_code why;
  auto status = std::filesystem::status(path, why);
  if (!std::filesystem::is_regular_file(status))
    return refuse(why ? "cannot be read: " + why.message()
                      : "is no plain file");
  auto size = std::filesystem::file_size(path, why);
  if (why)
    return refuse("cannot be read: " + why.message());
  if (size > bytes_max)
    return refuse("is longer than " + std::to_string(bytes_max) + " bytes");
  std::string bytes(size, '\0');
  std::ifstream in{path, std::ios::binary};
  if (!in.read(bytes.data(), static_cast<std::streamsize>(size)))
    return refuse("cannot be read");
  return bytes;
}

} // namespace batch
