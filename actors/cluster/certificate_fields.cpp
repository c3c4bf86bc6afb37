#include "actors/cluster/certificate_fields.hpp"

#include <ctime>

namespace batch {

namespace {

std::chrono::sys_seconds time_of(const ASN1_TIME* time) {
  std::tm parts = {};
  if (ASN1_TIME_to_tm(time, &parts) != 1)
    return {};
  return std::chrono::sys_seconds{std::chrono::seconds{::timegm(&parts)}};
}

} // namespace

std::string subject_of(const X509* certificate) {
  auto subject = X509_get_subject_name(certificate);
  char text[256] = {};
  if (X509_NAME_get_text_by_NID(subject, NID_commonName, text, sizeof text) < 0)
    X509_NAME_oneline(subject, text, sizeof text);
  return text;
}

std::chrono::sys_seconds begin_of(const X509* certificate) {
  return time_of(X509_get0_notBefore(certificate));
}

std::chrono::sys_seconds end_of(const X509* certificate) {
  return time_of(X509_get0_notAfter(certificate));
}

std::string date_text(std::chrono::sys_seconds time) {
  auto seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts = {};
  ::gmtime_r(&seconds, &parts);
  char text[64] = {};
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

} // namespace batch
