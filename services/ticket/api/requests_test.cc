#include "services/ticket/api/requests.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "libs/rpc/errors.h"
#include "services/ticket/domain/testing_tickets.h"

namespace pitlane::ticket {
namespace {

template <class Request>
std::string WrongFields(const Request& request) {
  const absl::Status status = CheckShape(request);
  EXPECT_TRUE(status.ok() || rpc::HasReason(status, common::v1::FIELD_INVALID)) << status;
  std::string fields;
  for (const rpc::FieldViolation& violation : rpc::FieldViolations(status)) {
    if (!fields.empty()) fields += ' ';
    fields += violation.field;
  }
  return fields;
}

template <class Request>
struct Case {
  std::function<void(Request&)> spoil;
  const char* field;
};

// Each spoils one thing of a right request, and that field alone is named.
template <class Request>
void ExpectEachIsWrong(const Request& right, const std::vector<Case<Request>>& cases) {
  EXPECT_EQ(WrongFields(right), "");
  for (const Case<Request>& c : cases) {
    Request wrong = right;
    c.spoil(wrong);
    EXPECT_EQ(WrongFields(wrong), c.field);
  }
}

TEST(CheckShape, LocationsAreWhole) {
  v1::ConfigureLocationRequest right;
  *right.mutable_location() = TestLocation();
  using R = v1::ConfigureLocationRequest;
  ExpectEachIsWrong<R>(
      right,
      {{[](R& r) { r.mutable_location()->set_location_id("loc_1"); }, "location.location_id"},
       {[](R& r) { r.mutable_location()->clear_name(); }, "location.name"},
       {[](R& r) { r.mutable_location()->clear_time_zone(); }, "location.time_zone"},
       {[](R& r) { r.mutable_location()->set_currency("usd"); }, "location.currency"},
       {[](R& r) { r.mutable_location()->mutable_tax_rules(0)->set_rate_ppm(-1); },
        "location.tax_rules[0].rate_ppm"},
       {[](R& r) { r.mutable_location()->mutable_tax_rules(0)->clear_categories(); },
        "location.tax_rules[0].categories"},
       {[](R& r) { r.mutable_location()->mutable_tax_rules(0)->set_effective_from("2026-02-30"); },
        "location.tax_rules[0].effective_from"},
       {[](R& r) {
          r.mutable_location()->mutable_tax_rules(0)->set_effective_from("2026-02-02");
          r.mutable_location()->mutable_tax_rules(0)->set_effective_to("2026-02-01");
        },
        "location.tax_rules[0].effective_to"},
       {[](R& r) { r.mutable_location()->mutable_tax_rules(1)->set_rule_id("state"); },
        "location.tax_rules[1].rule_id"},
       {[](R& r) {
          *r.mutable_location()->add_tax_rules() = r.location().tax_rules(0);
          r.mutable_location()->mutable_tax_rules(2)->set_rule_id("state again");
        },
        "location.tax_rules[2]"},
       {[](R& r) { *r.mutable_location()->add_labour_rates() = r.location().labour_rates(0); },
        "location.labour_rates[1].labour_type"},
       {[](R& r) { r.mutable_location()->mutable_default_fees(0)->mutable_rule()->clear_base(); },
        "location.default_fees[0].rule.base"},
       {[](R& r) {
          r.mutable_location()->mutable_default_fees(0)->mutable_rule()->set_min_minor(9999);
        },
        "location.default_fees[0].rule.max_minor"},
       {[](R& r) {
          r.mutable_location()->mutable_default_fees(0)->set_tax_category(v1::TAX_CATEGORY_PART);
        },
        "location.default_fees[0].tax_category"},
       {[](R& r) {
          r.mutable_location()->mutable_overage()->set_rate_ppm(1);
          r.mutable_location()->mutable_overage()->set_amount_minor(1);
        },
        "location.overage.combine"},
       {[](R& r) { r.mutable_location()->set_cash_increment_minor(-5); },
        "location.cash_increment_minor"}});
}

TEST(CheckShape, RulesOfOneTaxMayFollowEachOtherInTime) {
  v1::ConfigureLocationRequest request;
  *request.mutable_location() = TestLocation();
  v1::Location& location = *request.mutable_location();
  *location.add_tax_rules() = location.tax_rules(0);
  location.mutable_tax_rules(0)->set_effective_to("2026-06-30");
  location.mutable_tax_rules(2)->set_rule_id("state-later");
  location.mutable_tax_rules(2)->set_effective_from("2026-07-01");
  EXPECT_EQ(WrongFields(request), "");
}

TEST(CheckShape, PartLinesAreWhole) {
  using R = v1::AddPartLineRequest;
  ExpectEachIsWrong<R>(
      TestAddPart(1, 2, 1000).request,
      {{[](R& r) { r.clear_ticket_id(); }, "ticket_id"},
       {[](R& r) { r.clear_job_id(); }, "job_id"},
       {[](R& r) { r.set_line_id("lin_01JGGZV1C0BCD0000000000006"); }, "line_id"},
       {[](R& r) { r.clear_part_id(); }, "part_id"},
       {[](R& r) { r.set_quantity_milli(0); }, "quantity_milli"},
       {[](R& r) { r.clear_condition(); }, "condition"},
       {[](R& r) { r.set_condition(static_cast<v1::PartCondition>(99)); }, "condition"},
       {[](R& r) { r.set_unit_price_minor(100); }, "price_reason"},
       {[](R& r) { r.set_warranty_months(-1); }, "warranty_months"}});
}

TEST(CheckShape, OtherLinesAreWhole) {
  ExpectEachIsWrong<v1::AddLabourLineRequest>(
      TestLabour(1, 2, 100),
      {{[](auto& r) { r.clear_description(); }, "description"},
       {[](auto& r) { r.set_hours_centi(0); }, "hours_centi"},
       {[](auto& r) { r.set_rate_minor(-1); }, "rate_minor"},
       {[](auto& r) { r.set_technician(std::string(201, 'x')); }, "technician"}});
  ExpectEachIsWrong<v1::AddFeeLineRequest>(
      TestFee(0, 2, 100),
      {{[](auto& r) { r.mutable_fee()->clear_base(); }, "fee.base"},
       {[](auto& r) {
          r.mutable_fee()->set_base(v1::FeeRule::BASE_PARTS);
          r.set_quantity_milli(1000);
        },
        "quantity_milli"},
       {[](auto& r) { r.set_tax_category(v1::TAX_CATEGORY_LABOUR); }, "tax_category"}});
}

TEST(CheckShape, ChangesSaySomethingAndWhy) {
  v1::ChangeLineRequest right;
  right.set_ticket_id(kTestTicket);
  right.set_line_id(TestLine(1));
  right.set_description("Other");
  ExpectEachIsWrong<v1::ChangeLineRequest>(
      right, {{[](auto& r) { r.clear_description(); }, "line_id"},
              {[](auto& r) { r.set_description(""); }, "description"},
              {[](auto& r) { r.set_unit_price_minor(1); }, "price_reason"},
              {[](auto& r) { r.set_quantity_milli(-1); }, "quantity_milli"}});
  v1::DiscountLineRequest discount;
  discount.set_ticket_id(kTestTicket);
  discount.set_line_id(TestLine(1));
  ExpectEachIsWrong<v1::DiscountLineRequest>(
      discount, {{[](auto& r) { r.mutable_discount()->set_amount_minor(1); }, "discount.reason"},
                 {[](auto& r) { r.mutable_discount()->set_rate_ppm(-1); },
                  "discount.rate_ppm discount.reason"}});
}

TEST(CheckShape, DecisionsSayWhyAndWhen) {
  ExpectEachIsWrong<v1::DeferJobRequest>(
      TestDefer(1), {{[](auto& r) { r.clear_follow_up_at(); }, "follow_up_at"},
                     {[](auto& r) { r.clear_reason(); }, "reason"},
                     {[](auto& r) { r.mutable_decided_at()->set_nanos(-1); }, "decided_at"}});
  ExpectEachIsWrong<v1::VoidTicketRequest>(
      TestVoid(), {{[](auto& r) { r.clear_reason(); }, "reason"},
                   {[](auto& r) { r.set_reason(std::string("a\0b", 3)); }, "reason"}});
}

TEST(CheckShape, CardNumbersNeverEnterWhateverTheField) {
  v1::AddJobRequest job = TestAddJob(1);
  job.set_complaint("card 4242 4242 4242 4242 exp 12/27");
  EXPECT_EQ(WrongFields(job), "complaint");
  v1::ConfigureLocationRequest location;
  *location.mutable_location() = TestLocation();
  location.mutable_location()->mutable_default_fees(1)->set_description("4242-4242-4242-4242");
  EXPECT_EQ(WrongFields(location), "location.default_fees[1].description");
  v1::AuthorizeJobRequest authorize = TestAuthorize(1);
  authorize.set_evidence_id("4000056655665556");
  EXPECT_EQ(WrongFields(authorize), "evidence_id");
  // Made by machines, and never shown to be one.
  job = TestAddJob(1);
  job.set_request_id("4242424242424242");
  EXPECT_EQ(WrongFields(job), "");
}

TEST(CheckShape, ListsNeedALocationOrWhoseTheyAre) {
  v1::ListTicketsRequest request;
  EXPECT_EQ(WrongFields(request), "location_id");
  request.set_number("RO-00001");
  EXPECT_EQ(WrongFields(request), "location_id");
  request.set_technician("technician-7");
  EXPECT_EQ(WrongFields(request), "");
  request.set_technician("");
  EXPECT_EQ(WrongFields(request), "technician");
  request.set_location_id(kTestLocation);
  request.set_stage(v1::DOCUMENT_STAGE_UNSPECIFIED);
  EXPECT_EQ(WrongFields(request), "stage");
}

TEST(CheckShape, ConsentRulesAreWholeAndOneADay) {
  v1::ConfigureLocationRequest right;
  *right.mutable_location() = TestLocation();
  right.mutable_location()->set_jurisdiction("US-OH");
  v1::ConsentRule& rule = *right.mutable_location()->add_consent_rules();
  rule.set_rule_id("us-oh-2025");
  rule.set_jurisdiction("US-OH");
  rule.set_citation("109:4-3-13");
  rule.set_effective_to("2025-12-31");
  rule.mutable_overage()->set_rate_ppm(100000);
  v1::ConsentRule& next = *right.mutable_location()->add_consent_rules();
  next = rule;
  next.set_rule_id("us-oh-2026");
  next.set_effective_from("2026-01-01");
  next.clear_effective_to();
  using R = v1::ConfigureLocationRequest;
  const auto first = [](R& r) { return r.mutable_location()->mutable_consent_rules(0); };
  ExpectEachIsWrong<R>(
      right,
      {{[&](R& r) { first(r)->clear_jurisdiction(); }, "location.consent_rules[0].jurisdiction"},
       {[&](R& r) { first(r)->clear_citation(); }, "location.consent_rules[0].citation"},
       {[&](R& r) { first(r)->set_effective_to("2026-01-01"); }, "location.consent_rules[1]"},
       {[&](R& r) { first(r)->set_effective_from("2026-01-01"); },
        "location.consent_rules[0].effective_to"},
       {[&](R& r) { first(r)->set_rule_id("us-oh-2026"); }, "location.consent_rules[1].rule_id"},
       {[&](R& r) { first(r)->mutable_overage()->set_amount_minor(1); },
        "location.consent_rules[0].overage.combine"},
       {[&](R& r) { first(r)->set_written_estimate_from_minor(-1); },
        "location.consent_rules[0].written_estimate_from_minor"},
       {[](R& r) { r.mutable_location()->set_jurisdiction("a jurisdiction too long"); },
        "location.jurisdiction"},
       {[](R& r) { r.mutable_location()->set_estimate_valid_days(-1); },
        "location.estimate_valid_days"}});
}

TEST(CheckShape, SchedulesAndHoldsSayWhatTheyMust) {
  ScheduleJob schedule = TestSchedule(1);
  schedule.mutable_schedule()->mutable_promised_at()->set_seconds(1768550401);
  using R = v1::ScheduleJobRequest;
  ExpectEachIsWrong<R>(
      schedule,
      {{[](R& r) { r.mutable_schedule()->clear_starts_at(); }, "schedule.starts_at"},
       {[](R& r) { r.mutable_schedule()->mutable_promised_at()->set_seconds(1768550399); },
        "schedule.promised_at"},
       {[](R& r) { r.mutable_schedule()->set_technician(std::string(201, 'x')); },
        "schedule.technician"}});
  using H = v1::HoldJobRequest;
  ExpectEachIsWrong<H>(TestHold(1),
                       {{[](H& r) { r.clear_kind(); }, "kind"},
                        {[](H& r) { r.clear_reason(); }, "reason"},
                        {[](H& r) { r.set_reason("card 4111111111111111"); }, "reason"}});
}

TEST(CheckShape, QuotesBecomeWhatIsSold) {
  using R = v1::ConvertQuoteRequest;
  ExpectEachIsWrong<R>(TestConvert(v1::TICKET_KIND_COUNTER_SALE).request,
                       {{[](R& r) { r.set_kind(v1::TICKET_KIND_QUOTE); }, "kind"},
                        {[](R& r) { r.clear_kind(); }, "kind"},
                        {[](R& r) { r.set_new_ticket_id("tkt_1"); }, "new_ticket_id"},
                        {[](R& r) { r.set_odometer_in(-1); }, "odometer_in"}});
}

// The number itself is personal data; a reference to it is not.
TEST(CheckShape, ContactsAreReferences) {
  using R = v1::AuthorizeJobRequest;
  ExpectEachIsWrong<R>(TestAuthorize(1),
                       {{[](R& r) { r.set_contact_ref("+1 (555) 010-4477"); }, "contact_ref"},
                        {[](R& r) { r.set_contact_ref("ann@example.org"); }, "contact_ref"},
                        {[](R& r) { r.set_estimate_version(-1); }, "estimate_version"}});
}

}  // namespace
}  // namespace pitlane::ticket
