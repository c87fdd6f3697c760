// Kits and canned jobs: one price over several lines.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/line_decide_tools.h"
#include "services/ticket/domain/testing_menu.h"

namespace pitlane::ticket {
namespace {

int64_t SumOf(const v1::Job& job, v1::LineKind kind) {
  int64_t sum = 0;
  for (const v1::Line& line : job.lines()) {
    if (line.kind() == kind) sum += line.amounts().gross_minor();
  }
  return sum;
}

TEST(Kit, IsSoldAsOneAndIssuedAsItsComponents) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestKit(1));
  const v1::Job& job = ticket.ticket().jobs(0);
  ASSERT_EQ(job.lines_size(), 4);
  // 2 x 10.00 and 13.33 for 30.00: 18.0018 and 11.9982.
  EXPECT_EQ(job.lines(2).amounts().gross_minor(), 1800);
  EXPECT_EQ(job.lines(3).amounts().gross_minor(), 1200);
  EXPECT_EQ(job.lines(2).quantity_milli(), 2000);
  EXPECT_EQ(job.lines(2).kit().price_minor(), 3000);
  EXPECT_EQ(job.lines(3).kit().kit_line_id(), job.lines(2).line_id());
  ticket.Do(TestAuthorize(1));
  EXPECT_EQ(ticket.last_events()[0].job_authorized().parts_size(), 3);
}

TEST(Kit, GoesAsItCame) {
  TestedTicket ticket = EstimatedTicket();
  AddKit kit = TestKit(1);
  kit.prices[TestPartId(2)].set_core_minor(4500);
  ticket.Do(kit);
  ASSERT_EQ(ticket.ticket().jobs(0).lines_size(), 5);
  RemoveLine remove;
  remove.set_ticket_id(kTestTicket);
  remove.set_line_id(TestLine(601));
  ticket.Do(remove);
  EXPECT_EQ(ticket.ticket().jobs(0).lines_size(), 2);
}

TEST(Kit, WithoutAPriceCostsWhatItsComponentsDo) {
  TestedTicket ticket = EstimatedTicket();
  AddKit kit = TestKit(1);
  kit.kit.set_price_minor(0);
  kit.request.set_quantity_milli(2000);
  ticket.Do(kit);
  EXPECT_EQ(SumOf(ticket.ticket().jobs(0), v1::LINE_KIND_PART), 10000 + 2 * (2000 + 1333));
  EXPECT_EQ(ticket.ticket().jobs(0).lines(2).kit().price_minor(), 6666);
}

TEST(CannedJob, FixedPriceIsSharedOverLabourPartsAndFlatFees) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestCanned(2));
  const v1::Job& job = ticket.ticket().jobs(1);
  EXPECT_EQ(job.title(), "Front brakes");
  ASSERT_EQ(job.lines_size(), 3);
  // 145.00, 77.77 and 3.00 for 100.00: 64.2246, 34.4465 and 1.3288; the odd cent goes to the
  // largest remainder.
  EXPECT_EQ(job.lines(0).amounts().gross_minor(), 6422);
  EXPECT_EQ(job.lines(1).amounts().gross_minor(), 3445);
  EXPECT_EQ(job.lines(2).amounts().gross_minor(), 133);
  EXPECT_EQ(job.lines(0).package().computed_minor(), 14500);
  EXPECT_EQ(job.lines(0).package().price_minor(), 10000);
}

TEST(CannedJob, ComputedPriceIsTheSumOfItsLines) {
  TestedTicket ticket = EstimatedTicket();
  AddCannedJob canned = TestCanned(2);
  canned.canned_job.set_price_mode(v1::CannedJob::PRICE_MODE_COMPUTED);
  ticket.Do(canned);
  const v1::Job& job = ticket.ticket().jobs(1);
  EXPECT_EQ(job.lines(0).amounts().gross_minor(), 14500);
  EXPECT_EQ(job.lines(1).amounts().gross_minor(), 7777);
  EXPECT_EQ(job.lines(0).package().code(), "BRK-FRONT");
  EXPECT_EQ(job.lines(0).package().price_minor(), 0);
}

