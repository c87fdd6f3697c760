#include "services/ticket/api/requests.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/money/currency.h"
#include "libs/money/quantity.h"
#include "services/ticket/api/fee_shape.h"
#include "services/ticket/api/line_requests.h"
#include "services/ticket/api/shape.h"
#include "services/ticket/api/tax_shape.h"
#include "services/ticket/domain/tax_jurisdiction.h"
#include "services/ticket/domain/ticket.h"
#include "services/ticket/domain/timestamps.h"

namespace pitlane::ticket {
namespace {

constexpr size_t kMaxName = 200;
constexpr size_t kMaxTitle = 200;
constexpr size_t kMaxDescription = 500;
constexpr size_t kMaxReason = 500;
constexpr size_t kMaxStory = 2000;  // complaint, cause, correction
constexpr size_t kMaxSubject = 200;
constexpr size_t kMaxReference = 200;
constexpr size_t kMaxOperationCode = 64;
constexpr size_t kMaxNumber = 64;
constexpr size_t kMaxCoupon = 64;
constexpr int kMaxCoupons = 10;
constexpr int64_t kMaxAmount = 100'000'000'000;
constexpr int64_t kMaxQuantity = 1'000'000'000;
constexpr int64_t kMaxHours = 100'000;
constexpr int64_t kMaxClockedSeconds = 36'000'000;
constexpr int64_t kMaxOdometer = 10'000'000;
constexpr int64_t kMaxMonths = 1200;
constexpr int64_t kMaxMiles = 10'000'000;
constexpr int64_t kMaxCashIncrement = 1'000'000;
constexpr int kMaxDefaultFees = 20;
constexpr size_t kMaxJurisdiction = 16;
constexpr int64_t kMaxValidDays = 3650;
constexpr int kMaxConsentRules = 200;
constexpr int kMaxCounterPolicies = 50;
// Nothing but this many digits, or more, and what people put between them is somebody's number.
constexpr int kTelephoneDigits = 7;

void CheckDiscount(const std::string& field, const v1::Discount& discount, Shape& shape) {
  shape.Range(field + ".amount_minor", discount.amount_minor(), 0, kMaxAmount);
  shape.Range(field + ".rate_ppm", discount.rate_ppm(), 0, kPpmOne);
  shape.OptionalValue(field + ".scope", discount.scope(), *v1::DiscountScope_descriptor());
  shape.Text(field + ".coupon_code", discount.coupon_code(), kMaxCoupon);
  if (discount.amount_minor() != 0 || discount.rate_ppm() != 0) {
    shape.RequiredText(field + ".reason", discount.reason(), kMaxReason);
  } else {
    shape.Text(field + ".reason", discount.reason(), kMaxReason);
  }
}

void CheckLabourRates(const v1::Location& location, Shape& shape) {
  std::set<int> types;
  for (int i = 0; i < location.labour_rates_size(); ++i) {
    const v1::LabourRate& rate = location.labour_rates(i);
    const std::string field = absl::StrCat("location.labour_rates[", i, "]");
    shape.Value(field + ".labour_type", rate.labour_type(), *v1::LabourType_descriptor());
    shape.Require(field + ".labour_type", types.insert(rate.labour_type()).second,
                  "is there twice");
    shape.Range(field + ".rate_minor", rate.rate_minor(), 0, kMaxAmount);
  }
}

void CheckDefaultFees(const v1::Location& location, Shape& shape) {
  shape.Require("location.default_fees", location.default_fees_size() <= kMaxDefaultFees,
                "has too many fees");
  for (int i = 0; i < location.default_fees_size(); ++i) {
    const v1::DefaultFee& fee = location.default_fees(i);
    const std::string field = absl::StrCat("location.default_fees[", i, "]");
    shape.RequiredText(field + ".description", fee.description(), kMaxDescription);
    CheckFeeRule(field + ".rule", fee.rule(), shape);
    CheckFeeCategory(field + ".tax_category", fee.tax_category(), shape);
  }
}

void CheckOverage(const std::string& field, const v1::OveragePolicy& overage, Shape& shape) {
  shape.Range(field + ".rate_ppm", overage.rate_ppm(), 0, kPpmOne);
  shape.Range(field + ".amount_minor", overage.amount_minor(), 0, kMaxAmount);
  shape.Range(field + ".cap_minor", overage.cap_minor(), 0, kMaxAmount);
  shape.OptionalValue(field + ".combine", overage.combine(),
                      *v1::OveragePolicy::Combine_descriptor());
  const bool both = overage.rate_ppm() > 0 && overage.amount_minor() > 0;
  shape.Require(field + ".combine",
                !both || overage.combine() != v1::OveragePolicy::COMBINE_UNSPECIFIED,
                "must say which of rate and amount counts");
}

void CheckConsentRule(const std::string& field, const v1::ConsentRule& rule, Shape& shape) {
  shape.RequiredText(field + ".rule_id", rule.rule_id(), kMaxName);
  shape.RequiredText(field + ".jurisdiction", rule.jurisdiction(), kMaxJurisdiction);
  shape.RequiredText(field + ".citation", rule.citation(), kMaxName);
  CheckDates(field, rule, shape);
  CheckOverage(field + ".overage", rule.overage(), shape);
  shape.Range(field + ".written_estimate_from_minor", rule.written_estimate_from_minor(), 0,
              kMaxAmount);
}

void CheckCounterPolicies(const v1::Location& location, Shape& shape) {
  shape.Require("location.counter_policies",
                location.counter_policies_size() <= kMaxCounterPolicies, "has too many policies");
  for (int i = 0; i < location.counter_policies_size(); ++i) {
    const v1::CounterPolicy& policy = location.counter_policies(i);
    const std::string field = absl::StrCat("location.counter_policies[", i, "]");
    CheckDates(field, policy, shape);
    if (policy.has_clock_step_centi()) {
      shape.Range(field + ".clock_step_centi", policy.clock_step_centi(), 1, 100);
    }
    shape.Range(field + ".special_order_deposit_ppm", policy.special_order_deposit_ppm(), 0,
                kPpmOne);
    shape.Range(field + ".will_call_days", policy.will_call_days(), 0, kMaxValidDays);
    shape.Range(field + ".core_return_days", policy.core_return_days(), 0, kMaxValidDays);
  }
}

// Two laws of one place at once would leave open which one holds.
void CheckConsentRules(const v1::Location& location, Shape& shape) {
  shape.Require("location.consent_rules", location.consent_rules_size() <= kMaxConsentRules,
                "has too many rules");
  std::set<std::string> ids;
  for (int i = 0; i < location.consent_rules_size(); ++i) {
    const v1::ConsentRule& rule = location.consent_rules(i);
    const std::string field = absl::StrCat("location.consent_rules[", i, "]");
    CheckConsentRule(field, rule, shape);
    shape.Require(field + ".rule_id", ids.insert(rule.rule_id()).second, "is there twice");
    for (int j = 0; j < i; ++j) {
      const v1::ConsentRule& other = location.consent_rules(j);
      shape.Require(field, other.jurisdiction() != rule.jurisdiction() || !ShareADay(rule, other),
                    "is in force on the same day as " + other.rule_id());
    }
  }
}

// A reference says which number or address was used; the number itself would be personal data.
void CheckContact(const std::string& field, const std::string& reference, Shape& shape) {
  shape.Text(field, reference, kMaxReference);
  const auto digits = std::count_if(reference.begin(), reference.end(),
                                    [](char c) { return c >= '0' && c <= '9'; });
  const bool only_digits = reference.find_first_not_of("0123456789 +-./()") == std::string::npos;
  shape.Require(field, !only_digits || digits < kTelephoneDigits,
                "looks like a telephone number; send a reference such as phone-1");
  shape.Require(field, reference.find('@') == std::string::npos,
                "looks like an address; send a reference such as email-1");
}

void CheckWarranty(int64_t months, int64_t miles, Shape& shape) {
  shape.Range("warranty_months", months, 0, kMaxMonths);
  shape.Range("warranty_miles", miles, 0, kMaxMiles);
}

// Which ticket a new line goes on, and the id that it brings along.
template <class Request>
void CheckNewLine(const Request& request, Shape& shape) {
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.NewId<LineId>("line_id", request.line_id(), request.ticket_id());
}

template <class Request>
void CheckLineOf(const Request& request, Shape& shape) {
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.Id<LineId>("line_id", request.line_id());
}

template <class Request>
void CheckJobOf(const Request& request, Shape& shape) {
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.Id<JobId>("job_id", request.job_id());
}

template <class Request>
void CheckDecision(const Request& request, Shape& shape) {
  CheckJobOf(request, shape);
  shape.Text("person_ref", request.person_ref(), kMaxReference);
  shape.OptionalValue("channel", request.channel(), *v1::AuthorizationChannel_descriptor());
  shape.Text("evidence_id", request.evidence_id(), kMaxReference);
  CheckContact("contact_ref", request.contact_ref(), shape);
  if (request.has_decided_at()) shape.Time("decided_at", request.decided_at());
}

template <class Request>
void CheckRefusal(const Request& request, Shape& shape) {
  CheckDecision(request, shape);
  shape.RequiredText("reason", request.reason(), kMaxReason);
  if (request.has_follow_up_at()) shape.Time("follow_up_at", request.follow_up_at());
}

template <class Request>
absl::Status Ended(const Request& request, Shape& shape) {
  shape.NoCardNumbers(request);
  return shape.status();
}

// Fields of ChangeLine that are about how much.
void CheckChangedAmounts(const v1::ChangeLineRequest& request, Shape& shape) {
  if (request.has_quantity_milli()) {
    shape.Range("quantity_milli", request.quantity_milli(), 1, kMaxQuantity);
  }
  if (request.has_unit_price_minor()) {
    shape.Range("unit_price_minor", request.unit_price_minor(), 0, kMaxAmount);
    shape.RequiredText("price_reason", request.price_reason(), kMaxReason);
  }
  if (request.has_hours_centi()) shape.Range("hours_centi", request.hours_centi(), 1, kMaxHours);
  if (request.has_rate_minor()) shape.Range("rate_minor", request.rate_minor(), 0, kMaxAmount);
  if (request.has_fee()) CheckFeeRule("fee", request.fee(), shape);
}

bool ChangesSomething(const v1::ChangeLineRequest& request) {
  return request.has_description() || request.has_quantity_milli() ||
         request.has_unit_price_minor() || request.has_hours_centi() || request.has_rate_minor() ||
         request.has_operation_code() || request.has_technician() || request.has_condition() ||
         request.has_warranty_months() || request.has_warranty_miles() || request.has_fee() ||
         request.has_vendor_invoice() || request.has_sublet_cost_minor();
}

// The hours and the words of a labour line, or what says them.
void CheckWork(const v1::AddLabourLineRequest& request, Shape& shape) {
  shape.OptionalValue("mode", request.mode(), *v1::LabourMode_descriptor());
  const bool named = !request.operation_code().empty();
  const bool clocked = request.mode() == v1::LABOUR_MODE_TIME_AND_MATERIALS;
  const bool fixed = request.mode() == v1::LABOUR_MODE_FIXED;
  if (named) {
    shape.Text("description", request.description(), kMaxDescription);
  } else {
    shape.RequiredText("description", request.description(), kMaxDescription);
  }
  const bool may_be_zero = named || clocked || fixed;
  shape.Range("hours_centi", request.hours_centi(), may_be_zero ? 0 : 1, kMaxHours);
  shape.Require("hours_centi", !clocked || request.hours_centi() == 0,
                "is not for TIME_AND_MATERIALS labour; clocked_seconds says how long it took");
  shape.Range("clocked_seconds", request.clocked_seconds(), 0, kMaxClockedSeconds);
  shape.Require("clocked_seconds", (request.clocked_seconds() > 0) == clocked,
                "is for TIME_AND_MATERIALS labour, which needs it");
  shape.Require("fixed_price_minor", request.has_fixed_price_minor() == fixed,
                "is for FIXED labour, which needs it");
  shape.Range("fixed_price_minor", request.fixed_price_minor(), 0, kMaxAmount);
}

}  // namespace

absl::Status CheckShape(const v1::ConfigureLocationRequest& request) {
  const v1::Location& location = request.location();
  Shape shape;
  shape.OptionalId<LocationId>("location.location_id", location.location_id());
  shape.RequiredText("location.name", location.name(), kMaxName);
  shape.RequiredText("location.time_zone", location.time_zone(), kMaxName);
  shape.Require("location.currency", Currency::Parse(location.currency()).ok(),
                "must be an ISO 4217 code in capitals, e.g. USD");
  CheckTaxRules("location.tax_rules", location.tax_rules(), shape);
  shape.Require(
      "location.tax_jurisdiction",
      location.tax_jurisdiction().empty() || IsJurisdictionCode(location.tax_jurisdiction()),
      "is no code such as US-CA/kern-county");
  shape.OptionalValue("location.tax_rounding", location.tax_rounding(),
                      *v1::TaxRounding_descriptor());
  CheckLabourRates(location, shape);
  CheckDefaultFees(location, shape);
  CheckOverage("location.overage", location.overage(), shape);
  shape.Text("location.jurisdiction", location.jurisdiction(), kMaxJurisdiction);
  shape.Range("location.estimate_valid_days", location.estimate_valid_days(), 0, kMaxValidDays);
  CheckConsentRules(location, shape);
  CheckCounterPolicies(location, shape);
  shape.Range("location.cash_increment_minor", location.cash_increment_minor(), 0,
              kMaxCashIncrement);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::OpenTicketRequest& request) {
  Shape shape;
  shape.Id<LocationId>("location_id", request.location_id());
  shape.NewId<TicketId>("ticket_id", request.ticket_id(), request.location_id());
  shape.Value("kind", request.kind(), *v1::TicketKind_descriptor());
  shape.Require("kind",
                request.kind() != v1::TICKET_KIND_CREDIT_MEMO &&
                    request.kind() != v1::TICKET_KIND_CORE_RETURN,
                "is issued by CreditService.IssueCreditMemo, never opened");
  shape.OptionalId<CustomerId>("customer_id", request.customer_id());
  shape.OptionalId<VehicleId>("vehicle_id", request.vehicle_id());
  shape.Range("odometer_in", request.odometer_in(), 0, kMaxOdometer);
  shape.Text("advisor", request.advisor(), kMaxSubject);
  shape.OptionalId<TicketId>("follows_ticket_id", request.follows_ticket_id());
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::AddJobRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.NewId<JobId>("job_id", request.job_id(), request.ticket_id());
  shape.RequiredText("title", request.title(), kMaxTitle);
  shape.Text("complaint", request.complaint(), kMaxStory);
  shape.Text("cause", request.cause(), kMaxStory);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::AddLabourLineRequest& request) {
  Shape shape;
  CheckNewLine(request, shape);
  shape.Id<JobId>("job_id", request.job_id());
  CheckWork(request, shape);
  shape.OptionalValue("labour_type", request.labour_type(), *v1::LabourType_descriptor());
  shape.Range("rate_minor", request.rate_minor(), 0, kMaxAmount);
  shape.Text("operation_code", request.operation_code(), kMaxOperationCode);
  shape.Text("technician", request.technician(), kMaxSubject);
  shape.Text("payer_kind", request.payer_kind(), kMaxOperationCode);
  CheckTechnicians(request.technicians(), 0, shape);
  CheckVehicleFacts(request.vehicle(), shape);
  CheckWarranty(request.warranty_months(), request.warranty_miles(), shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::AddPartLineRequest& request) {
  Shape shape;
  CheckNewLine(request, shape);
  shape.Id<JobId>("job_id", request.job_id());
  shape.Id<PartId>("part_id", request.part_id());
  shape.Range("quantity_milli", request.quantity_milli(), 1, kMaxQuantity);
  shape.Value("condition", request.condition(), *v1::PartCondition_descriptor());
  if (request.has_unit_price_minor()) {
    shape.Range("unit_price_minor", request.unit_price_minor(), 0, kMaxAmount);
    shape.RequiredText("price_reason", request.price_reason(), kMaxReason);
  } else {
    shape.Text("price_reason", request.price_reason(), kMaxReason);
  }
  shape.Text("vendor", request.vendor(), kMaxName);
  shape.Range("rim_tenths", request.rim_tenths(), 0, kMaxRimTenths);
  CheckWarranty(request.warranty_months(), request.warranty_miles(), shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::AddFeeLineRequest& request) {
  Shape shape;
  CheckNewLine(request, shape);
  shape.OptionalId<JobId>("job_id", request.job_id());
  shape.RequiredText("description", request.description(), kMaxDescription);
  const bool flat = request.fee().base() == v1::FeeRule::BASE_FLAT;
  shape.Range("quantity_milli", request.quantity_milli(), 0, flat ? kMaxQuantity : 0);
  CheckFeeRule("fee", request.fee(), shape);
  CheckFeeCategory("tax_category", request.tax_category(), shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::AddNoteLineRequest& request) {
  Shape shape;
  CheckNewLine(request, shape);
  shape.OptionalId<JobId>("job_id", request.job_id());
  shape.RequiredText("description", request.description(), kMaxDescription);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::ChangeLineRequest& request) {
  Shape shape;
  CheckLineOf(request, shape);
  shape.Require("line_id", ChangesSomething(request), "nothing to change was sent with it");
  if (request.has_description()) {
    shape.RequiredText("description", request.description(), kMaxDescription);
  }
  CheckChangedAmounts(request, shape);
  shape.Text("operation_code", request.operation_code(), kMaxOperationCode);
  shape.Text("technician", request.technician(), kMaxSubject);
  if (request.has_condition()) {
    shape.Value("condition", request.condition(), *v1::PartCondition_descriptor());
  }
  shape.Text("vendor_invoice", request.vendor_invoice(), kMaxName);
  shape.Range("sublet_cost_minor", request.sublet_cost_minor(), 0, kMaxAmount);
  CheckWarranty(request.warranty_months(), request.warranty_miles(), shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::RemoveLineRequest& request) {
  Shape shape;
  CheckLineOf(request, shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::DiscountLineRequest& request) {
  Shape shape;
  CheckLineOf(request, shape);
  CheckDiscount("discount", request.discount(), shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::DiscountTicketRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  CheckDiscount("discount", request.discount(), shape);
  shape.Require("coupons", request.coupons_size() <= kMaxCoupons, "has too many");
  for (int i = 0; i < request.coupons_size(); ++i) {
    CheckDiscount(absl::StrCat("coupons[", i, "]"), request.coupons(i), shape);
  }
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::AuthorizeJobRequest& request) {
  Shape shape;
  CheckDecision(request, shape);
  shape.Range("estimate_version", request.estimate_version(), 0, kMaxEstimates);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::DeclineJobRequest& request) {
  Shape shape;
  CheckRefusal(request, shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::DeferJobRequest& request) {
  Shape shape;
  CheckRefusal(request, shape);
  shape.Require("follow_up_at", request.has_follow_up_at(), "is missing: when to ask again");
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::StartJobRequest& request) {
  Shape shape;
  CheckJobOf(request, shape);
  shape.Text("technician", request.technician(), kMaxSubject);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::CompleteJobRequest& request) {
  Shape shape;
  CheckJobOf(request, shape);
  shape.Text("cause", request.cause(), kMaxStory);
  shape.Text("correction", request.correction(), kMaxStory);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::InvoiceTicketRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.Range("odometer_out", request.odometer_out(), 0, kMaxOdometer);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::VoidTicketRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.RequiredText("reason", request.reason(), kMaxReason);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::GetLocationRequest& request) {
  Shape shape;
  shape.Id<LocationId>("location_id", request.location_id());
  return shape.status();
}

absl::Status CheckShape(const v1::PresentEstimateRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  CheckContact("presented_to_ref", request.presented_to_ref(), shape);
  shape.OptionalValue("channel", request.channel(), *v1::AuthorizationChannel_descriptor());
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::CancelEstimateRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.RequiredText("reason", request.reason(), kMaxReason);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::ExpireEstimateRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::ConvertQuoteRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.NewId<TicketId>("new_ticket_id", request.new_ticket_id(), request.ticket_id());
  shape.Require("kind",
                request.kind() == v1::TICKET_KIND_REPAIR_ORDER ||
                    request.kind() == v1::TICKET_KIND_COUNTER_SALE,
                "of what a quote becomes is REPAIR_ORDER or COUNTER_SALE");
  shape.OptionalId<VehicleId>("vehicle_id", request.vehicle_id());
  shape.Range("odometer_in", request.odometer_in(), 0, kMaxOdometer);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::ScheduleJobRequest& request) {
  Shape shape;
  CheckJobOf(request, shape);
  const v1::Schedule& schedule = request.schedule();
  shape.Require("schedule.starts_at", schedule.has_starts_at(), "is missing");
  if (schedule.has_starts_at()) shape.Time("schedule.starts_at", schedule.starts_at());
  if (schedule.has_promised_at()) {
    shape.Time("schedule.promised_at", schedule.promised_at());
    shape.Require("schedule.promised_at",
                  FromTimestamp(schedule.starts_at()) <= FromTimestamp(schedule.promised_at()),
                  "is before starts_at");
  }
  shape.Text("schedule.technician", schedule.technician(), kMaxSubject);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::HoldJobRequest& request) {
  Shape shape;
  CheckJobOf(request, shape);
  shape.Value("kind", request.kind(), *v1::HoldKind_descriptor());
  shape.RequiredText("reason", request.reason(), kMaxReason);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::ResumeJobRequest& request) {
  Shape shape;
  CheckJobOf(request, shape);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::CheckQualityRequest& request) {
  Shape shape;
  CheckJobOf(request, shape);
  shape.Text("note", request.note(), kMaxReason);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::CancelJobRequest& request) {
  Shape shape;
  CheckJobOf(request, shape);
  shape.RequiredText("reason", request.reason(), kMaxReason);
  return Ended(request, shape);
}

absl::Status CheckShape(const v1::ExplainTicketRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.OptionalId<LineId>("line_id", request.line_id());
  return shape.status();
}

absl::Status CheckShape(const v1::GetEstimateRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.Range("number", request.number(), 0, kMaxEstimates);
  return shape.status();
}

absl::Status CheckShape(const v1::CompareEstimatesRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  shape.Range("from_version", request.from_version(), 0, kMaxEstimates);
  shape.Range("to_version", request.to_version(), 0, kMaxEstimates);
  return shape.status();
}

absl::Status CheckShape(const v1::GetConsentProofRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  return shape.status();
}

absl::Status CheckShape(const v1::GetTicketRequest& request) {
  Shape shape;
  shape.Id<TicketId>("ticket_id", request.ticket_id());
  if (request.has_at_time()) shape.Time("at_time", request.at_time());
  return shape.status();
}

absl::Status CheckShape(const v1::ListTicketsRequest& request) {
  Shape shape;
  shape.OptionalId<LocationId>("location_id", request.location_id());
  const bool everywhere =
      request.has_customer_id() || request.has_vehicle_id() || request.has_technician();
  shape.Require("location_id", everywhere || !request.location_id().empty(),
                "is missing; only a customer's, vehicle's or technician's tickets are listed "
                "across locations");
  if (request.has_stage()) {
    shape.Value("stage", request.stage(), *v1::DocumentStage_descriptor());
  }
  if (request.has_customer_id()) shape.Id<CustomerId>("customer_id", request.customer_id());
  if (request.has_vehicle_id()) shape.Id<VehicleId>("vehicle_id", request.vehicle_id());
  if (request.has_technician()) {
    shape.RequiredText("technician", request.technician(), kMaxSubject);
  }
  if (request.has_number()) shape.RequiredText("number", request.number(), kMaxNumber);
  return shape.status();
}

absl::Status CheckShape(const v1::GetPriceRequest& request) {
  Shape shape;
  shape.Id<PartId>("part_id", request.part_id());
  return shape.status();
}

}  // namespace pitlane::ticket
