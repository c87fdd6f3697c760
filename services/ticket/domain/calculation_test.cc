#include "services/ticket/domain/calculation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "libs/base/status_matchers.h"
#include "services/ticket/domain/testing_tickets.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {
namespace {

using ::testing::ElementsAre;

constexpr char kDate[] = "2026-01-15";

v1::Line Labour(int id, int32_t hours_centi, int64_t rate_minor) {
  v1::Line line;
  line.set_line_id(TestLine(id));
  line.set_kind(v1::LINE_KIND_LABOUR);
  line.set_tax_category(v1::TAX_CATEGORY_LABOUR);
  line.set_hours_centi(hours_centi);
  line.set_rate_minor(rate_minor);
  return line;
}

v1::Line Part(int id, int64_t quantity_milli, int64_t price_minor) {
  v1::Line line;
  line.set_line_id(TestLine(id));
  line.set_kind(v1::LINE_KIND_PART);
  line.set_tax_category(v1::TAX_CATEGORY_PART);
  line.set_quantity_milli(quantity_milli);
  line.set_unit_price_minor(price_minor);
  return line;
}

v1::Line Core(int id, int64_t quantity_milli, int64_t price_minor) {
  v1::Line line = Part(id, quantity_milli, price_minor);
  line.set_kind(v1::LINE_KIND_CORE);
  line.set_tax_category(v1::TAX_CATEGORY_CORE);
  return line;
}

v1::Line PercentageFee(int id, v1::FeeRule::Base base, int64_t rate_ppm) {
  v1::Line line;
  line.set_line_id(TestLine(id));
  line.set_kind(v1::LINE_KIND_FEE);
  line.set_tax_category(v1::TAX_CATEGORY_SUPPLIES);
  line.set_quantity_milli(1000);
  line.mutable_fee()->set_base(base);
  line.mutable_fee()->set_rate_ppm(rate_ppm);
  return line;
}

v1::Line FlatFee(int id, int64_t quantity_milli, int64_t amount_minor) {
  v1::Line line = PercentageFee(id, v1::FeeRule::BASE_FLAT, 0);
  line.set_tax_category(v1::TAX_CATEGORY_FEE);
  line.set_quantity_milli(quantity_milli);
  line.mutable_fee()->set_unit_amount_minor(amount_minor);
  return line;
}

v1::Job& AddJobTo(v1::Ticket& ticket, v1::JobStatus status, std::vector<v1::Line> lines) {
  v1::Job& job = *ticket.add_jobs();
  job.set_job_id(TestJob(ticket.jobs_size()));
  job.set_status(status);
  for (v1::Line& line : lines) {
    line.set_job_id(job.job_id());
    *job.add_lines() = line;
  }
  return job;
}

// The domain handbook's worked ticket, 3.6; prices as its matrices give them.
v1::Ticket T1() {
  v1::Ticket ticket;
  v1::Line a_labour = Labour(1, 180, 14500);
  a_labour.mutable_discount()->set_rate_ppm(100000);
  AddJobTo(ticket, v1::JOB_STATUS_COMPLETE, {a_labour, Part(2, 1000, 8460), Part(3, 2000, 11624)});
  AddJobTo(ticket, v1::JOB_STATUS_COMPLETE,
           {Labour(4, 140, 14500), Part(5, 1000, 29531), Core(6, 1000, 4500)});
  AddJobTo(ticket, v1::JOB_STATUS_DECLINED, {Part(7, 1000, 2499)});
  v1::Line supplies = PercentageFee(8, v1::FeeRule::BASE_LABOUR_AND_PARTS, 60000);
  supplies.mutable_fee()->set_max_minor(3500);
  *ticket.add_lines() = supplies;
  *ticket.add_lines() = FlatFee(9, 1000, 450);
  ticket.mutable_discount()->set_amount_minor(2000);
  return ticket;
}

v1::Calculation Calculated(const v1::Ticket& ticket, const v1::Location& location = TestLocation(),
                           Counting counting = Counting::kEstimate, std::string_view date = kDate) {
  auto calculation = Calculate(ticket, location, date, counting);
  EXPECT_THAT(calculation, IsOk());
  return calculation.ok() ? *calculation : v1::Calculation();
}

// The calculated amounts in document order.
template <class Field>
std::vector<int64_t> Column(const v1::Ticket& ticket, const v1::Calculation& calculation,
                            Field field) {
  std::vector<int64_t> values;
  const auto add = [&](const v1::Line& line) {
    const auto found = calculation.lines().find(line.line_id());
    if (found != calculation.lines().end()) values.push_back((found->second.*field)());
  };
  for (const v1::Job& job : ticket.jobs()) {
    for (const v1::Line& line : job.lines()) add(line);
  }
  for (const v1::Line& line : ticket.lines()) add(line);
  return values;
}

TEST(Calculation, WorkedTicketT1ComesOutToTheCent) {
  const v1::Ticket ticket = T1();
  const v1::Calculation calculation = Calculated(ticket);
  EXPECT_THAT(Column(ticket, calculation, &v1::LineAmounts::gross_minor),
              ElementsAre(26100, 8460, 23248, 20300, 29531, 4500, 3500, 450));
  EXPECT_THAT(Column(ticket, calculation, &v1::LineAmounts::line_discount_minor),
              ElementsAre(2610, 0, 0, 0, 0, 0, 0, 0));
  EXPECT_THAT(Column(ticket, calculation, &v1::LineAmounts::ticket_discount_minor),
              ElementsAre(447, 161, 443, 387, 562, 0, 0, 0));
  EXPECT_THAT(Column(ticket, calculation, &v1::LineAmounts::net_minor),
              ElementsAre(23043, 8299, 22805, 19913, 28969, 4500, 3500, 450));
  EXPECT_THAT(Column(ticket, calculation, &v1::LineAmounts::tax_minor),
              ElementsAre(0, 685, 1881, 0, 2390, 371, 289, 0));
  const v1::Totals& totals = calculation.totals();
  EXPECT_EQ(totals.labour_net_minor(), 42956);
  EXPECT_EQ(totals.parts_net_minor(), 60073);
  EXPECT_EQ(totals.labour_net_minor() + totals.parts_net_minor(), 103029);
  EXPECT_EQ(totals.fees_net_minor(), 3950);
  EXPECT_EQ(totals.cores_net_minor(), 4500);
  EXPECT_EQ(totals.discount_minor(), 4610);
  ASSERT_EQ(totals.taxes_size(), 2);
  EXPECT_EQ(totals.taxes(0).authority(), "State");
  EXPECT_EQ(totals.taxes(0).base_minor(), 68073);
  EXPECT_EQ(totals.taxes(0).tax_minor(), 4255);
  EXPECT_EQ(totals.taxes(1).authority(), "City");
  EXPECT_EQ(totals.taxes(1).tax_minor(), 1361);
  EXPECT_EQ(totals.tax_minor(), 5616);
  EXPECT_EQ(totals.total_minor(), 117095);
}

TEST(Calculation, LinesCarryEachAuthoritysShare) {
  const v1::Ticket ticket = T1();
  const v1::Calculation calculation = Calculated(ticket);
  const v1::LineAmounts& pads = calculation.lines().at(TestLine(2));
  ASSERT_EQ(pads.taxes_size(), 2);
  EXPECT_EQ(pads.taxes(0).rule_id(), "state");
  EXPECT_EQ(pads.taxes(0).base_minor(), 8299);
  EXPECT_EQ(pads.taxes(0).tax_minor(), 519);
  EXPECT_EQ(pads.taxes(1).rule_id(), "local");
  EXPECT_EQ(pads.taxes(1).tax_minor(), 166);
  EXPECT_EQ(calculation.lines().at(TestLine(1)).taxes_size(), 0);
}

// Handbook 4.3: 1.48 x 4, 1.52, 1.54, 0.39 at 21 %.
TEST(Calculation, DocumentAndLineRoundingDifferByTheHandbooksCent) {
  v1::Ticket ticket;
  AddJobTo(ticket, v1::JOB_STATUS_PROPOSED,
           {Part(1, 4000, 148), Part(2, 1000, 152), Part(3, 1000, 154), Part(4, 1000, 39)});
  v1::Location location;
  v1::TaxRule& rule = *location.add_tax_rules();
  rule.set_authority("VAT");
  rule.set_rate_ppm(210000);
  rule.add_categories(v1::TAX_CATEGORY_PART);
  location.set_tax_rounding(v1::TAX_ROUNDING_DOCUMENT);
  EXPECT_EQ(Calculated(ticket, location).totals().tax_minor(), 197);
  location.set_tax_rounding(v1::TAX_ROUNDING_LINE);
  const v1::Calculation by_line = Calculated(ticket, location);
  EXPECT_EQ(by_line.totals().tax_minor(), 196);
  EXPECT_THAT(Column(ticket, by_line, &v1::LineAmounts::tax_minor), ElementsAre(124, 32, 32, 8));
}

TEST(Calculation, RulesOfOneAuthorityAndRateAreRoundedTogether) {
  v1::Ticket ticket;
  AddJobTo(ticket, v1::JOB_STATUS_PROPOSED, {Part(1, 1000, 50), Core(2, 1000, 50)});
  v1::Location location;
  for (const auto category : {v1::TAX_CATEGORY_PART, v1::TAX_CATEGORY_CORE}) {
    v1::TaxRule& rule = *location.add_tax_rules();
    rule.set_rule_id(v1::TaxCategory_Name(category));
    rule.set_authority("State");
    rule.set_rate_ppm(10000);
    rule.add_categories(category);
  }
  const v1::Calculation calculation = Calculated(ticket, location);
  ASSERT_EQ(calculation.totals().taxes_size(), 1);
  EXPECT_EQ(calculation.totals().taxes(0).base_minor(), 100);
  EXPECT_EQ(calculation.totals().tax_minor(), 1);  // not 0.5 rounded up twice
  EXPECT_EQ(calculation.lines().at(TestLine(1)).tax_minor(), 1);
  EXPECT_EQ(calculation.lines().at(TestLine(2)).taxes(0).rule_id(), "TAX_CATEGORY_CORE");
}

TEST(Calculation, OnlyRulesInForceOnTheDateTax) {
  v1::Ticket ticket;
  AddJobTo(ticket, v1::JOB_STATUS_PROPOSED, {Part(1, 1000, 10000)});
  v1::Location location = TestLocation();
  location.mutable_tax_rules(0)->set_effective_to("2026-01-15");
  v1::TaxRule& next = *location.add_tax_rules();
  next = location.tax_rules(0);
  next.set_rate_ppm(70000);
  next.set_effective_from("2026-01-16");
  next.clear_effective_to();
  EXPECT_EQ(Calculated(ticket, location, Counting::kEstimate, "2026-01-15").totals().tax_minor(),
            825);
  EXPECT_EQ(Calculated(ticket, location, Counting::kEstimate, "2026-01-16").totals().tax_minor(),
            900);
}

TEST(Calculation, WhatCountsDependsOnTheJobsStatus) {
  v1::Ticket ticket;
  int line = 0;
  for (const v1::JobStatus status :
       {v1::JOB_STATUS_PROPOSED, v1::JOB_STATUS_AUTHORIZED, v1::JOB_STATUS_IN_PROGRESS,
        v1::JOB_STATUS_COMPLETE, v1::JOB_STATUS_DECLINED, v1::JOB_STATUS_DEFERRED}) {
    ++line;
    AddJobTo(ticket, status, {Part(line, 1000, 1 << line)});
  }
  EXPECT_EQ(Calculated(ticket).totals().parts_net_minor(), 2 + 4 + 8 + 16);
  EXPECT_EQ(Calculated(ticket, TestLocation(), Counting::kInvoice).totals().parts_net_minor(),
            4 + 8 + 16);
}

TEST(Calculation, DiscountTakesTheAmountFirstAndNeverMoreThanAll) {
  v1::Discount discount;
  discount.set_amount_minor(1000);
  discount.set_rate_ppm(100000);
  EXPECT_THAT(DiscountOn(discount, 5000), IsOkAndHolds(1400));
  EXPECT_THAT(DiscountOn(discount, 700), IsOkAndHolds(700));
  EXPECT_THAT(DiscountOn(discount, 0), IsOkAndHolds(0));
}

TEST(Calculation, TicketDiscountSparesFeesAndCoresAndStopsAtWhatIsThere) {
  v1::Ticket ticket;
  AddJobTo(ticket, v1::JOB_STATUS_PROPOSED,
           {Part(1, 1000, 1000), Core(2, 1000, 500), FlatFee(3, 1000, 300)});
  ticket.mutable_discount()->set_amount_minor(5000);
  const v1::Calculation calculation = Calculated(ticket);
  EXPECT_THAT(Column(ticket, calculation, &v1::LineAmounts::net_minor), ElementsAre(0, 500, 300));
}

TEST(Calculation, PercentageFeeIsAShareOfNetAmountsWithinItsBounds) {
  v1::Ticket ticket;
  AddJobTo(ticket, v1::JOB_STATUS_PROPOSED, {Labour(1, 100, 10000), Part(2, 1000, 20000)});
  ticket.mutable_discount()->set_rate_ppm(100000);
  *ticket.add_lines() = PercentageFee(3, v1::FeeRule::BASE_LABOUR, 50000);
  *ticket.add_lines() = PercentageFee(4, v1::FeeRule::BASE_PARTS, 50000);
  *ticket.add_lines() = PercentageFee(5, v1::FeeRule::BASE_LABOUR_AND_PARTS, 50000);
  v1::Line floor = PercentageFee(6, v1::FeeRule::BASE_LABOUR, 50000);
  floor.mutable_fee()->set_min_minor(1000);
  *ticket.add_lines() = floor;
  const v1::Calculation calculation = Calculated(ticket);
  EXPECT_THAT(Column(ticket, calculation, &v1::LineAmounts::gross_minor),
              ElementsAre(10000, 20000, 450, 900, 1350, 1000));
}

TEST(Calculation, PercentageFeeOfAJobIsAShareOfThatJob) {
  v1::Ticket ticket;
  AddJobTo(ticket, v1::JOB_STATUS_PROPOSED, {Part(1, 1000, 20000)});
  AddJobTo(ticket, v1::JOB_STATUS_PROPOSED,
           {Part(2, 1000, 10000), PercentageFee(3, v1::FeeRule::BASE_PARTS, 100000)});
  EXPECT_EQ(Calculated(ticket).lines().at(TestLine(3)).gross_minor(), 1000);
}

TEST(Calculation, ShareOfNothingIsNothingWhateverTheLowerBound) {
  v1::Ticket ticket;
  v1::Line fee = PercentageFee(1, v1::FeeRule::BASE_LABOUR_AND_PARTS, 50000);
  fee.mutable_fee()->set_min_minor(1000);
  *ticket.add_lines() = fee;
  EXPECT_EQ(Calculated(ticket).totals().total_minor(), 0);
}

TEST(Calculation, NotesGetNoAmounts) {
  v1::Ticket ticket;
  v1::Line note;
  note.set_line_id(TestLine(1));
  note.set_kind(v1::LINE_KIND_NOTE);
  AddJobTo(ticket, v1::JOB_STATUS_PROPOSED, {note});
  EXPECT_EQ(Calculated(ticket).lines_size(), 0);
}

TEST(Calculation, AmountThatDoesNotFitIsAnError) {
  v1::Ticket ticket;
  AddJobTo(ticket, v1::JOB_STATUS_PROPOSED, {Part(1, 1'000'000'000'000, 1'000'000'000'000)});
  EXPECT_THAT(Calculate(ticket, TestLocation(), kDate, Counting::kEstimate),
              StatusIs(absl::StatusCode::kOutOfRange));
}

// Handbook 2.5, ceilings for an estimate of 600.00.
TEST(OverageCeiling, StatesOfTheHandbookAllowWhatTheyAllow) {
  struct Case {
    const char* where;
    const char* policy;
    int64_t ceiling;
  };
  const std::vector<Case> cases = {
      {"California", "", 60000},
      {"Florida", "rate_ppm: 100000 amount_minor: 1000 combine: COMBINE_LARGER cap_minor: 5000",
       65000},
      {"Michigan", "rate_ppm: 100000 amount_minor: 1000 combine: COMBINE_LESSER", 61000},
      {"Massachusetts", "amount_minor: 1000", 61000},
      {"Colorado", "rate_ppm: 100000 amount_minor: 2500 combine: COMBINE_LESSER", 62500},
      {"Ohio", "rate_ppm: 100000", 66000},
      {"Washington", "rate_ppm: 100000 before_tax: true", 66000},
  };
  for (const Case& c : cases) {
    v1::OveragePolicy policy;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(c.policy, &policy));
    EXPECT_THAT(OverageCeiling(policy, 60000), IsOkAndHolds(c.ceiling)) << c.where;
  }
}

