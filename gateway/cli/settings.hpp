// Settings of a command that can be given in more than one place. The first of
// these that has a setting counts:
//
//   the command line   --body-max 8
//   the environment    BATCHD_BODY_MAX=8 (an empty variable is none)
//   a file             body-max = 8 (config_file.hpp), named by --config or
//                      BATCHD_CONFIG
//   the default
#pragma once

#include "gateway/cli/config_file.hpp"
#include "gateway/cli/outcome.hpp"

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include <CLI/App.hpp>

namespace batch::cli {

/// Thread-safety: none.
class settings {
public:
  /// The value of a variable; null if there is none.
  using environment = std::function<const char*(const char*)>;

  /// @param app gets the options; both outlive the settings.
  explicit settings(CLI::App& app, environment variables = default_variables());

  /// Where a value is put; it holds the default before.
  using target = std::variant<std::string*, size_t*, bool*>;

  /// Adds a setting with all its places. @returns the option, for checks.
  CLI::Option* add(const std::string& name, target value,
                   const std::string& description);

  /// The value of this setting is not shown by `render`.
  void hide(const std::string& name);

  /// To be called when the command line has been read: takes what it does not
  /// have from the other places.
  /// Errors: wrong usage, naming the variable, or the file and its line.
  outcome<void> complete();

  /// All settings as a file would have them, each with where it came from.
  std::string render() const;

private:
  struct setting {
    std::string name;
    target value;
    CLI::Option* option;
    bool hidden;
    /// Where the value came from, in words.
    std::string source;
  };

  static environment default_variables();
  const char* variable(const std::string& name) const;
  setting* find(const std::string& name);
  /// The file's path; empty if there is none.
  std::string file_path() const;
  outcome<void> check(const std::string& path,
                      const std::vector<config_entry>& entries);
  outcome<void> take(setting& x, const std::string& value, std::string source,
                     const std::string& where);

  CLI::App& app_;
  environment variables_;
  std::string file_;
  std::vector<setting> settings_;
};

} // namespace batch::cli
