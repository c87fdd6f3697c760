#include "services/ticket/domain/tax.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/tax_jurisdiction.h"
#include "services/ticket/domain/testing_taxes.h"

namespace pitlane::ticket {
namespace {

using ::testing::ElementsAre;

// ---- places ----

TEST(TaxPlace, RulesOfAllPlacesAddUpAndEachSaysWhoseItIs) {
  const TaxCase setup{
      .places = {Place("US-CA", 72500), Place("US-CA/los-angeles-county/culver-city", 35000)}};
  const v1::Calculation calculation = Calculated(TicketOf({Part(1, 10000)}), setup);
  ASSERT_EQ(calculation.totals().taxes_size(), 2);
  EXPECT_EQ(calculation.totals().taxes(0).tax_minor(), 725);
  EXPECT_EQ(calculation.totals().taxes(1).tax_minor(), 350);
  EXPECT_EQ(calculation.totals().taxes(1).jurisdiction(), "US-CA/los-angeles-county/culver-city");
  EXPECT_EQ(calculation.lines().at(TestLine(1)).taxes(0).jurisdiction(), "US-CA");
}

TEST(TaxPlace, LocationsOwnRulesDoNotCountWhereAJurisdictionDoes) {
  TaxCase setup{.location = TestLocation(), .places = {Place("US-CA", 72500)}};
  EXPECT_EQ(TaxOf(TicketOf({Part(1, 10000)}), setup), 725);
  setup.places.clear();
  EXPECT_EQ(TaxOf(TicketOf({Part(1, 10000)}), setup), 825);
}

TEST(TaxPlace, NothingAbovePlacesThatStandAlone) {
  const TaxCase setup{.places = {Place("ES", 210000), Place("ES-GC", 70000, "stands_alone: true")}};
  EXPECT_EQ(TaxOf(TicketOf({Part(1, 10000)}), setup), 700);
}

TEST(TaxPlace, TheLowestPlaceThatSaysSomethingDecidesTheRounding) {
  TaxCase setup{
      .places = {Place("US-CA", 50000, "rounding: TAX_ROUNDING_LINE"), Place("US-CA/x", 0)}};
  const v1::Ticket ticket = TicketOf({Part(1, 50), Part(2, 50)});
  EXPECT_EQ(TaxOf(ticket, setup), 6);  // 2.5 cents are 3 on each line
  setup.places[1].set_rounding(v1::TAX_ROUNDING_DOCUMENT);
  EXPECT_EQ(TaxOf(ticket, setup), 5);
}

TEST(TaxPlace, CodesAreWithinWhatTheyBeginWith) {
  EXPECT_TRUE(IsWithin("US-CA/kern-county/shafter", "US-CA/kern-county"));
  EXPECT_TRUE(IsWithin("US-CA/kern-county", "US"));
  EXPECT_TRUE(IsWithin("US-CA", "US-CA"));
  EXPECT_FALSE(IsWithin("US-CA/kern-county", "US-CA/kern"));
  EXPECT_FALSE(IsWithin("US", "US-CA"));
  EXPECT_FALSE(IsWithin("US-CA/kern-county", ""));
  EXPECT_THAT(PlacesOf("US-CA/kern-county/shafter"),
              ElementsAre("US", "US-CA", "US-CA/kern-county", "US-CA/kern-county/shafter"));
  EXPECT_THAT(PlacesOf("DE"), ElementsAre("DE"));
  EXPECT_TRUE(PlacesOf("").empty());
  for (const char* wrong : {"", "us-ca", "US-", "US-ABCD", "US-CA/", "US-CA/Kern", "US-CA//x"}) {
    EXPECT_FALSE(IsJurisdictionCode(wrong)) << wrong;
  }
  for (const char* right : {"US", "US-CA", "GB-1", "US-CA/kern-county/shafter", "DE/x"}) {
    EXPECT_TRUE(IsJurisdictionCode(right)) << right;
  }
}

TEST(TaxPlace, DualTaxesGoToTheirOwnAccounts) {
  TaxCase setup{.places = {Place("CA", 50000), Place("CA-SK", 60000)}};
  setup.places[0].mutable_rules(0)->set_liability_account("gst-payable");
  setup.places[1].mutable_rules(0)->set_liability_account("pst-payable");
  const v1::Calculation calculation = Calculated(TicketOf({Part(1, 10000)}), setup);
  EXPECT_EQ(calculation.totals().taxes(0).liability_account(), "gst-payable");
  EXPECT_EQ(calculation.totals().taxes(0).tax_minor(), 500);
  EXPECT_EQ(calculation.totals().taxes(1).liability_account(), "pst-payable");
  EXPECT_EQ(calculation.lines().at(TestLine(1)).taxes(1).liability_account(), "pst-payable");
}

TEST(TaxPlace, RuleOfTheDayCounts) {
  TaxCase setup{.places = {FromText<v1::TaxJurisdiction>(R"pb(
                  code: "DE"
                  rules {
                    rule_id: "until"
                    authority: "DE"
                    rate_ppm: 160000
                    categories: TAX_CATEGORY_PART
                    effective_to: "2020-12-31"
                  }
                  rules {
                    rule_id: "from"
                    authority: "DE"
                    rate_ppm: 190000
                    categories: TAX_CATEGORY_PART
                    effective_from: "2021-01-01"
                  }
                )pb")}};
  EXPECT_EQ(TaxOf(TicketOf({Part(1, 10000)}), setup, "2020-12-31"), 1600);
  EXPECT_EQ(TaxOf(TicketOf({Part(1, 10000)}), setup, "2021-01-01"), 1900);
}

// ---- handbook 4.2 ----

TaxCase LabourPlace(const std::string& pattern) {
  return {.places = {Place(
              "US-XX", 100000,
              absl::StrCat("labour { rule_id: 'l' pattern: LABOUR_TAX_PATTERN_", pattern, " }"))}};
}

TEST(TaxPattern, LabourStatedSeparatelyIsExemptInCalifornia) {
  EXPECT_EQ(TaxOf(TicketOf({Labour(1, 1000), Part(2, 2000)}), LabourPlace("EXEMPT_IF_SEPARATE")),
            200);
}

TEST(TaxPattern, LabourIsTaxedInNewYork) {
  EXPECT_EQ(TaxOf(TicketOf({Labour(1, 1000), Part(2, 2000)}), LabourPlace("TAXABLE")), 300);
}

TEST(TaxPattern, AnyPartTaxesTheLabourOfItsJobInFlorida) {
  const TaxCase florida = LabourPlace("TAXABLE_IF_PARTS_SUPPLIED");
  EXPECT_EQ(TaxOf(TicketOf({Labour(1, 1000)}), florida), 0);
  v1::Ticket ticket = TicketOf({Labour(1, 1000), Part(2, 2000)});
  EXPECT_EQ(TaxOf(ticket, florida), 300);
  v1::Job& other = *ticket.add_jobs();
  other.set_status(v1::JOB_STATUS_COMPLETE);
  *other.add_lines() = Labour(3, 5000);
  EXPECT_EQ(TaxOf(ticket, florida), 300);
}

TEST(TaxPattern, FabricationIsTaxedWhereRepairLabourIsNot) {
  TaxCase california = LabourPlace("EXEMPT_IF_SEPARATE");
  california.places[0].mutable_rules(0)->add_categories(v1::TAX_CATEGORY_FABRICATION);
  v1::Line making = Labour(1, 1000);
  making.set_tax_category(v1::TAX_CATEGORY_FABRICATION);
  EXPECT_EQ(TaxOf(TicketOf({making}), california), 100);
}

TEST(TaxPattern, LumpSumJobIsNotTaxedWhileItsPartsAreFew) {
  TaxCase california = LabourPlace("EXEMPT_IF_SEPARATE");
  *california.places[0].add_lump_sums() =
      FromText<v1::LumpSumRule>("rule_id: 'ls' max_parts_ppm: 100000");
  v1::Ticket ticket = TicketOf({Labour(1, 9000), Part(2, 1000)});
  EXPECT_EQ(TaxOf(ticket, california), 100);
  ticket.mutable_jobs(0)->set_lump_sum(true);
  EXPECT_EQ(TaxOf(ticket, california), 0);
  // With more parts it is taxed as a whole: nothing was stated separately.
  ticket.mutable_jobs(0)->mutable_lines(1)->set_unit_price_minor(1001);
  EXPECT_EQ(TaxOf(ticket, california), 1000);
}

TEST(TaxPattern, LumpSumOfAnySizeIsTheShopsTaxInTexas) {
  TaxCase texas = LabourPlace("EXEMPT_IF_SEPARATE");
  texas.places[0].add_lump_sums()->set_rule_id("ls");
  v1::Ticket ticket = TicketOf({Labour(1, 1000), Part(2, 9000)});
  ticket.mutable_jobs(0)->set_lump_sum(true);
  EXPECT_EQ(TaxOf(ticket, texas), 0);
}

TaxCase CorePlace(const std::string& rules) { return {.places = {Place("US-XX", 100000, rules)}}; }

v1::Ticket CoreTicket(v1::PartCondition condition) {
  v1::Ticket ticket = TicketOf({Part(1, 10000), Core(2, 1, 4000)});
  ticket.mutable_jobs(0)->mutable_lines(0)->set_condition(condition);
  return ticket;
}

TEST(TaxPattern, CoresAreTaxedByThePlaceAndTheConditionOfThePart) {
  const TaxCase california = CorePlace(
      "cores { rule_id: 'a' condition: PART_CONDITION_REBUILT pattern: CORE_TAX_PATTERN_REFUNDED }"
      "cores { rule_id: 'b' pattern: CORE_TAX_PATTERN_KEPT }");
  const v1::Calculation rebuilt = Calculated(CoreTicket(v1::PART_CONDITION_REBUILT), california);
  EXPECT_EQ(TaxOf(2, rebuilt), 400);
  EXPECT_EQ(rebuilt.lines().at(TestLine(2)).core_tax(), v1::CORE_TAX_PATTERN_REFUNDED);
  const v1::Calculation used = Calculated(CoreTicket(v1::PART_CONDITION_USED), california);
  EXPECT_EQ(TaxOf(2, used), 400);
  EXPECT_EQ(used.lines().at(TestLine(2)).core_tax(), v1::CORE_TAX_PATTERN_KEPT);
}

TEST(TaxPattern, CoreThatIsHandedOverIsTradedInInWashington) {
  const TaxCase washington = CorePlace("cores { rule_id: 'c' pattern: CORE_TAX_PATTERN_TRADE_IN }");
  v1::Ticket ticket = CoreTicket(v1::PART_CONDITION_REBUILT);
  EXPECT_EQ(TaxOf(ticket, washington), 1400);
  ticket.mutable_jobs(0)->mutable_lines(1)->set_core_surrendered(true);
  EXPECT_EQ(TaxOf(ticket, washington), 1000);
}

TEST(TaxPattern, CoreThatIsADepositIsNotTaxed) {
  const TaxCase place = CorePlace("cores { rule_id: 'd' pattern: CORE_TAX_PATTERN_UNTAXED }");
  EXPECT_EQ(TaxOf(CoreTicket(v1::PART_CONDITION_REBUILT), place), 1000);
}

TEST(TaxPattern, TaxThatIsKeptDoesNotComeBackWithTheCore) {
  v1::Ticket ticket = CoreTicket(v1::PART_CONDITION_USED);
  v1::Line back = Core(3, 2, 0);
  back.set_fixed_extension_minor(-4000);
  *ticket.mutable_jobs(0)->add_lines() = back;
  EXPECT_EQ(TaxOf(ticket, CorePlace("cores { rule_id: 'b' pattern: CORE_TAX_PATTERN_KEPT }")),
            1400);
  EXPECT_EQ(TaxOf(ticket, CorePlace("cores { rule_id: 'a' pattern: CORE_TAX_PATTERN_REFUNDED }")),
            1000);
}

TEST(TaxPattern, CapsHoldForEachItemAndForTheTicket) {
  TaxCase setup{.places = {Place("US-TN", 25000)}};
  const v1::Ticket ticket = TicketOf({Part(1, 200000, 2000), Part(2, 10000)});
  EXPECT_EQ(TaxOf(ticket, setup), 10250);
  setup.places[0].mutable_rules(0)->set_max_per_item_minor(4000);
  EXPECT_EQ(TaxOf(ticket, setup), 8250);
  setup.places[0].mutable_rules(0)->set_max_per_ticket_minor(5000);
  const v1::Calculation capped = Calculated(ticket, setup);
  EXPECT_EQ(capped.totals().tax_minor(), 5000);
  EXPECT_EQ(TaxOf(1, capped) + TaxOf(2, capped), 5000);
}

// ---- handbook 4.3 ----

TEST(TaxStacking, CompoundRuleTaxesTheTaxesBeforeIt) {
  TaxCase setup{.places = {Place("US", 120000), Place("US-XX", 50000)}};
  const v1::Ticket ticket = TicketOf({Part(1, 10000)});
  EXPECT_EQ(TaxOf(ticket, setup), 1200 + 500);
  setup.places[1].mutable_rules(0)->set_compound(true);
  const v1::Calculation calculation = Calculated(ticket, setup);
  EXPECT_EQ(calculation.totals().taxes(1).base_minor(), 11200);
  EXPECT_EQ(calculation.totals().tax_minor(), 1200 + 560);
}

TEST(TaxStacking, DocumentAndLineRoundingOfAJurisdictionDifferByTheHandbooksCent) {
  const v1::Ticket ticket = TicketOf({Part(1, 148, 4000), Part(2, 152), Part(3, 154), Part(4, 39)});
  TaxCase setup{.places = {Place("ES", 210000)}};
  EXPECT_EQ(TaxOf(ticket, setup), 197);
  setup.places[0].set_rounding(v1::TAX_ROUNDING_LINE);
  EXPECT_EQ(TaxOf(ticket, setup), 196);
}

// ---- handbook 4.4 ----

TEST(TaxInclusive, HandbooksPricesHoldTheirTax) {
  struct Case {
    int64_t gross, rate_ppm, tax, net;
  };
  for (const Case& c : {Case{12500, 250000, 2500, 10000}, Case{9999, 200000, 1667, 8332},
                        Case{2890, 220000, 521, 2369}}) {
    for (const auto rounding : {v1::TAX_ROUNDING_DOCUMENT, v1::TAX_ROUNDING_LINE}) {
      TaxCase setup{.places = {Place("SE", c.rate_ppm)}};
      setup.location.set_prices_include_tax(true);
      setup.location.set_tax_rounding(rounding);
      const v1::Calculation calculation = Calculated(TicketOf({Part(1, c.gross)}), setup);
      EXPECT_EQ(calculation.totals().tax_minor(), c.tax);
      EXPECT_EQ(calculation.totals().parts_net_minor(), c.net);
      EXPECT_EQ(calculation.totals().total_minor(), c.gross);
      EXPECT_EQ(calculation.totals().taxes(0).base_minor(), c.net);
      EXPECT_TRUE(calculation.totals().prices_include_tax());
    }
  }
}

TEST(TaxInclusive, DocumentSumsTheGrossFirst) {
  TaxCase setup{.places = {Place("SE", 250000)}};
  setup.location.set_prices_include_tax(true);
  const v1::Ticket ticket = TicketOf({Part(1, 102), Part(2, 102)});
  EXPECT_EQ(TaxOf(ticket, setup), 41);  // 40.8, not 20.4 twice
  setup.location.set_tax_rounding(v1::TAX_ROUNDING_LINE);
  EXPECT_EQ(TaxOf(ticket, setup), 40);
}

TEST(TaxInclusive, DiscountsReduceTheGross) {
  TaxCase setup{.places = {Place("SE", 250000)}};
  setup.location.set_prices_include_tax(true);
  v1::Ticket ticket = TicketOf({Part(1, 12500)});
  ticket.mutable_discount()->set_rate_ppm(200000);
  const v1::Calculation calculation = Calculated(ticket, setup);
  EXPECT_EQ(calculation.totals().total_minor(), 10000);
  EXPECT_EQ(calculation.totals().tax_minor(), 2000);
}

TEST(TaxInclusive, StackedAndCompoundTaxesAreTakenOutTogether) {
  TaxCase setup{.places = {Place("CA", 50000), Place("CA-QC", 99750)}};
  setup.location.set_prices_include_tax(true);
  // 100.00 and 5.00 and 9.975.
  const v1::Calculation stacked = Calculated(TicketOf({Part(1, 114975)}), setup);
  EXPECT_EQ(stacked.totals().parts_net_minor(), 100000);
  EXPECT_EQ(stacked.totals().taxes(0).tax_minor(), 5000);
  EXPECT_EQ(stacked.totals().taxes(1).tax_minor(), 9975);
  setup.places[1].mutable_rules(0)->set_rate_ppm(100000);
  setup.places[1].mutable_rules(0)->set_compound(true);
  const v1::Calculation compound = Calculated(TicketOf({Part(1, 115500)}), setup);
  EXPECT_EQ(compound.totals().parts_net_minor(), 100000);
  EXPECT_EQ(compound.totals().taxes(1).base_minor(), 105000);
  EXPECT_EQ(compound.totals().taxes(1).tax_minor(), 10500);
}

TEST(TaxInclusive, WhoIsExemptDoesNotPayTheTaxInThePrice) {
  TaxCase setup{.places = {Place("SE", 250000)},
                .certificates = {FromText<v1::ExemptionCertificate>(
                    "certificate_id: 'cer_1' jurisdiction: 'SE' scope: EXEMPTION_SCOPE_ALL")}};
  setup.certificates[0].set_customer_id(kTestCustomer);
  setup.location.set_prices_include_tax(true);
  const v1::Calculation calculation = Calculated(TicketOf({Part(1, 12500)}), setup);
  EXPECT_EQ(calculation.totals().total_minor(), 10000);
  EXPECT_EQ(calculation.totals().tax_minor(), 0);
  EXPECT_EQ(calculation.lines().at(TestLine(1)).tax_taken_off_minor(), 2500);
}

// ---- handbook 4.5 ----

TEST(TaxExemption, CertificateExemptsAndIsNamedOnTheLine) {
  const v1::Calculation calculation =
      Calculated(TicketOf({Part(1, 1000), Labour(2, 500)}),
                 Exempt("jurisdiction: 'US-CA' scope: EXEMPTION_SCOPE_ALL"));
  EXPECT_EQ(calculation.totals().tax_minor(), 0);
  EXPECT_EQ(calculation.totals().taxes_size(), 0);
  const v1::LineAmounts& amounts = calculation.lines().at(TestLine(1));
  ASSERT_EQ(amounts.exemptions_size(), 1);
  EXPECT_EQ(amounts.exemptions(0).certificate_id(), "cer_1");
  EXPECT_EQ(amounts.exemptions(0).reason(), v1::TAX_EXEMPTION_REASON_RESALE);
}

TEST(TaxExemption, CertificateForPartsDoesNotExemptLabour) {
  EXPECT_EQ(TaxOf(TicketOf({Part(1, 1000), Labour(2, 500)}),
                  Exempt("jurisdiction: 'US-CA' scope: EXEMPTION_SCOPE_PARTS")),
            60);
}

TEST(TaxExemption, OfAPlaceExemptsFromThatPlacesTaxesOnly) {
  const v1::Ticket ticket = TicketOf({Part(1, 1000)});
  EXPECT_EQ(TaxOf(ticket, Exempt("jurisdiction: 'US-CA/x' scope: EXEMPTION_SCOPE_ALL")), 100);
  EXPECT_EQ(TaxOf(ticket, Exempt("jurisdiction: 'US-NV' scope: EXEMPTION_SCOPE_ALL")), 120);
  EXPECT_EQ(TaxOf(ticket, Exempt("jurisdiction: 'US' scope: EXEMPTION_SCOPE_ALL")), 0);
}

TEST(TaxExemption, MissingOrExpiredCertificateIsTaxed) {
  const TaxCase setup = Exempt(
      "jurisdiction: 'US-CA' scope: EXEMPTION_SCOPE_ALL "
      "valid_from: '2026-01-10' valid_to: '2026-01-20'");
  const v1::Ticket ticket = TicketOf({Part(1, 1000)});
  EXPECT_EQ(TaxOf(ticket, setup, "2026-01-09"), 120);
  EXPECT_EQ(TaxOf(ticket, setup, "2026-01-10"), 0);
  EXPECT_EQ(TaxOf(ticket, setup, "2026-01-20"), 0);
  EXPECT_EQ(TaxOf(ticket, setup, "2026-01-21"), 120);
  v1::Ticket other = ticket;
  other.set_customer_id("cus_other");
  EXPECT_EQ(TaxOf(other, setup, "2026-01-10"), 120);
}

TEST(TaxExemption, WhatAWarrantyPaysIsNotTaxedWhereThePlaceSaysSo) {
  v1::Ticket ticket = TicketOf({Part(1, 1000), Part(2, 501)});
  *ticket.mutable_jobs(0)->mutable_payers() =
      FromText<v1::Job>(
          "payers { payer { kind: PAYER_KIND_WARRANTY payer_ref: 'acme' } "
          "rate_ppm: 500000 } payers { payer { kind: PAYER_KIND_CUSTOMER } "
          "rest: true }")
          .payers();
  TaxCase setup{.places = {Place("US-XX", 100000)}};
  EXPECT_EQ(TaxOf(ticket, setup), 150);
  setup.places[0].add_payer_exemptions()->set_payer(v1::PAYER_KIND_WARRANTY);
  setup.places[0].mutable_payer_exemptions(0)->set_rule_id("us-xx-warranty");
  const v1::Calculation calculation = Calculated(ticket, setup);
  EXPECT_EQ(calculation.totals().tax_minor(), 75);
  const v1::LineAmounts& first = calculation.lines().at(TestLine(1));
  ASSERT_EQ(first.payers_size(), 2);
  EXPECT_EQ(first.payers(0).tax_minor(), 0);
  EXPECT_EQ(first.payers(1).tax_minor(), 50);
  EXPECT_EQ(first.exemptions(0).reason(), v1::TAX_EXEMPTION_REASON_WARRANTY_PAYER);
  EXPECT_EQ(first.exemptions(0).rule_id(), "us-xx-warranty");
}

// ---- what a ticket says about itself ----

SetTaxTreatment Treating() {
  SetTaxTreatment command;
  command.request.set_ticket_id(kTestTicket);
  return command;
}

TEST(TaxTreatment, ChangesOnlyWhatIsNamedAndTwiceIsOnce) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestAddPart(1, 3, 1000, 1000, 500));
  SetTaxTreatment command = Treating();
  auto& job = *command.request.add_jobs();
  job.set_job_id(TestJob(1));
  job.set_lump_sum(true);
  auto& core = *command.request.add_lines();
  core.set_line_id(TestLine(503));
  core.set_core_surrendered(true);
  auto& labour = *command.request.add_lines();
  labour.set_line_id(TestLine(1));
  labour.set_tax_category(v1::TAX_CATEGORY_PART);
  const int64_t before = ticket.ticket().totals().tax_minor();
  ticket.Do(command);
  EXPECT_TRUE(ticket.ticket().jobs(0).lump_sum());
  EXPECT_GT(ticket.ticket().totals().tax_minor(), before);  // the labour is now a part
  const v1::TaxTreatmentSet& set = ticket.last_events()[0].tax_treatment_set();
  EXPECT_EQ(set.lines_size(), 2);
  EXPECT_EQ(set.lines(0).tax_category(), v1::TAX_CATEGORY_CORE);
  ticket.Do(command);
  EXPECT_TRUE(ticket.last_events().empty());
}

TEST(TaxTreatment, OnlyACoreIsHandedOverAndACoreStaysACore) {
  const TestedTicket ticket = EstimatedTicket();
  SetTaxTreatment command = Treating();
  auto& line = *command.request.add_lines();
  line.set_line_id(TestLine(2));
  line.set_core_surrendered(true);
  EXPECT_TRUE(rpc::HasReason(ticket.Try(command).status(), v1::NOT_OF_THIS_LINE));
  line.set_line_id(TestLine(9));
  EXPECT_TRUE(rpc::HasReason(ticket.Try(command).status(), v1::LINE_UNKNOWN));
}

}  // namespace
}  // namespace pitlane::ticket