// Any ticket that commands can make, small enough to read when it fails.
v1::Discount AnyDiscount() {
  v1::Discount discount;
  if (*rc::gen::arbitrary<bool>()) discount.set_amount_minor(*rc::gen::inRange<int64_t>(0, 5000));
  if (*rc::gen::arbitrary<bool>()) discount.set_rate_ppm(*rc::gen::inRange<int64_t>(0, 1000001));
  return discount;
}

v1::Line AnyLine(int id) {
  switch (*rc::gen::inRange(0, 5)) {
    case 0: {
      v1::Line line = Labour(id, *rc::gen::inRange(1, 1000), *rc::gen::inRange<int64_t>(0, 20000));
      *line.mutable_discount() = AnyDiscount();
      return line;
    }
    case 1: {
      v1::Line line =
          Part(id, *rc::gen::inRange<int64_t>(1, 10000), *rc::gen::inRange<int64_t>(0, 20000));
      *line.mutable_discount() = AnyDiscount();
      return line;
    }
    case 2:
      return Core(id, *rc::gen::inRange<int64_t>(1, 4000), *rc::gen::inRange<int64_t>(0, 20000));
    case 3:
      return FlatFee(id, *rc::gen::inRange<int64_t>(1, 4000), *rc::gen::inRange<int64_t>(0, 900));
    case 4:
      return PercentageFee(id,
                           static_cast<v1::FeeRule::Base>(*rc::gen::inRange<int>(
                               v1::FeeRule::BASE_LABOUR, v1::FeeRule::Base_MAX + 1)),
                           *rc::gen::inRange<int64_t>(0, 200000));
  }
  return {};
}

