// What the menu's commands refuse; error_reasons_test.cc has them in the order of all reasons.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "libs/rpc/errors.h"
#include "services/ticket/domain/testing_menu.h"

namespace pitlane::ticket {
namespace {

using absl::StatusCode;

template <class Command>
std::function<absl::Status()> On(TestedTicket ticket, Command command) {
  return [ticket = std::move(ticket), command = std::move(command)] {
    return ticket.Try(command).status();
  };
}

template <class Change>
TestedTicket With(TestedTicket ticket, Change change) {
  change(ticket);
  return ticket;
}

template <class Command, class Change>
Command But(Command command, Change change) {
  change(command);
  return command;
}

TestedTicket WithFees() {
  TestedTicket ticket = EstimatedTicket();
  ticket.menu().fees = TestFees();
  return ticket;
}

// Lines 1 labour, 2 part, 3 part with a core (503).
TestedTicket WithCore() {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestAddPart(1, 3, 10000, 1000, 4500));
  return ticket;
}

AddLabourLine OfOperation(const std::string& code) {
  AddLabourLine command = TestLabour(1, 3, 0);
  command.clear_description();
  command.set_operation_code(code);
  return command;
}

ChangeLine ChangingQuantity(int line, int64_t quantity_milli) {
  ChangeLine command;
  command.request.set_ticket_id(kTestTicket);
  command.request.set_line_id(TestLine(line));
  command.request.set_quantity_milli(quantity_milli);
  return command;
}

RemoveLine Removing(int line) {
  RemoveLine command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(line));
  return command;
}

// Two jobs with 1.00 h each.
TestedTicket TwoJobs() {
  TestedTicket ticket = EstimatedTicket();
  ticket.Do(TestAddJob(2)).Do(TestLabour(2, 4, 100));
  return ticket;
}

std::vector<MenuRefusal> OfLabour() {
  const auto expired = [](TestedTicket& ticket) {
    v1::Operation& operation = ticket.menu().operations["BRK"];
    operation.set_version(1);
    operation.set_code("BRK");
    operation.set_title("Brakes");
    operation.set_effective_to("2026-01-14");
  };
  const auto unknown = [](AddKit& command) { command.kit.Clear(); };
  return {
      {v1::OPERATION_UNKNOWN, StatusCode::kNotFound, On(EstimatedTicket(), OfOperation("BRK"))},
      {v1::CANNED_JOB_UNKNOWN, StatusCode::kNotFound,
       On(EstimatedTicket(),
          But(TestCanned(2), [](AddCannedJob& command) { command.canned_job.Clear(); }))},
      {v1::KIT_UNKNOWN, StatusCode::kNotFound, On(EstimatedTicket(), But(TestKit(1), unknown))},
      {v1::NOT_IN_FORCE, StatusCode::kFailedPrecondition,
       On(With(EstimatedTicket(), expired), OfOperation("BRK"))},
      {v1::LABOUR_HOURS_UNKNOWN, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(), TestLabour(1, 3, 0))},
      {v1::OVERLAP_TOO_LONG, StatusCode::kFailedPrecondition,
       On(TwoJobs(), TestOverlap(1, 2, 5, 101))},
      {v1::FLAG_HOURS_DIFFER, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(),
          TestAssign(1, {Share("technician-7", 60), Share("technician-9", 41)}))},
  };
}

std::vector<MenuRefusal> OfPackages() {
  const auto free = [](AddKit& command) {
    for (auto& [part_id, price] : command.prices) price.set_list_price_minor(0);
  };
  const auto with_kit = [](TestedTicket& ticket) { ticket.Do(TestKit(1)); };
  return {
      {v1::SLOT_UNKNOWN, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(),
          But(TestCanned(2),
              [](AddCannedJob& command) { command.request.add_slots()->set_slot_id("rotors"); }))},
      {v1::SLOT_UNFILLED, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(), But(TestCanned(2),
                                 [](AddCannedJob& command) {
                                   command.canned_job.mutable_slots(0)->clear_part_id();
                                 }))},
      {v1::SLOT_DIFFERS, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(), But(TestCanned(2),
                                 [](AddCannedJob& command) {
                                   command.canned_job.mutable_slots(0)->set_category("filters");
                                 }))},
      {v1::PACKAGE_WITHOUT_PRICES, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(), But(TestKit(1), free))},
      {v1::LINE_IN_PACKAGE, StatusCode::kFailedPrecondition,
       On(With(EstimatedTicket(), with_kit), ChangingQuantity(600, 3000))},
  };
}