TEST(CannedJob, CoresAndGovernmentFeesComeOnTop) {
  TestedTicket ticket = EstimatedTicket();
  AddCannedJob canned = TestCanned(2);
  canned.prices[TestPartId(1)].set_core_minor(4500);
  canned.canned_job.mutable_fees(0)->set_tax_category(v1::TAX_CATEGORY_GOVERNMENT_FEE);
  ticket.Do(canned);
  const v1::Job& job = ticket.ticket().jobs(1);
  EXPECT_EQ(SumOf(job, v1::LINE_KIND_LABOUR) + SumOf(job, v1::LINE_KIND_PART), 10000);
  EXPECT_EQ(SumOf(job, v1::LINE_KIND_CORE), 4500);
  EXPECT_EQ(SumOf(job, v1::LINE_KIND_FEE), 300);
}

TEST(CannedJob, SlotTakesTheChosenPartAndAnOptionalOneMayStayEmpty) {
  TestedTicket ticket = EstimatedTicket();
  AddCannedJob canned = TestCanned(2);
  v1::FilledSlot& filled = *canned.request.add_slots();
  filled.set_slot_id("pads");
  filled.set_part_id(TestPartId(5));
  filled.set_quantity_milli(2000);
  canned.prices[TestPartId(5)] = PricedPart(5, 300000, 5000);
  ticket.Do(canned);
  EXPECT_EQ(ticket.ticket().jobs(1).lines(1).part_id(), TestPartId(5));
  EXPECT_EQ(ticket.ticket().jobs(1).lines(1).quantity_milli(), 2000);
  AddCannedJob empty = TestCanned(3);
  for (std::string& line_id : empty.line_ids) line_id[10] = 'X';
  empty.canned_job.mutable_slots(0)->clear_part_id();
  empty.canned_job.mutable_slots(0)->set_optional(true);
  ticket.Do(empty);
  EXPECT_EQ(ticket.ticket().jobs(2).lines_size(), 2);
}

TEST(CannedJob, LinesOfAPackageStayWhatTheyAre) {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestCanned(2));
  RemoveLine remove;
  remove.set_ticket_id(kTestTicket);
  remove.set_line_id(TestLine(800));
  EXPECT_TRUE(rpc::HasReason(ticket.Try(remove).status(), v1::LINE_IN_PACKAGE));
  ChangeLine change;
  change.request.set_ticket_id(kTestTicket);
  change.request.set_line_id(TestLine(800));
  change.request.set_technician("technician-7");
  EXPECT_TRUE(ticket.Try(change).ok());
}

// Prices of anything, a package price of anything.
RC_GTEST_PROP(Package, PriceIsTheSumOfItsLines, ()) {
  const auto prices = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<int64_t>>(rc::gen::inRange<int64_t>(1, 10'000'000)));
  const auto package = *rc::gen::inRange<int64_t>(0, 100'000'000);
  std::vector<v1::Line> lines(prices.size());
  std::vector<v1::Line*> priced;
  for (size_t i = 0; i < prices.size(); ++i) {
    lines[i].set_kind(v1::LINE_KIND_PART);
    lines[i].set_quantity_milli(1000);
    lines[i].set_unit_price_minor(prices[i]);
    priced.push_back(&lines[i]);
  }
  RC_ASSERT(SharePrice(package, "any", priced).ok());
  int64_t sum = 0;
  for (const v1::Line& line : lines) sum += line.fixed_extension_minor();
  RC_ASSERT(sum == package);
}

RC_GTEST_PROP(Package, KitOfAnyNumberCostsItsPriceTimesThat, ()) {
  TestedTicket ticket = EstimatedTicket();
  AddKit kit = TestKit(1);
  const auto kits = *rc::gen::inRange<int64_t>(1, 100);
  kit.request.set_quantity_milli(kits * 1000);
  kit.kit.set_price_minor(*rc::gen::inRange<int64_t>(1, 1'000'000));
  kit.prices[TestPartId(1)].set_list_price_minor(*rc::gen::inRange<int64_t>(1, 100'000));
  kit.prices[TestPartId(2)].set_list_price_minor(*rc::gen::inRange<int64_t>(0, 100'000));
  ticket.Do(kit);
  const int64_t parts = SumOf(ticket.ticket().jobs(0), v1::LINE_KIND_PART);
  RC_ASSERT(parts - 10000 == kits * kit.kit.price_minor());
}

}  // namespace
}  // namespace pitlane::ticket
