#include "services/inventory/domain/part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "libs/base/clock.h"
#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/testing/given.h"

namespace pitlane::inventory {
namespace {

using ::pitlane::testing::EqualsProto;
using ::pitlane::testing::EventIs;
using ::pitlane::testing::Given;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::PartRow Row() {
  v1::PartRow row;
  row.set_number(" D-1210/a ");
  row.set_brand("Acme");
  row.set_gtin("036000291452");
  row.set_description("Brake pads");
  row.set_currency("USD");
  row.set_unit_cost_e4(522500);
  row.set_list_price_minor(11624);
  return row;
}

ImportPart Import(const v1::PartRow& row) {
  ImportPart command{.part = *PartOfRow(row)};
  command.part.set_part_id("prt_1");
  return command;
}

v1::InventoryEvent Imported(const v1::PartRow& row = Row()) {
  return Decide(v1::Part(), Import(row))->front();
}

void ExpectRefused(const v1::PartRow& row, v1::ErrorReason reason, std::string_view field) {
  const absl::Status status = PartOfRow(row).status();
  EXPECT_TRUE(rpc::HasReason(status, reason)) << status;
  ASSERT_EQ(rpc::FieldViolations(status).size(), 1u) << status;
  EXPECT_EQ(rpc::FieldViolations(status)[0].field, field);
}

std::string SomeLocation() {
  FakeClock clock;
  SeededEntropy entropy(1);
  return LocationId::Make(clock, entropy, 7).text();
}

TEST(PartOfRow, TextsAreTrimmedAndTheNumberIsStripped) {
  EXPECT_THAT(PartOfRow(Row()), IsOkAndHolds(EqualsProto(R"pb(
                number: "D-1210/a"
                stripped_number: "D1210A"
                brand: "Acme"
                gtin: "036000291452"
                description: "Brake pads"
                unit: "ea"
                currency: "USD"
                unit_cost_e4: 522500
                list_price_minor: 11624
              )pb")));
}

TEST(PartOfRow, NumberOfDashesIsNumberEmpty) {
  v1::PartRow row = Row();
  row.set_number(" -/- ");
  ExpectRefused(row, v1::NUMBER_EMPTY, "number");
}

TEST(PartOfRow, TextOutsideItsLimitIsTextInvalid) {
  v1::PartRow row = Row();
  row.set_number(std::string(65, 'A'));
  ExpectRefused(row, v1::TEXT_INVALID, "number");
  row = Row();
  row.set_brand(std::string(65, 'A'));
  ExpectRefused(row, v1::TEXT_INVALID, "brand");
  row = Row();
  row.set_description("tab\there");
  ExpectRefused(row, v1::TEXT_INVALID, "description");
  row = Row();
  row.set_category(std::string(65, 'A'));
  ExpectRefused(row, v1::TEXT_INVALID, "category");
  row = Row();
  row.set_unit(std::string(17, 'A'));
  ExpectRefused(row, v1::TEXT_INVALID, "unit");
}

TEST(PartOfRow, WrongCheckDigitIsGtinInvalid) {
  v1::PartRow row = Row();
  row.set_gtin("036000291453");
  ExpectRefused(row, v1::GTIN_INVALID, "gtin");
}

TEST(PartOfRow, OtherCurrencyCodeIsCurrencyUnknown) {
  for (const char* code : {"", "usd", "XAU", "$"}) {
    v1::PartRow row = Row();
    row.set_currency(code);
    ExpectRefused(row, v1::CURRENCY_UNKNOWN, "currency");
  }
}

TEST(PartOfRow, NegativeAmountIsAmountOutOfRange) {
  v1::PartRow row = Row();
  row.set_unit_cost_e4(-1);
  ExpectRefused(row, v1::AMOUNT_OUT_OF_RANGE, "unit_cost_e4");
  row = Row();
  row.set_list_price_minor(-1);
  ExpectRefused(row, v1::AMOUNT_OUT_OF_RANGE, "list_price_minor");
  row = Row();
  row.set_core_minor(1'000'000'000'001);
  ExpectRefused(row, v1::AMOUNT_OUT_OF_RANGE, "core_minor");
}

TEST(PartOfRow, NegativeRuleIsQuantityOutOfRange) {
  v1::PartRow row = Row();
  v1::ReorderRule& rule = *row.add_reorder_rules();
  rule.set_location_id(SomeLocation());
  EXPECT_THAT(PartOfRow(row), IsOk());
  rule.set_reorder_point_milli(-1);
  ExpectRefused(row, v1::QUANTITY_OUT_OF_RANGE, "reorder_rules[0].reorder_point_milli");
  rule.set_reorder_point_milli(0);
  rule.set_reorder_quantity_milli(1'000'000'000'001);
  ExpectRefused(row, v1::QUANTITY_OUT_OF_RANGE, "reorder_rules[0].reorder_quantity_milli");
  rule.set_reorder_quantity_milli(0);
  for (int i = 0; i < 100; ++i) *row.add_reorder_rules() = rule;
  ExpectRefused(row, v1::QUANTITY_OUT_OF_RANGE, "reorder_rules");
}

TEST(PartOfRow, RuleWithoutLocationIsLocationInvalid) {
  v1::PartRow row = Row();
  row.add_reorder_rules()->set_location_id("shop 1");
  ExpectRefused(row, v1::LOCATION_INVALID, "reorder_rules[0].location_id");
}

TEST(NaturalKey, CaseOfBrandAndDashesOfNumberDoNotCount) {
  EXPECT_EQ(NaturalKey("ACME ", "d 1210-A"), NaturalKey("acme", "D1210A"));
  EXPECT_NE(NaturalKey("acme", "D1210A"), NaturalKey("acme2", "D1210A"));
  EXPECT_NE(NaturalKey("", "AB"), NaturalKey("b", "A"));
}

TEST(ImportPart, UnknownPartIsImportedWhole) {
  Given<PartAggregate>()
      .When([](const v1::Part& part) { return Decide(part, Import(Row())); })
      .ThenEvents(ElementsAre(EventIs(Imported())))
      .ThenState(EqualsProto(Imported().part_imported().part()));
}

TEST(ImportPart, SamePartGivesNoEvents) {
  Given<PartAggregate>({Imported()})
      .When([](const v1::Part& part) { return Decide(part, Import(Row())); })
      .ThenEvents(IsEmpty());
}

TEST(ImportPart, NewDescriptionAndNewPriceAreTwoFacts) {
  v1::PartRow row = Row();
  row.set_description("Brake pads, ceramic");
  row.set_list_price_minor(11999);
  const auto outcome = Given<PartAggregate>({Imported()}).When([&](const v1::Part& part) {
    return Decide(part, Import(row));
  });
  ASSERT_THAT(outcome.result(), IsOk());
  ASSERT_EQ(outcome.result()->size(), 2u);
  const v1::Part& described = (*outcome.result())[0].part_imported().part();
  EXPECT_EQ(described.description(), "Brake pads, ceramic");
  EXPECT_EQ(described.list_price_minor(), 11624);
  EXPECT_EQ(described.version(), 2u);
  EXPECT_THAT((*outcome.result())[1], EventIs(R"pb(price_changed {
                                                     part_id: "prt_1"
                                                     currency: "USD"
                                                     old_list_price_minor: 11624
                                                     list_price_minor: 11999
                                                     unit_cost_e4: 522500
                                                     reason: "import"
                                                   })pb"));
  EXPECT_EQ(outcome.state().list_price_minor(), 11999);
  EXPECT_EQ(outcome.state().version(), 3u);
}

TEST(ImportPart, OtherCurrencyIsCurrencyChanged) {
  v1::PartRow row = Row();
  row.set_currency("EUR");
  Given<PartAggregate>({Imported()})
      .When([&](const v1::Part& part) { return Decide(part, Import(row)); })
      .ThenRefused(v1::CURRENCY_CHANGED);
}

TEST(ChangePrice, OnlyWhatIsGivenChanges) {
  Given<PartAggregate>({Imported()})
      .When([](const v1::Part& part) {
        return Decide(part, "prt_1",
                      ChangePrice{.list_price_minor = std::nullopt,
                                  .unit_cost_e4 = 540000,
                                  .core_minor = std::nullopt,
                                  .reason = "spring list"});
      })
      .ThenEvents(ElementsAre(EventIs(R"pb(price_changed {
                                             part_id: "prt_1"
                                             currency: "USD"
                                             old_list_price_minor: 11624
                                             list_price_minor: 11624
                                             unit_cost_e4: 540000
                                             reason: "spring list"
                                           })pb")));
}

TEST(ChangePrice, SamePriceGivesNoEvents) {
  Given<PartAggregate>({Imported()})
      .When([](const v1::Part& part) {
        return Decide(part, "prt_1",
                      ChangePrice{.list_price_minor = 11624,
                                  .unit_cost_e4 = std::nullopt,
                                  .core_minor = 0,
                                  .reason = ""});
      })
      .ThenEvents(IsEmpty());
}

TEST(ChangePrice, PartThatIsNotThereIsPartUnknown) {
  Given<PartAggregate>()
      .When([](const v1::Part& part) { return Decide(part, "prt_1", ChangePrice{}); })
      .ThenRefused(absl::StatusCode::kNotFound, v1::PART_UNKNOWN);
}

TEST(ChangePrice, ShapeIsChecked) {
  ChangePrice command;
  EXPECT_THAT(CheckShape(command), IsOk());
  command.list_price_minor = -1;
  EXPECT_TRUE(rpc::HasReason(CheckShape(command), v1::AMOUNT_OUT_OF_RANGE));
  command = {};
  command.reason = std::string(201, 'x');
  EXPECT_TRUE(rpc::HasReason(CheckShape(command), v1::TEXT_INVALID));
}

}  // namespace
}  // namespace pitlane::inventory