v1::Ticket AnyTicket() {
  v1::Ticket ticket;
  int id = 0;
  const int jobs = *rc::gen::inRange(0, 4);
  for (int i = 0; i < jobs; ++i) {
    std::vector<v1::Line> lines(*rc::gen::inRange<size_t>(0, 5));
    for (v1::Line& line : lines) line = AnyLine(++id);
    AddJobTo(ticket, static_cast<v1::JobStatus>(*rc::gen::inRange<int>(1, v1::JobStatus_MAX + 1)),
             lines);
  }
  const int own = *rc::gen::inRange(0, 3);
  for (int i = 0; i < own; ++i) {
    *ticket.add_lines() = *rc::gen::arbitrary<bool>()
                              ? FlatFee(++id, 1000, 450)
                              : PercentageFee(++id, v1::FeeRule::BASE_PARTS, 60000);
  }
  *ticket.mutable_discount() = AnyDiscount();
  return ticket;
}

v1::Location AnyLocation() {
  v1::Location location = TestLocation();
  location.set_tax_rounding(*rc::gen::arbitrary<bool>() ? v1::TAX_ROUNDING_DOCUMENT
                                                        : v1::TAX_ROUNDING_LINE);
  for (v1::TaxRule& rule : *location.mutable_tax_rules()) {
    rule.set_rate_ppm(*rc::gen::inRange<int64_t>(0, 300000));
    if (*rc::gen::arbitrary<bool>()) rule.add_categories(v1::TAX_CATEGORY_LABOUR);
  }
  return location;
}

