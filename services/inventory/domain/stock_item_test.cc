#include "services/inventory/domain/stock_item.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <tuple>

#include "libs/base/status_matchers.h"
#include "libs/testing/given.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"
#include "rapidcheck/gtest.h"
#include "services/inventory/domain/validation.h"

namespace pitlane::inventory {
namespace {

using ::pitlane::testing::EqualsProto;
using ::pitlane::testing::EventIs;
using ::pitlane::testing::Given;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kFifty = 500'000;
constexpr int64_t kFiftySix = 560'000;

const StockKey kKey{.location_id = "loc_1", .part_id = "prt_1"};

// Decides commands one after the other, as a unit does.
class Shelf {
 public:
  template <class Command>
  absl::Status Do(const Command& command) {
    StockEvents events = Decide(item_, kKey, command);
    if (!events.ok()) return events.status();
    for (v1::InventoryEvent& event : *events) {
      StockItemAggregate::Apply(item_, event);
      history_.push_back(std::move(event));
    }
    return absl::OkStatus();
  }
  const v1::StockItemState& item() const { return item_; }
  const v1::StockLevel& level() const { return item_.level(); }
  const std::vector<v1::InventoryEvent>& history() const { return history_; }

 private:
  v1::StockItemState item_;
  std::vector<v1::InventoryEvent> history_;
};

ReceiveStock Receive(int64_t quantity, int64_t cost) {
  return {.quantity_milli = quantity, .unit_cost_e4 = cost, .purchase_order_id = ""};
}
ReserveForJob Reserve(std::string ticket, std::vector<LineDemand> lines) {
  return {.ticket_id = std::move(ticket), .job_id = "job_1", .lines = std::move(lines)};
}
IssueStock Issue(std::string ticket, std::string line, int64_t quantity) {
  return {.ticket_id = std::move(ticket),
          .job_id = "job_1",
          .line_id = std::move(line),
          .quantity_milli = quantity,
          .catalogue_cost_e4 = kFifty,
          .currency = "USD"};
}
AdjustStock Adjust(int64_t change) {
  return {.change_milli = change,
          .reason = v1::ADJUST_REASON_COUNT,
          .note = "",
          .catalogue_cost_e4 = kFifty};
}

// 10 at 50.00 and 6 at 56.00 on the shelf.
Shelf HandbookShelf() {
  Shelf shelf;
  EXPECT_THAT(shelf.Do(Receive(10'000, kFifty)), IsOk());
  EXPECT_THAT(shelf.Do(Receive(6'000, kFiftySix)), IsOk());
  return shelf;
}

TEST(ReceiveStock, LevelAndValueGoUp) {
  Given<StockItemAggregate>()
      .When([](const v1::StockItemState& item) {
        return Decide(item, kKey, ReceiveStock{10'000, kFifty, "por_1"});
      })
      .ThenEvents(ElementsAre(EventIs(R"pb(stock_received {
                                             part_id: "prt_1"
                                             location_id: "loc_1"
                                             quantity_milli: 10000
                                             unit_cost_e4: 500000
                                             purchase_order_id: "por_1"
                                             level {
                                               part_id: "prt_1"
                                               location_id: "loc_1"
                                               on_hand_milli: 10000
                                               available_milli: 10000
                                               value_e4: 5000000
                                               received_milli: 10000
                                               version: 1
                                             }
                                           })pb")));
}

TEST(ReceiveStock, MovingAverageOfTheHandbookComesOut) {
  Shelf shelf = HandbookShelf();
  EXPECT_EQ(shelf.level().value_e4(), 8'360'000);  // 836.00 / 16 = 52.25
  EXPECT_THAT(shelf.Do(Issue("tkt_1", "lin_1", 4'000)), IsOk());
  EXPECT_EQ(shelf.history().back().stock_issued().cost_e4(), 2'090'000);  // 209.00
  EXPECT_EQ(shelf.history().back().stock_issued().currency(), "USD");
  EXPECT_FALSE(shelf.history().back().stock_issued().provisional());
  EXPECT_EQ(shelf.level().value_e4(), 6'270'000);  // left 12 = 627.00
  EXPECT_EQ(shelf.level().on_hand_milli(), 12'000);
}

TEST(ReceiveStock, WhatWasSoldBeforeItWasThereIsTruedUp) {
  Shelf shelf;
  ASSERT_THAT(shelf.Do(Issue("tkt_1", "lin_1", 2'000)), IsOk());
  EXPECT_TRUE(shelf.history().back().stock_issued().provisional());
  EXPECT_EQ(shelf.history().back().stock_issued().cost_e4(), 1'000'000);
  ASSERT_THAT(shelf.Do(Receive(5'000, kFiftySix)), IsOk());
  EXPECT_THAT(shelf.history().back(), EventIs(R"pb(cost_trued_up {
                                                     part_id: "prt_1"
                                                     location_id: "loc_1"
                                                     quantity_milli: 2000
                                                     difference_e4: 120000
                                                     level {
                                                       part_id: "prt_1"
                                                       location_id: "loc_1"
                                                       on_hand_milli: 3000
                                                       available_milli: 3000
                                                       value_e4: 1680000
                                                       received_milli: 5000
                                                       issued_milli: 2000
                                                       version: 3
                                                     }
                                                   })pb"));
}

TEST(ReceiveStock, WhatNoLongerFitsIsValueTooLarge) {
  Shelf shelf;
  ASSERT_THAT(shelf.Do(Receive(kMaxQuantityMilli, kMaxAmount / 1'000'000)), IsOk());
  const absl::Status status = shelf.Do(Receive(kMaxQuantityMilli, kMaxAmount));
  EXPECT_TRUE(rpc::HasReason(status, v1::VALUE_TOO_LARGE)) << status;
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(IssueStock, LastReceiptGivesTheProvisionalCost) {
  Shelf shelf = HandbookShelf();
  ASSERT_THAT(shelf.Do(Issue("tkt_1", "lin_1", 16'000)), IsOk());
  EXPECT_EQ(shelf.level().value_e4(), 0);
  ASSERT_THAT(shelf.Do(Issue("tkt_2", "lin_2", 1'000)), IsOk());
  EXPECT_EQ(shelf.history().back().stock_issued().cost_e4(), kFiftySix);
  EXPECT_EQ(shelf.level().on_hand_milli(), -1'000);
  EXPECT_EQ(shelf.level().available_milli(), -1'000);
}

TEST(IssueStock, ReservationOfTheLineIsUsedUp) {
  Shelf shelf = HandbookShelf();
  ASSERT_THAT(shelf.Do(Reserve("tkt_1", {{"lin_1", 2'000}, {"lin_2", 1'000}})), IsOk());
  ASSERT_THAT(shelf.Do(Issue("tkt_1", "lin_1", 2'000)), IsOk());
  EXPECT_EQ(shelf.level().reserved_milli(), 1'000);
  EXPECT_EQ(shelf.level().available_milli(), 13'000);
  ASSERT_EQ(shelf.item().reservations_size(), 1);
  EXPECT_EQ(shelf.item().reservations(0).line_id(), "lin_2");
}

TEST(ReserveForJob, LinesOfOnePartAreSummedBeforeTheCheck) {
  Shelf shelf;
  ASSERT_THAT(shelf.Do(Receive(5'000, kFifty)), IsOk());
  ASSERT_THAT(shelf.Do(Reserve("tkt_1", {{"lin_1", 3'000}, {"lin_2", 4'000}})), IsOk());
  EXPECT_EQ(shelf.level().reserved_milli(), 5'000);
  EXPECT_EQ(shelf.level().available_milli(), 0);
  EXPECT_THAT(shelf.history().back(), EventIs(R"pb(stock_shortage_found {
                                                     part_id: "prt_1"
                                                     location_id: "loc_1"
                                                     ticket_id: "tkt_1"
                                                     job_id: "job_1"
                                                     line_id: "lin_2"
                                                     wanted_milli: 4000
                                                     missing_milli: 2000
                                                   })pb"));
  EXPECT_THAT(shelf.item().reservations(), ElementsAre(EqualsProto(R"pb(ticket_id: "tkt_1"
                                                                        job_id: "job_1"
                                                                        line_id: "lin_1"
                                                                        quantity_milli: 3000)pb"),
                                                       EqualsProto(R"pb(ticket_id: "tkt_1"
                                                                        job_id: "job_1"
                                                                        line_id: "lin_2"
                                                                        quantity_milli: 2000
                                                                        missing_milli: 2000)pb")));
}

TEST(ReserveForJob, SameCommandTwiceIsOneReservation) {
  Shelf shelf;
  ASSERT_THAT(shelf.Do(Receive(5'000, kFifty)), IsOk());
  const ReserveForJob command = Reserve("tkt_1", {{"lin_1", 3'000}, {"lin_2", 4'000}});
  ASSERT_THAT(shelf.Do(command), IsOk());
  EXPECT_THAT(Decide(shelf.item(), kKey, command), IsOkAndHolds(IsEmpty()));
}

TEST(ReserveForJob, FirstAuthorisedIsFirstServed) {
  Shelf shelf;
  ASSERT_THAT(shelf.Do(Receive(3'000, kFifty)), IsOk());
  ASSERT_THAT(shelf.Do(Reserve("tkt_1", {{"lin_1", 3'000}})), IsOk());
  ASSERT_THAT(shelf.Do(Reserve("tkt_2", {{"lin_2", 1'000}})), IsOk());
  EXPECT_EQ(shelf.history().back().stock_shortage_found().missing_milli(), 1'000);
  EXPECT_EQ(shelf.level().reserved_milli(), 3'000);
}

TEST(ReserveForJob, NewConsentReplacesTheOldOne) {
  Shelf shelf;
  ASSERT_THAT(shelf.Do(Receive(5'000, kFifty)), IsOk());
  ASSERT_THAT(shelf.Do(Reserve("tkt_1", {{"lin_1", 3'000}, {"lin_2", 2'000}})), IsOk());
  ASSERT_THAT(shelf.Do(Reserve("tkt_1", {{"lin_2", 1'000}, {"lin_3", 4'000}})), IsOk());
  EXPECT_EQ(shelf.level().reserved_milli(), 5'000);
  std::map<std::string, int64_t> kept;
  for (const v1::Reservation& reservation : shelf.item().reservations()) {
    kept[reservation.line_id()] = reservation.quantity_milli();
  }
  EXPECT_EQ(kept, (std::map<std::string, int64_t>{{"lin_2", 1'000}, {"lin_3", 4'000}}));
}

TEST(ReserveForJob, ShortageEndsWhenStockHasComeOrLessIsWanted) {
  Shelf shelf;
  ASSERT_THAT(shelf.Do(Receive(2'000, kFifty)), IsOk());
  ASSERT_THAT(shelf.Do(Reserve("tkt_1", {{"lin_1", 3'000}})), IsOk());
  EXPECT_EQ(shelf.item().reservations(0).missing_milli(), 1'000);
  Shelf less = shelf;
  ASSERT_THAT(less.Do(Reserve("tkt_1", {{"lin_1", 2'000}})), IsOk());
  EXPECT_EQ(less.item().reservations(0).missing_milli(), 0);
  EXPECT_EQ(less.item().reservations(0).quantity_milli(), 2'000);
  ASSERT_THAT(shelf.Do(Receive(2'000, kFifty)), IsOk());
  ASSERT_THAT(shelf.Do(Reserve("tkt_1", {{"lin_1", 3'000}})), IsOk());
  EXPECT_EQ(shelf.item().reservations(0).missing_milli(), 0);
  EXPECT_EQ(shelf.item().reservations(0).quantity_milli(), 3'000);
}

TEST(ReserveForJob, StockBelowZeroKeepsNothingMore) {
  Shelf shelf;
  ASSERT_THAT(shelf.Do(Issue("tkt_0", "lin_0", 2'000)), IsOk());
  ASSERT_THAT(shelf.Do(Reserve("tkt_1", {{"lin_1", 1'000}})), IsOk());
  EXPECT_EQ(shelf.level().reserved_milli(), 0);
  EXPECT_EQ(shelf.history().back().stock_shortage_found().missing_milli(), 1'000);
}

TEST(ReleaseReservations, LineJobAndTicketAreReleasedEach) {
  Shelf shelf = HandbookShelf();
  ASSERT_THAT(shelf.Do(Reserve("tkt_1", {{"lin_1", 1'000}, {"lin_2", 2'000}})), IsOk());
  ASSERT_THAT(shelf.Do(Reserve("tkt_2", {{"lin_3", 4'000}})), IsOk());
  ASSERT_THAT(shelf.Do(ReleaseReservations{"tkt_1", "job_1", "lin_1"}), IsOk());
  EXPECT_EQ(shelf.level().reserved_milli(), 6'000);
  ASSERT_THAT(shelf.Do(ReleaseReservations{"tkt_1", "job_9", std::nullopt}), IsOk());
  EXPECT_EQ(shelf.level().reserved_milli(), 6'000);
  ASSERT_THAT(shelf.Do(ReleaseReservations{"tkt_1", "job_1", std::nullopt}), IsOk());
  EXPECT_EQ(shelf.level().reserved_milli(), 4'000);
  ASSERT_THAT(shelf.Do(ReleaseReservations{"tkt_2", std::nullopt, std::nullopt}), IsOk());
  EXPECT_EQ(shelf.level().reserved_milli(), 0);
  EXPECT_EQ(shelf.level().available_milli(), 16'000);
  EXPECT_THAT(Decide(shelf.item(), kKey, ReleaseReservations{"tkt_2", std::nullopt, std::nullopt}),
              IsOkAndHolds(IsEmpty()));
}

TEST(AdjustStock, LossIsTakenAtTheAverage) {
  Shelf shelf = HandbookShelf();
  ASSERT_THAT(shelf.Do(Adjust(-4'000)), IsOk());
  EXPECT_EQ(shelf.level().on_hand_milli(), 12'000);
  EXPECT_EQ(shelf.level().adjusted_milli(), -4'000);
  EXPECT_EQ(shelf.level().value_e4(), 6'270'000);
}

TEST(AdjustStock, FindBeforeAnyReceiptIsWorthTheCatalogueCost) {
  Shelf shelf;
  ASSERT_THAT(shelf.Do(Adjust(3'000)), IsOk());
  EXPECT_EQ(shelf.level().value_e4(), 1'500'000);
  EXPECT_EQ(shelf.level().adjusted_milli(), 3'000);
}

TEST(AdjustStock, MoreThanIsThereIsStockBelowZero) {
  Shelf shelf = HandbookShelf();
  EXPECT_TRUE(rpc::HasReason(shelf.Do(Adjust(-16'001)), v1::STOCK_BELOW_ZERO));
  EXPECT_THAT(shelf.Do(Adjust(-16'000)), IsOk());
  EXPECT_TRUE(rpc::HasReason(shelf.Do(Adjust(-1)), v1::STOCK_BELOW_ZERO));
}

TEST(SetReorderRule, SameRuleGivesNoEvents) {
  Shelf shelf;
  ASSERT_THAT(shelf.Do(SetReorderRule{4'000, 10'000, "sup_1"}), IsOk());
  EXPECT_EQ(shelf.level().version(), 1u);
  EXPECT_THAT(Decide(shelf.item(), kKey, SetReorderRule{4'000, 10'000, std::nullopt}),
              IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Decide(shelf.item(), kKey, SetReorderRule{4'000, 10'000, ""}),
              IsOkAndHolds(::testing::SizeIs(1)));
}

TEST(QuantityToOrder, ReachesAbovePointInMultiples) {
  const auto needed = [](int64_t point, int64_t pack, int64_t on_hand) {
    v1::StockItemState item;
    item.mutable_level()->set_reorder_point_milli(point);
    item.mutable_level()->set_reorder_quantity_milli(pack);
    item.mutable_level()->set_available_milli(on_hand);
    return QuantityToOrder(item);
  };
  EXPECT_EQ(needed(4'000, 10'000, 4'001), 0);
  EXPECT_EQ(needed(4'000, 10'000, 4'000), 10'000);
  EXPECT_EQ(needed(4'000, 2'000, 0), 6'000);
  EXPECT_EQ(needed(4'000, 3'000, -2'000), 9'000);
  EXPECT_EQ(needed(4'000, 0, 0), 0);
  // Never more than an order may hold.
  EXPECT_EQ(needed(kMaxQuantityMilli, kMaxQuantityMilli / 2, 0), kMaxQuantityMilli);
}

TEST(QuantityToOrder, OpenOrderHoldsTheNextOneBack) {
  Shelf shelf;
  ASSERT_THAT(shelf.Do(SetReorderRule{4'000, 10'000, "sup_1"}), IsOk());
  EXPECT_EQ(QuantityToOrder(shelf.item()), 10'000);
  ASSERT_THAT(shelf.Do(OrderStock{"por_1", 10'000}), IsOk());
  EXPECT_EQ(shelf.level().on_order_milli(), 10'000);
  ASSERT_THAT(shelf.Do(Issue("tkt_1", "lin_1", 20'000)), IsOk());
  EXPECT_EQ(QuantityToOrder(shelf.item()), 0);
  ASSERT_THAT(shelf.Do(ReduceOrderedStock{"por_1", 4'000}), IsOk());
  EXPECT_EQ(QuantityToOrder(shelf.item()), 0);
  ASSERT_THAT(shelf.Do(ReduceOrderedStock{"por_1", 6'000}), IsOk());
  EXPECT_EQ(shelf.level().on_order_milli(), 0);
  EXPECT_EQ(QuantityToOrder(shelf.item()), 30'000);
}

TEST(ReduceOrderedStock, OtherOrderChangesNothing) {
  Shelf shelf;
  ASSERT_THAT(shelf.Do(OrderStock{"por_1", 10'000}), IsOk());
  EXPECT_THAT(Decide(shelf.item(), kKey, ReduceOrderedStock{"por_2", 10'000}),
              IsOkAndHolds(IsEmpty()));
}

// What a property expects of any history, kept beside the real thing.
struct Ledger {
  int64_t received = 0;
  int64_t adjusted = 0;
  int64_t issued = 0;
};

void CheckInvariants(const Shelf& shelf, const Ledger& ledger) {
  const v1::StockLevel& level = shelf.level();
  RC_ASSERT(level.received_milli() == ledger.received);
  RC_ASSERT(level.adjusted_milli() == ledger.adjusted);
  RC_ASSERT(level.issued_milli() == ledger.issued);
  RC_ASSERT(level.on_hand_milli() == ledger.received + ledger.adjusted - ledger.issued);
  int64_t kept = 0;
  for (const v1::Reservation& reservation : shelf.item().reservations()) {
    RC_ASSERT(reservation.quantity_milli() >= 0);
    RC_ASSERT(reservation.quantity_milli() + reservation.missing_milli() > 0);
    kept += reservation.quantity_milli();
  }
  RC_ASSERT(level.reserved_milli() == kept);
  RC_ASSERT(level.available_milli() == level.on_hand_milli() - level.reserved_milli());
  if (level.on_hand_milli() >= 0) RC_ASSERT(level.value_e4() >= 0);
  RC_ASSERT(level.on_order_milli() >= 0);
  RC_ASSERT(shelf.item().open_purchase_order_id().empty() == (level.on_order_milli() == 0));
  RC_ASSERT(level.version() == shelf.history().size());
}

std::string Pick(const char* prefix) { return prefix + std::to_string(*rc::gen::inRange(1, 4)); }

// One command of any kind; what it must have done to the sums goes to the ledger.
void AnyStep(Shelf& shelf, Ledger& ledger) {
  const int64_t quantity = *rc::gen::inRange<int64_t>(1, 9'000);
  const std::string order = "por_" + std::to_string(shelf.history().size());
  switch (*rc::gen::inRange(0, 7)) {
    case 0:
      RC_ASSERT(shelf.Do(Receive(quantity, *rc::gen::inRange<int64_t>(0, 900'000))).ok());
      ledger.received += quantity;
      break;
    case 1:
      RC_ASSERT(shelf.Do(Issue(Pick("tkt_"), Pick("lin_"), quantity)).ok());
      ledger.issued += quantity;
      break;
    case 2: {
      const int64_t change = *rc::gen::element(quantity, -quantity);
      if (shelf.Do(Adjust(change)).ok()) ledger.adjusted += change;
      break;
    }
    case 3:
      RC_ASSERT(shelf.Do(Reserve(Pick("tkt_"), {{"lin_1", quantity}, {"lin_2", 1}})).ok());
      break;
    case 4:
      RC_ASSERT(shelf.Do(ReleaseReservations{Pick("tkt_"), std::nullopt, std::nullopt}).ok());
      break;
    case 5:
      RC_ASSERT(shelf.Do(SetReorderRule{quantity, 1'000, std::nullopt}).ok());
      if (const int64_t needed = QuantityToOrder(shelf.item()); needed > 0) {
        RC_ASSERT(shelf.Do(OrderStock{order, needed}).ok());
        RC_ASSERT(shelf.level().available_milli() + shelf.level().on_order_milli() >
                  shelf.level().reorder_point_milli());
      }
      break;
    case 6:
      RC_ASSERT(shelf.Do(ReduceOrderedStock{shelf.item().open_purchase_order_id(), quantity}).ok());
      break;
  }
}

RC_GTEST_PROP(StockItem, AnyHistoryKeepsTheInvariantsAndReplaysToTheSameBytes, ()) {
  Shelf shelf;
  Ledger ledger;
  const int steps = *rc::gen::inRange(1, 60);
  for (int i = 0; i < steps; ++i) {
    AnyStep(shelf, ledger);
    CheckInvariants(shelf, ledger);
  }
  v1::StockItemState replayed;
  for (const v1::InventoryEvent& event : shelf.history()) {
    v1::InventoryEvent stored;
    RC_ASSERT(stored.ParseFromString(event.SerializeAsString()));
    StockItemAggregate::Apply(replayed, stored);
  }
  RC_ASSERT(replayed.SerializeAsString() == shelf.item().SerializeAsString());
}

}  // namespace
}  // namespace pitlane::inventory
