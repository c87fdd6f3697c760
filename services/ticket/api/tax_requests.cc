#include "services/ticket/api/tax_requests.h"

#include <set>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/money/quantity.h"
#include "services/ticket/api/shape.h"
#include "services/ticket/api/tax_shape.h"
#include "services/ticket/domain/approval.h"
#include "services/ticket/domain/known_customer.h"
#include "services/ticket/domain/tax_certificates.h"
#include "services/ticket/domain/tax_jurisdiction.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

constexpr size_t kMaxName = 200;
constexpr size_t kMaxSource = 500;
constexpr size_t kMaxReason = 500;
constexpr size_t kMaxNumber = 64;
constexpr size_t kMaxReference = 200;
constexpr size_t kMaxCoupon = 64;
constexpr int64_t kMaxAmount = 100'000'000'000;
constexpr int kMaxPatterns = 20;
constexpr int kMaxKeyed = 40;
constexpr int kMaxPayers = 8;
constexpr int kMaxMinutes = 1440;

template <class Request>
absl::Status Ended(const Request& request, Shape& shape) {
  shape.NoCardNumbers(request);
  return shape.status();
}

void CheckCode(const std::string& field, const std::string& code, Shape& shape) {
  shape.Require(field, IsJurisdictionCode(code), "is no code such as US-CA/kern-county");
}

// Rules of one kind: each by itself, and that no two say something about the same on one day.
template <class Rules, class KeyOf>
void CheckPatterns(const std::string& field, const Rules& rules, int max, KeyOf key_of,
                   Shape& shape) {
  shape.Require(field, rules.size() <= max, "has too many rules");
  for (int i = 0; i < rules.size(); ++i) {
    const std::string name = absl::StrCat(field, "[", i, "]");
    shape.RequiredText(name + ".rule_id", rules[i].rule_id(), kMaxName);
    shape.Text(name + ".source", rules[i].source(), kMaxSource);
    CheckDates(name, rules[i], shape);
    for (int j = 0; j < i; ++j) {
      shape.Require(name, key_of(rules[i]) != key_of(rules[j]) || !ShareADay(rules[i], rules[j]),
                    "is in force on the same day as " + rules[j].rule_id());
    }
  }
}

void CheckJurisdictionPatterns(const v1::TaxJurisdiction& jurisdiction, Shape& shape) {
  const auto one = [](const auto&) { return 0; };
  CheckPatterns("jurisdiction.labour", jurisdiction.labour(), kMaxPatterns, one, shape);
  for (const v1::LabourTaxRule& rule : jurisdiction.labour()) {
    shape.Value("jurisdiction.labour.pattern", rule.pattern(), *v1::LabourTaxPattern_descriptor());
  }
  CheckPatterns("jurisdiction.lump_sums", jurisdiction.lump_sums(), kMaxPatterns, one, shape);
  for (const v1::LumpSumRule& rule : jurisdiction.lump_sums()) {
    shape.Range("jurisdiction.lump_sums.max_parts_ppm", rule.max_parts_ppm(), 0, kPpmOne);
  }
  CheckPatterns(
      "jurisdiction.cores", jurisdiction.cores(), kMaxKeyed,
      [](const v1::CoreTaxRule& rule) { return rule.condition(); }, shape);
  for (const v1::CoreTaxRule& rule : jurisdiction.cores()) {
    shape.OptionalValue("jurisdiction.cores.condition", rule.condition(),
                        *v1::PartCondition_descriptor());
    shape.Value("jurisdiction.cores.pattern", rule.pattern(), *v1::CoreTaxPattern_descriptor());
  }
  CheckPatterns(
      "jurisdiction.payer_exemptions", jurisdiction.payer_exemptions(), kMaxKeyed,
      [](const v1::PayerExemption& rule) { return rule.payer(); }, shape);
  for (const v1::PayerExemption& rule : jurisdiction.payer_exemptions()) {
    shape.Value("jurisdiction.payer_exemptions.payer", rule.payer(), *v1::PayerKind_descriptor());
  }
}

void CheckShare(const std::string& field, const v1::PayerShare& share, Shape& shape) {
  const v1::Payer& payer = share.payer();
  shape.Value(field + ".payer.kind", payer.kind(), *v1::PayerKind_descriptor());
  const bool own = payer.kind() == v1::PAYER_KIND_CUSTOMER ||
                   payer.kind() == v1::PAYER_KIND_GOODWILL ||
                   payer.kind() == v1::PAYER_KIND_INTERNAL;
  shape.Require(field + ".payer.payer_ref", own || !payer.payer_ref().empty(),
                "is missing; somebody has to be sent the invoice");
  shape.Text(field + ".payer.payer_ref", payer.payer_ref(), kMaxReference);
  if (payer.payer_ref().rfind("cus_", 0) == 0) {
    shape.Id<CustomerId>(field + ".payer.payer_ref", payer.payer_ref());
  }
  shape.Text(field + ".payer.po_number", payer.po_number(), kMaxNumber);
  shape.Range(field + ".rate_ppm", share.rate_ppm(), 0, kPpmOne);
  shape.Range(field + ".amount_minor", share.amount_minor(), 0, kMaxAmount);
  shape.Require(field, share.share_case() != v1::PayerShare::SHARE_NOT_SET,
                "says no rate, no amount and no rest");
  shape.Require(field + ".rest", !share.has_rest() || share.rest(), "is true or not there");
}