Counting AnyCounting() {
  return *rc::gen::arbitrary<bool>() ? Counting::kEstimate : Counting::kInvoice;
}

RC_GTEST_PROP(CalculationProperty, NetsAndTaxesSumToTheTotal, ()) {
  const v1::Ticket ticket = AnyTicket();
  const auto calculation = Calculate(ticket, AnyLocation(), kDate, AnyCounting());
  RC_ASSERT(calculation.ok());
  const v1::Totals& totals = calculation->totals();
  int64_t net = 0;
  int64_t tax = 0;
  for (const auto& [id, amounts] : calculation->lines()) {
    RC_ASSERT(amounts.net_minor() >= 0);
    RC_ASSERT(amounts.net_minor() == amounts.gross_minor() - amounts.line_discount_minor() -
                                         amounts.ticket_discount_minor());
    int64_t line_tax = 0;
    for (const v1::TaxAmount& amount : amounts.taxes()) line_tax += amount.tax_minor();
    RC_ASSERT(line_tax == amounts.tax_minor());
    net += amounts.net_minor();
    tax += amounts.tax_minor();
  }
  RC_ASSERT(net + tax == totals.total_minor());
  RC_ASSERT(tax == totals.tax_minor());
  RC_ASSERT(net == totals.labour_net_minor() + totals.parts_net_minor() + totals.fees_net_minor() +
                       totals.cores_net_minor());
  int64_t by_authority = 0;
  for (const v1::TaxAmount& amount : totals.taxes()) by_authority += amount.tax_minor();
  RC_ASSERT(by_authority == totals.tax_minor());
}

