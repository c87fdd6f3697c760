// Filled examples of taxes, payers and approvals; see event_examples.h.
#pragma once

#include "google/protobuf/repeated_ptr_field.h"
#include "pitlane/ticket/v1/tax.pb.h"
#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

v1::TaxJurisdiction TaxJurisdictionExample();
v1::ExemptionCertificate CertificateExample();
google::protobuf::RepeatedPtrField<v1::PayerShare> PayersExample();
v1::Approval ApprovalExample();
v1::Discount CouponExample();
// What a ticket has since there are payers, approvals and coupons; it has a job with a taxed line.
void AddPayersExample(v1::Ticket& ticket);

}  // namespace pitlane::ticket