// A split adds up, whatever the job comes to.
void CheckAddsUp(const v1::SplitJobRequest& request, Shape& shape) {
  int64_t rates = 0;
  int rests = 0;
  bool amounts = false;
  std::set<std::tuple<int, std::string, std::string>> payers;
  for (const v1::PayerShare& share : request.payers()) {
    rates += share.rate_ppm();
    rests += share.rest() ? 1 : 0;
    amounts = amounts || share.has_amount_minor();
    const v1::Payer& payer = share.payer();
    shape.Require("payers",
                  payers.insert({payer.kind(), payer.payer_ref(), payer.po_number()}).second,
                  "has a payer twice");
  }
  shape.Require("payers", rests <= 1, "gives the rest to more than one");
  shape.Require("payers", rests == 1 ? rates <= kPpmOne : !amounts && rates == kPpmOne,
                "does not add up: give one of them the rest, or rates of 1 000 000 in all");
}

}  // namespace

absl::Status CheckShape(const v1::ConfigureTaxJurisdictionRequest& request) {
  const v1::TaxJurisdiction& jurisdiction = request.jurisdiction();
  Shape shape;
  CheckCode("jurisdiction.code", jurisdiction.code(), shape);
  shape.RequiredText("jurisdiction.name", jurisdiction.name(), kMaxName);
  CheckTaxRules("jurisdiction.rules", jurisdiction.rules(), shape);
  CheckJurisdictionPatterns(jurisdiction, shape);
  shape.OptionalValue("jurisdiction.rounding", jurisdiction.rounding(),
                      *v1::TaxRounding_descriptor());
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::GetTaxJurisdictionRequest& request) {
  Shape shape;
  CheckCode("code", request.code(), shape);
  return shape.status();
}

absl::Status CheckShape(const v1::ListTaxJurisdictionsRequest& request) {
  Shape shape;
  if (!request.within().empty()) CheckCode("within", request.within(), shape);
  return shape.status();
}

absl::Status CheckShape(const v1::RecordExemptionCertificateRequest& request) {
  const v1::ExemptionCertificate& certificate = request.certificate();
  Shape shape;
  shape.OptionalId<CertificateId>("certificate.certificate_id", certificate.certificate_id());
  shape.Id<CustomerId>("certificate.customer_id", certificate.customer_id());
  shape.Value("certificate.reason", certificate.reason(), *v1::TaxExemptionReason_descriptor());
  shape.Require("certificate.reason",
                certificate.reason() != v1::TAX_EXEMPTION_REASON_WARRANTY_PAYER,
                "is the jurisdiction's business, not a certificate's");
  shape.RequiredText("certificate.number", certificate.number(), kMaxNumber);
  CheckCode("certificate.jurisdiction", certificate.jurisdiction(), shape);
  shape.OptionalDate("certificate.valid_from", certificate.valid_from());
  shape.OptionalDate("certificate.valid_to", certificate.valid_to());
  shape.Require(
      "certificate.valid_to",
      certificate.valid_to().empty() || certificate.valid_from() <= certificate.valid_to(),
      "is before valid_from");
  shape.Value("certificate.scope", certificate.scope(), *v1::ExemptionScope_descriptor());
  shape.Text("certificate.image_ref", certificate.image_ref(), kMaxReference);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::GetExemptionCertificateRequest& request) {
  Shape shape;
  shape.Id<CustomerId>("customer_id", request.customer_id());
  shape.Id<CertificateId>("certificate_id", request.certificate_id());
  return shape.status();
}

absl::Status CheckShape(const v1::ListExemptionCertificatesRequest& request) {
  Shape shape;
  shape.Id<CustomerId>("customer_id", request.customer_id());
  return shape.status();
}

