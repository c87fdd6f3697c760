#include "services/ticket/domain/tax_certificates.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"
#include "services/ticket/domain/refusals.h"

namespace pitlane::ticket {

void ExemptionCertificatesAggregate::Apply(v1::ExemptionCertificates& certificates,
                                           const v1::TicketEvent& event) {
  if (!event.has_exemption_certificate_recorded()) return;
  const v1::ExemptionCertificate& recorded = event.exemption_certificate_recorded().certificate();
  for (v1::ExemptionCertificate& certificate : *certificates.mutable_certificates()) {
    if (certificate.certificate_id() != recorded.certificate_id()) continue;
    certificate = recorded;
    return;
  }
  *certificates.add_certificates() = recorded;
}

std::string CertificatesStreamOf(std::string_view customer_id) {
  return std::string(customer_id) + "/certificates";
}

absl::StatusOr<std::vector<v1::TicketEvent>> Decide(const v1::ExemptionCertificates& certificates,
                                                    const RecordExemptionCertificate& command) {
  const v1::ExemptionCertificate& wanted = command.certificate;
  RETURN_IF_ERROR(CheckKnownCustomer(command.customer, wanted.customer_id()));
  const v1::ExemptionCertificate* there = FindCertificate(certificates, wanted.certificate_id());
  // A customer has one certificate a state or so; more are a mistake of some machine.
  if (there == nullptr && certificates.certificates_size() >= kMaxCertificates) {
    return rpc::Refused(v1::TOO_MANY_CERTIFICATES,
                        absl::StrCat("customer ", wanted.customer_id(), " has ", kMaxCertificates,
                                     " certificates; change one of them"));
  }
  std::vector<v1::TicketEvent> events;
  if (there != nullptr && google::protobuf::util::MessageDifferencer::Equals(*there, wanted)) {
    return events;
  }
  *events.emplace_back().mutable_exemption_certificate_recorded()->mutable_certificate() = wanted;
  return events;
}

const v1::ExemptionCertificate* FindCertificate(const v1::ExemptionCertificates& certificates,
                                                std::string_view certificate_id) {
  for (const v1::ExemptionCertificate& certificate : certificates.certificates()) {
    if (certificate.certificate_id() == certificate_id) return &certificate;
  }
  return nullptr;
}

absl::StatusOr<const v1::ExemptionCertificate*> GetCertificate(
    const v1::ExemptionCertificates& certificates, std::string_view certificate_id) {
  const v1::ExemptionCertificate* found = FindCertificate(certificates, certificate_id);
  if (found != nullptr) return found;
  return rpc::NotFound(v1::CERTIFICATE_UNKNOWN,
                       absl::StrCat("the customer has no certificate ", ToAbsl(certificate_id)));
}

}  // namespace pitlane::ticket