std::vector<MenuRefusal> OfFees() {
  const auto tire = [](TestedTicket& ticket) {
    AddPartLine command = AddPriced(1, 3, PricedPart(1, 800000, 12000, "tires"));
    command.fee_line_ids = LineIdsFrom(700);
    ticket.Do(command);
  };
  return {
      {v1::FEE_FOLLOWS_PART, StatusCode::kFailedPrecondition,
       On(With(WithFees(), tire), Removing(700))},
      {v1::FEE_UNKNOWN, StatusCode::kNotFound,
       On(EstimatedTicket(), TestStorage(3, "2026-01-05", "2026-01-15"))},
      {v1::STORAGE_IS_FREE, StatusCode::kFailedPrecondition,
       On(WithFees(), TestStorage(3, "2026-01-12", "2026-01-15"))},
  };
}

std::vector<MenuRefusal> OfTheCounter() {
  const auto replaced = [](TestedTicket& ticket) { ticket.Do(TestReplace(2, 3)); };
  const auto ordered = [](TestedTicket& ticket) {
    ticket.Do(But(TestSpecialOrder(2), [](PlaceSpecialOrder& order) {
      order.set_deposit_waived_reason("fleet account");
    }));
  };
  return {
      {v1::ALREADY_REPLACED, StatusCode::kFailedPrecondition,
       On(With(EstimatedTicket(), replaced), TestReplace(2, 4))},
      {v1::SPECIAL_ORDER_EXISTS, StatusCode::kFailedPrecondition,
       On(With(EstimatedTicket(), ordered), TestSpecialOrder(2))},
      {v1::NO_SPECIAL_ORDER, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(), TestReceiveOrder(2))},
      {v1::DEPOSIT_REQUIRED, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(), TestSpecialOrder(2))},
      {v1::NOT_A_COUNTER_SALE, StatusCode::kFailedPrecondition,
       On(AuthorizedTicket(), TestWillCall())},
      {v1::TIRES_DIFFER, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(), TestTires(2, {"4B9RT1AB2325", "4B9RT1AC2325"}))},
      {v1::TIRE_NOT_MADE_YET, StatusCode::kFailedPrecondition,
       On(EstimatedTicket(), TestTires(2, {"4B9RT1AB0426"}))},
  };
}

std::vector<MenuRefusal> OfCores() {
  const auto returned = [](TestedTicket& ticket) { ticket.Do(TestReturnCore(503, 4)); };
  const auto invoiced = [](TestedTicket& ticket) {
    ticket.Do(TestAuthorize(1)).Do(TestStart(1)).Do(TestComplete(1)).Do(TestInvoice());
  };
  SetPartPricing falling;
  *falling.pricing.add_matrices() = HandbookMatrix();
  falling.pricing.mutable_matrices(0)->mutable_bands(1)->set_to_cost_e4(50000);
  return {
      {v1::CORE_NOT_OUT, StatusCode::kFailedPrecondition,
       On(With(WithCore(), returned), TestReturnCore(503, 5))},
      {v1::CORE_CREDIT_TOO_LARGE, StatusCode::kFailedPrecondition,
       On(WithCore(), TestReturnCore(503, 4, 1000, 4501))},
      {v1::CORE_NOT_DUE, StatusCode::kFailedPrecondition,
       On(With(WithCore(), invoiced), TestForfeit(503))},
      {v1::BANDS_NOT_RISING, StatusCode::kFailedPrecondition,
       [falling] { return Decide(v1::PartPricing(), falling).status(); }},
  };
}

}  // namespace

std::vector<MenuRefusal> MenuRefusals() {
  std::vector<MenuRefusal> all;
  for (auto part : {OfLabour(), OfPackages(), OfFees(), OfTheCounter(), OfCores()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

namespace {

TEST(MenuRefusal, EachIsGivenWithItsCode) {
  for (const MenuRefusal& refusal : MenuRefusals()) {
    const absl::Status status = refusal.provoke();
    EXPECT_TRUE(rpc::HasReason(status, refusal.reason)) << status;
    EXPECT_EQ(status.code(), refusal.code) << status;
  }
}

}  // namespace
}  // namespace pitlane::ticket