absl::Status CheckShape(const v1::SetTaxTreatmentRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  if (!request.delivery_jurisdiction().empty()) {
    CheckCode("delivery_jurisdiction", request.delivery_jurisdiction(), shape);
  }
  shape.Require("jobs", request.jobs_size() <= kMaxJobs, "has too many");
  shape.Require("lines", request.lines_size() <= kMaxLines, "has too many");
  std::set<std::string> ids;
  for (int i = 0; i < request.jobs_size(); ++i) {
    const std::string field = absl::StrCat("jobs[", i, "].job_id");
    shape.Id<JobId>(field, request.jobs(i).job_id());
    shape.Require(field, ids.insert(request.jobs(i).job_id()).second, "is there twice");
  }
  for (int i = 0; i < request.lines_size(); ++i) {
    const auto& line = request.lines(i);
    const std::string field = absl::StrCat("lines[", i, "]");
    shape.Id<LineId>(field + ".line_id", line.line_id());
    shape.Require(field + ".line_id", ids.insert(line.line_id()).second, "is there twice");
    if (line.has_tax_category()) {
      shape.Value(field + ".tax_category", line.tax_category(), *v1::TaxCategory_descriptor());
    }
  }
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::SplitJobRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.OptionalId<JobId>("job_id", request.job_id());
  shape.Require("payers", request.payers_size() <= kMaxPayers, "has too many");
  for (int i = 0; i < request.payers_size(); ++i) {
    CheckShare(absl::StrCat("payers[", i, "]"), request.payers(i), shape);
  }
  if (!request.payers().empty()) CheckAddsUp(request, shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::PutOnAccountRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.RequiredText("invoice_number", request.invoice_number(), kMaxNumber);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::RequestApprovalRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.OptionalId<LineId>("line_id", request.line_id());
  if (request.has_discount()) {
    const v1::Discount& discount = request.discount();
    shape.Range("discount.amount_minor", discount.amount_minor(), 0, kMaxAmount);
    shape.Range("discount.rate_ppm", discount.rate_ppm(), 0, kPpmOne);
    shape.OptionalValue("discount.scope", discount.scope(), *v1::DiscountScope_descriptor());
    shape.RequiredText("discount.reason", discount.reason(), kMaxReason);
    shape.Text("discount.coupon_code", discount.coupon_code(), kMaxCoupon);
  } else {
    shape.Require("unit_price_minor",
                  request.wanted_case() == v1::RequestApprovalRequest::kUnitPriceMinor,
                  "or a discount is missing");
    shape.Range("unit_price_minor", request.unit_price_minor(), 0, kMaxAmount);
    shape.Require("line_id", !request.line_id().empty(), "is missing; a price is a line's");
  }
  shape.RequiredText("reason", request.reason(), kMaxReason);
  shape.Range("valid_minutes", request.valid_minutes(), 0, kMaxMinutes);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::GiveApprovalRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.Id<ApprovalId>("approval_id", request.approval_id());
  shape.Value("method", request.method(), *v1::ApprovalMethod_descriptor());
  return Ended(request, shape);
}

absl::StatusOr<SetTaxTreatment> CommandOf(Desk& desk, const v1::SetTaxTreatmentRequest& request) {
  SetTaxTreatment command{.request = request};
  if (!request.has_delivery_jurisdiction()) return command;
  const std::string& code = request.delivery_jurisdiction();
  if (code.empty()) {
    RETURN_IF_ERROR(desk.UsePlaceOfSupply(desk.context().location.tax_jurisdiction()));
    return command;
  }
  ASSIGN_OR_RETURN(const auto place,
                   desk.unit().Load<TaxJurisdictionAggregate>(JurisdictionStreamOf(code)));
  command.jurisdiction_known = place.version > 0;
  RETURN_IF_ERROR(desk.UsePlaceOfSupply(code));
  return command;
}

absl::StatusOr<SplitJob> CommandOf(Desk& desk, const v1::SplitJobRequest& request) {
  SplitJob command{.request = request, .customers = {}};
  for (const v1::PayerShare& share : request.payers()) {
    const std::string& payer = share.payer().payer_ref();
    if (payer.rfind("cus_", 0) != 0) continue;
    ASSIGN_OR_RETURN(const auto customer, desk.unit().Load<KnownCustomerAggregate>(payer));
    command.customers.push_back(customer.state);
    RETURN_IF_ERROR(desk.UseCertificatesOf({payer}));
  }
  return command;
}

absl::StatusOr<RequestApproval> CommandOf(Desk& desk, const v1::RequestApprovalRequest& request) {
  RequestApproval command{
      .request = request, .approval_id = desk.IdOr<ApprovalId>(""), .price = {}};
  ASSIGN_OR_RETURN(const auto loaded, desk.unit().Load<TicketAggregate>(request.ticket_id()));
  const v1::Line* line = FindLine(loaded.state.ticket(), request.line_id()).line;
  if (line != nullptr && !line->part_id().empty()) {
    ASSIGN_OR_RETURN(command.price, PriceOf(desk.unit(), line->part_id()));
  }
  return command;
}

void ShowIds(const RequestApproval& command, v1::RequestApprovalResponse& response) {
  response.set_approval_id(command.approval_id);
}

}  // namespace pitlane::ticket
