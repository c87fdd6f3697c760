#include "services/ticket/domain/tax_examples.h"

#include "google/protobuf/text_format.h"
#include "libs/base/check.h"

namespace pitlane::ticket {
namespace {

template <class Message>
Message FromText(const char* text) {
  Message message;
  PITLANE_CHECK(google::protobuf::TextFormat::ParseFromString(text, &message))
      << "an example does not parse";
  return message;
}

}  // namespace

v1::TaxJurisdiction TaxJurisdictionExample() {
  return FromText<v1::TaxJurisdiction>(R"pb(
    code: "US-CA/los-angeles-county/culver-city"
    name: "Culver City, California"
    rules {
      rule_id: "us-ca-culver-city-district"
      authority: "District taxes of Culver City"
      rate_ppm: 35000
      categories: TAX_CATEGORY_PART
      effective_from: "2026-01-01"
      effective_to: "2026-12-31"
      source: "CDTFA, rates in force on 2026-01-01"
      liability_account: "tax-payable-us-ca-district"
      compound: true
      max_per_item_minor: 3600
      max_per_ticket_minor: 100000
    }
    labour {
      rule_id: "us-ca-labour"
      pattern: LABOUR_TAX_PATTERN_EXEMPT_IF_SEPARATE
      source: "Regulation 1553"
      effective_from: "2026-01-01"
      effective_to: "2026-12-31"
    }
    cores {
      rule_id: "us-ca-core-rebuilt"
      condition: PART_CONDITION_REBUILT
      pattern: CORE_TAX_PATTERN_REFUNDED
      source: "Regulation 1553"
      effective_from: "2026-01-01"
      effective_to: "2026-12-31"
    }
    lump_sums {
      rule_id: "us-ca-lump-sum"
      max_parts_ppm: 100000
      source: "Regulation 1553"
      effective_from: "2026-01-01"
      effective_to: "2026-12-31"
    }
    payer_exemptions {
      rule_id: "us-ca-warranty"
      payer: PAYER_KIND_WARRANTY
      source: "Regulation 1655"
      effective_from: "2026-01-01"
      effective_to: "2026-12-31"
    }
    rounding: TAX_ROUNDING_LINE
    stands_alone: true
    version: 2
  )pb");
}

v1::ExemptionCertificate CertificateExample() {
  return FromText<v1::ExemptionCertificate>(R"pb(
    certificate_id: "cer_01JGGZV1C0CDE000000000000F"
    reason: TAX_EXEMPTION_REASON_RESALE
    number: "SR-118-27"
    jurisdiction: "US-CA"
    valid_from: "2026-01-01"
    valid_to: "2026-12-31"
    scope: EXEMPTION_SCOPE_PARTS
    image_ref: "scan-118"
  )pb");
}

google::protobuf::RepeatedPtrField<v1::PayerShare> PayersExample() {
  return FromText<v1::Job>(R"pb(
           payers {
             payer { kind: PAYER_KIND_SERVICE_CONTRACT payer_ref: "acme-plan" po_number: "PO-771" }
             rate_ppm: 250000
           }
           payers {
             payer { kind: PAYER_KIND_CUSTOMER }
             amount_minor: 10000
           }
           payers {
             payer { kind: PAYER_KIND_GOODWILL }
             rest: true
           }
         )pb")
      .payers();
}

v1::Approval ApprovalExample() {
  v1::Approval approval = FromText<v1::Approval>(R"pb(
    approval_id: "apr_01JGGZV1C0AFR000000000000E"
    discount { rate_ppm: 300000 reason: "comeback" }
    amount_minor: 12000
    reason: "second visit for the same fault"
    requested_by: "advisor-2"
    requested_at { seconds: 1767263000 nanos: 500000000 }
    expires_at { seconds: 1767266600 nanos: 500000000 }
    approved_by: "manager-1"
    approved_at { seconds: 1767263300 nanos: 500000000 }
    method: APPROVAL_METHOD_PIN
  )pb");
  approval.set_line_id("lin_01JGGZV1C0AFR0000000000004");
  return approval;
}

v1::Discount CouponExample() {
  return FromText<v1::Discount>(R"pb(
    amount_minor: 500
    rate_ppm: 100000
    reason: "spring coupon"
    scope: DISCOUNT_SCOPE_LABOUR
    coupon_code: "OIL-20"
  )pb");
}

void AddPayersExample(v1::Ticket& ticket) {
  v1::Job& job = *ticket.mutable_jobs(0);
  job.set_lump_sum(true);
  *job.mutable_payers() = PayersExample();
  v1::Line& line = *job.mutable_lines(0);
  line.set_core_surrendered(true);
  v1::TaxAmount& tax = *line.mutable_amounts()->mutable_taxes(0);
  tax.set_liability_account("tax-payable-us-ca");
  tax.set_jurisdiction("US-CA");
  v1::LineAmounts& amounts = *line.mutable_amounts();
  amounts.set_tax_taken_off_minor(100);
  amounts.set_core_tax(v1::CORE_TAX_PATTERN_REFUNDED);
  v1::LineExemption& exemption = *amounts.add_exemptions();
  exemption.set_reason(v1::TAX_EXEMPTION_REASON_WARRANTY_PAYER);
  exemption.set_certificate_id("cer_01JGGZV1C0CDE000000000000F");
  exemption.set_rule_id("us-ca-warranty");
  v1::PayerAmounts& part = *amounts.add_payers();
  *part.mutable_payer() = PayersExample()[0].payer();
  part.set_net_minor(8875);
  part.set_tax_minor(577);
  *part.add_taxes() = tax;
  *ticket.mutable_payers() = PayersExample();
  v1::PayerInvoice& invoice = *ticket.add_invoices();
  invoice = FromText<v1::PayerInvoice>(R"pb(
    invoice_number: "INV-00010"
    net_minor: 14155
    tax_minor: 920
    total_minor: 15075
    on_account: true
  )pb");
  *invoice.mutable_payer() = PayersExample()[0].payer();
  *invoice.add_taxes() = tax;
  ticket.set_customer_total_minor(51391);
  *ticket.add_approvals() = ApprovalExample();
  v1::Approval& price = *ticket.add_approvals();
  price = ApprovalExample();
  price.set_unit_price_minor(15000);
  *ticket.add_coupons() = CouponExample();
  ticket.set_delivery_jurisdiction("US-NV");
  ticket.mutable_totals()->set_prices_include_tax(true);
}

}  // namespace pitlane::ticket
