// A customer's exemption certificates. Stream: "<customer id>/certificates".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/ids.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/state.pb.h"

namespace pitlane::ticket {

PITLANE_DEFINE_ID(CertificateId, "cer");

inline constexpr int kMaxCertificates = 50;

struct ExemptionCertificatesAggregate {
  using State = v1::ExemptionCertificates;
  using Event = v1::TicketEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::ExemptionCertificates& certificates, const v1::TicketEvent& event);
};

std::string CertificatesStreamOf(std::string_view customer_id);

struct RecordExemptionCertificate {
  v1::ExemptionCertificate certificate;  // the whole of it; certificate_id is set
  v1::KnownCustomer customer;            // empty: never heard of
};

// No events when it is recorded so already. Refuses CUSTOMER_UNKNOWN, CUSTOMER_ERASED,
// TOO_MANY_CERTIFICATES.
absl::StatusOr<std::vector<v1::TicketEvent>> Decide(const v1::ExemptionCertificates& certificates,
                                                    const RecordExemptionCertificate& command);

// nullptr when there is none.
const v1::ExemptionCertificate* FindCertificate(const v1::ExemptionCertificates& certificates,
                                                std::string_view certificate_id);

// The same; refuses CERTIFICATE_UNKNOWN.
absl::StatusOr<const v1::ExemptionCertificate*> GetCertificate(
    const v1::ExemptionCertificates& certificates, std::string_view certificate_id);

}  // namespace pitlane::ticket
