// Imports, through a real client.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "services/inventory/test_service.h"

namespace pitlane::inventory {
namespace {

using ::testing::SizeIs;

class ImportTest : public ServiceTest {
 protected:
  // The catalogue of the sample: 400 real numbers of car parts.
  std::vector<v1::PartRow> SampleRows() {
    std::ifstream file(PITLANE_SOURCE_DIR "/tests/data/carparts/part_numbers.csv");
    std::vector<v1::PartRow> rows;
    std::string number;
    std::getline(file, number);
    while (std::getline(file, number)) {
      v1::PartRow& row = rows.emplace_back(ReorderedRow(number, 2'000, 4'000));
      row.set_unit_cost_e4(10'000 + 37 * static_cast<int64_t>(rows.size()));
    }
    return rows;
  }
  v1::ImportPartsRequest Slice(const std::vector<v1::PartRow>& rows, size_t begin, size_t end) {
    return Batch({rows.begin() + static_cast<std::ptrdiff_t>(begin),
                  rows.begin() + static_cast<std::ptrdiff_t>(end)});
  }
  static std::map<v1::RowOutcome, int> Outcomes(const Imported& imported) {
    std::map<v1::RowOutcome, int> outcomes;
    for (const v1::ImportPartsResponse& response : imported.responses) {
      for (const v1::RowResult& result : response.results()) ++outcomes[result.outcome()];
    }
    return outcomes;
  }
  void ExpectRefused(const v1::PartRow& row, v1::ErrorReason reason, std::string_view field) {
    const size_t before = Events().size();
    const v1::RowResult result = ImportOne(row);
    EXPECT_EQ(result.outcome(), v1::ROW_OUTCOME_REFUSED);
    EXPECT_EQ(result.reason(), reason) << result.message();
    EXPECT_EQ(result.field(), field);
    EXPECT_NE(result.message(), "");
    EXPECT_EQ(result.part_id(), "");
    EXPECT_EQ(Events().size(), before);
  }
};

TEST_F(ImportTest, RealNumbersComeInOnceHoweverOftenTheyAreSent) {
  Supplier();
  const std::vector<v1::PartRow> rows = SampleRows();
  ASSERT_THAT(rows, SizeIs(400));
  const Imported first =
      Import({Slice(rows, 0, 150), Slice(rows, 150, 300), Slice(rows, 300, 400)});
  ASSERT_THAT(first.status, IsOk());
  ASSERT_THAT(first.responses, SizeIs(3));
  EXPECT_EQ(Outcomes(first), (std::map<v1::RowOutcome, int>{{v1::ROW_OUTCOME_IMPORTED, 400}}));
  EXPECT_EQ(Count(v1::InventoryEvent::kPartImported), 400);
  // Each is low, so each is ordered, once.
  EXPECT_EQ(Count(v1::InventoryEvent::kPurchaseOrderRaised), 400);
  ASSERT_TRUE(cluster_.Eventually(
      [&] { return Count(v1::InventoryEvent::kPurchaseOrderConfirmed) == 400; }));
  const size_t events = Events().size();
  const Imported second = Import({Slice(rows, 0, 400)});
  EXPECT_EQ(Outcomes(second), (std::map<v1::RowOutcome, int>{{v1::ROW_OUTCOME_UNCHANGED, 400}}));
  EXPECT_EQ(second.responses[0].results(7).part_id(), first.responses[0].results(7).part_id());
  EXPECT_EQ(Events().size(), events);
}

TEST_F(ImportTest, SameBatchAgainIsAnsweredWithTheSameBytes) {
  const v1::ImportPartsRequest batch = Batch({Row("A-1"), Row("-")});
  const Imported first = Import({batch});
  const Imported again = Import({batch});
  ASSERT_THAT(again.status, IsOk());
  EXPECT_EQ(again.responses[0].SerializeAsString(), first.responses[0].SerializeAsString());
  EXPECT_EQ(first.responses[0].request_id(), batch.request_id());
  v1::ImportPartsRequest other = batch;
  other.mutable_rows(0)->set_description("something else");
  const Imported reused = Import({other});
  EXPECT_TRUE(rpc::HasReason(reused.status, common::v1::REQUEST_ID_REUSED)) << reused.status;
}

TEST_F(ImportTest, ChangedRowIsUpdated) {
  const std::string part = Part("A-1");
  v1::PartRow row = Row("a 1");
  row.set_brand("ACME");
  row.set_list_price_minor(10'900);
  const v1::RowResult result = ImportOne(row);
  EXPECT_EQ(result.outcome(), v1::ROW_OUTCOME_UPDATED);
  EXPECT_EQ(result.part_id(), part);
  EXPECT_EQ(Count(v1::InventoryEvent::kPriceChanged), 1);
}

TEST_F(ImportTest, ChangedRuleAloneIsUpdatedToo) {
  Supplier();
  ImportOne(ReorderedRow("A-1", 0, 0));
  EXPECT_EQ(ImportOne(ReorderedRow("A-1", 0, 0)).outcome(), v1::ROW_OUTCOME_UNCHANGED);
  EXPECT_EQ(ImportOne(ReorderedRow("A-1", 1'000, 0)).outcome(), v1::ROW_OUTCOME_UPDATED);
}

TEST_F(ImportTest, SamePartTwiceInOneBatchIsOnePart) {
  const Imported imported = Import({Batch({Row("A-1"), Row("A1")})});
  EXPECT_EQ(imported.responses[0].results(0).part_id(), imported.responses[0].results(1).part_id());
  EXPECT_EQ(imported.responses[0].results(1).outcome(), v1::ROW_OUTCOME_UPDATED);
}

TEST_F(ImportTest, BadRowIsRefusedAloneAndTheRestComesIn) {
  v1::PartRow bad = Row("A-2");
  bad.set_gtin("036000291453");
  const Imported imported = Import({Batch({Row("A-1"), bad, Row("A-3")})});
  ASSERT_THAT(imported.status, IsOk());
  const auto& results = imported.responses[0].results();
  EXPECT_EQ(results[0].outcome(), v1::ROW_OUTCOME_IMPORTED);
  EXPECT_EQ(results[1].outcome(), v1::ROW_OUTCOME_REFUSED);
  EXPECT_EQ(results[1].reason(), v1::GTIN_INVALID);
  EXPECT_EQ(results[1].field(), "gtin");
  EXPECT_EQ(results[2].outcome(), v1::ROW_OUTCOME_IMPORTED);
  EXPECT_EQ(Count(v1::InventoryEvent::kPartImported), 2);
}

TEST_F(ImportTest, EveryReasonNamesItsField) {
  Supplier();
  ImportOne(Row("A-1"));
  v1::PartRow row = Row("--");
  ExpectRefused(row, v1::NUMBER_EMPTY, "number");
  row = Row("A-2");
  row.set_description(std::string(501, 'x'));
  ExpectRefused(row, v1::TEXT_INVALID, "description");
  row = Row("A-2");
  row.set_gtin("4006381333932");
  ExpectRefused(row, v1::GTIN_INVALID, "gtin");
  row = Row("A-2");
  row.set_currency("US$");
  ExpectRefused(row, v1::CURRENCY_UNKNOWN, "currency");
  row = Row("A-2");
  row.set_list_price_minor(-1);
  ExpectRefused(row, v1::AMOUNT_OUT_OF_RANGE, "list_price_minor");
  ExpectRefused(ReorderedRow("A-2", -1, 0), v1::QUANTITY_OUT_OF_RANGE,
                "reorder_rules[0].reorder_point_milli");
  row = Row("A-2");
  row.add_reorder_rules()->set_location_id("here");
  ExpectRefused(row, v1::LOCATION_INVALID, "reorder_rules[0].location_id");
  row = Row("A-2");
  row.set_supplier_name("Nobody");
  ExpectRefused(row, v1::SUPPLIER_UNKNOWN, "supplier_name");
  row = Row("A-2");
  row.set_supplier_id(SupplierId::Make(cluster_.clock(), cluster_.entropy(), 1).text());
  ExpectRefused(row, v1::SUPPLIER_UNKNOWN, "supplier_id");
  row = Row("A-1");
  row.set_part_id(PartId::Make(cluster_.clock(), cluster_.entropy(), 9).text());
  ExpectRefused(row, v1::PART_MISMATCH, "part_id");
  row = Row("A-2");
  row.set_part_id(Part("A-1"));
  ExpectRefused(row, v1::PART_MISMATCH, "part_id");
  row.set_part_id("A-2");
  ExpectRefused(row, v1::PART_MISMATCH, "part_id");
  row = Row("A-1");
  row.set_currency("EUR");
  ExpectRefused(row, v1::CURRENCY_CHANGED, "currency");
}

TEST_F(ImportTest, CallersOwnPartIdIsKept) {
  v1::PartRow row = Row("A-1");
  row.set_part_id(PartId::Make(cluster_.clock(), cluster_.entropy(), 9).text());
  EXPECT_EQ(ImportOne(row).outcome(), v1::ROW_OUTCOME_IMPORTED);
  const v1::RowResult again = ImportOne(row);
  EXPECT_EQ(again.outcome(), v1::ROW_OUTCOME_UNCHANGED);
  EXPECT_EQ(again.part_id(), row.part_id());
}

TEST_F(ImportTest, RuleAtAnotherLocationIsLocationNotPermitted) {
  Supplier();
  rpc::Caller manager;
  manager.subject = "usr_manager";
  manager.grants.push_back(
      {.role = rpc::Role::kManager, .everywhere = false, .location_id = location_.text()});
  v1::PartRow elsewhere = Row("A-2");
  elsewhere.add_reorder_rules()->set_location_id(
      LocationId::Make(cluster_.clock(), cluster_.entropy(), 78).text());
  const auto context = cluster_.Context(manager);
  const Imported imported = Import({Batch({ReorderedRow("A-1", 0, 0), elsewhere})}, *context);
  ASSERT_THAT(imported.status, IsOk());
  EXPECT_EQ(imported.responses[0].results(0).outcome(), v1::ROW_OUTCOME_IMPORTED);
  EXPECT_EQ(imported.responses[0].results(1).outcome(), v1::ROW_OUTCOME_REFUSED);
  EXPECT_EQ(imported.responses[0].results(1).reason(), v1::LOCATION_NOT_PERMITTED);
  EXPECT_EQ(imported.responses[0].results(1).field(), "reorder_rules[0].location_id");
}

TEST_F(ImportTest, MoreThanFiveHundredRowsEndTheStream) {
  std::vector<v1::PartRow> rows;
  for (int i = 0; i < 501; ++i) rows.push_back(Row(absl::StrCat("A-", i)));
  const Imported imported = Import({Batch({Row("B-1")}), Batch(rows), Batch({Row("B-2")})});
  EXPECT_TRUE(rpc::HasReason(imported.status, common::v1::FIELD_INVALID)) << imported.status;
  EXPECT_THAT(imported.responses, SizeIs(1));
  EXPECT_EQ(Count(v1::InventoryEvent::kPartImported), 1);
}

TEST_F(ImportTest, TechnicianMayNot) {
  const Imported imported = Import({Batch({Row("A-1")})}, rpc::Role::kTechnician);
  EXPECT_TRUE(rpc::HasReason(imported.status, common::v1::PERMISSION_MISSING)) << imported.status;
}

}  // namespace
}  // namespace pitlane::inventory
