// What a process that has a gateway can be told of it.
#pragma once

#include "gateway/cli/address.hpp"
#include "gateway/cli/settings.hpp"

#include <string>

namespace batch::cli {

struct gateway_options {
  gateway_options();

  /// Empty: no gateway.
  std::string http;
  std::string token;
  bool insecure = false;
  size_t body_mib;
  size_t body_seconds;
  size_t exports_max;
  size_t uploads_max;
};

/// Adds a setting for each member, which outlive the settings.
void add_gateway_settings(settings& to, gateway_options& o);

/// Where to listen.
/// Errors: `ec::invalid_request` saying what is wrong with it, also that others
/// could reach it and nothing guards it.
expected<address> listening_address(const gateway_options& o);

} // namespace batch::cli
