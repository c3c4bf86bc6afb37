// What a certificate says. Included by .cpp files only, as it names types of
// OpenSSL. Thread-safety: all.
#pragma once

#include "actors/cluster/openssl_handles.hpp"

#include <chrono>
#include <string>

namespace batch {

/// The common name of its subject, or else the whole subject.
std::string subject_of(const X509* certificate);

/// When it begins to be valid, and when it ends.
std::chrono::sys_seconds begin_of(const X509* certificate);
std::chrono::sys_seconds end_of(const X509* certificate);

/// E.g. "2026-03-01T12:00:00Z".
std::string date_text(std::chrono::sys_seconds time);

} // namespace batch