RC_GTEST_PROP(CalculationProperty, SharesOfTheTicketDiscountConserveIt, ()) {
  const v1::Ticket ticket = AnyTicket();
  const Counting counting = AnyCounting();
  const auto calculation = Calculate(ticket, TestLocation(), kDate, counting);
  RC_ASSERT(calculation.ok());
  int64_t eligible = 0;
  int64_t shared = 0;
  for (const auto& [id, amounts] : calculation->lines()) {
    const v1::LineKind kind = FindLine(ticket, id).line->kind();
    shared += amounts.ticket_discount_minor();
    if (kind == v1::LINE_KIND_LABOUR || kind == v1::LINE_KIND_PART) {
      eligible += amounts.gross_minor() - amounts.line_discount_minor();
    } else {
      RC_ASSERT(amounts.ticket_discount_minor() == 0);
    }
  }
  const auto discount = DiscountOn(ticket.discount(), eligible);
  RC_ASSERT(discount.ok());
  RC_ASSERT(shared == *discount);
}

RC_GTEST_PROP(CalculationProperty, IdsDoNotMatter, ()) {
  const v1::Ticket ticket = AnyTicket();
  const v1::Location location = AnyLocation();
  const Counting counting = AnyCounting();
  v1::Ticket renamed = ticket;
  int id = 0;
  const auto rename = [&id](v1::Line& line) { line.set_line_id(TestLine(9999 - ++id)); };
  for (v1::Job& job : *renamed.mutable_jobs()) {
    job.set_job_id(TestJob(9999 - ++id));
    for (v1::Line& line : *job.mutable_lines()) rename(line);
  }
  for (v1::Line& line : *renamed.mutable_lines()) rename(line);
  const auto before = Calculate(ticket, location, kDate, counting);
  const auto after = Calculate(renamed, location, kDate, counting);
  RC_ASSERT(before.ok() && after.ok());
  RC_ASSERT(Column(ticket, *before, &v1::LineAmounts::net_minor) ==
            Column(renamed, *after, &v1::LineAmounts::net_minor));
  RC_ASSERT(Column(ticket, *before, &v1::LineAmounts::tax_minor) ==
            Column(renamed, *after, &v1::LineAmounts::tax_minor));
}

}  // namespace
}  // namespace pitlane::ticket
