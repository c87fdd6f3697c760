#include "services/inventory/projections/ticket_stock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "libs/testing/proto_matchers.h"
#include "services/inventory/projections/test_views.h"

namespace pitlane::inventory {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using ::pitlane::testing::EqualsProto;

template <class Fact>
void SetLine(Fact& fact, const std::string& job, const std::string& line) {
  fact.set_part_id("prt_1");
  fact.set_location_id("loc_1");
  fact.set_ticket_id("tkt_1");
  fact.set_job_id(job);
  fact.set_line_id(line);
}

v1::InventoryEvent Reserved(const std::string& job, const std::string& line, int64_t quantity) {
  v1::InventoryEvent event;
  SetLine(*event.mutable_stock_reserved(), job, line);
  event.mutable_stock_reserved()->set_quantity_milli(quantity);
  return event;
}

TEST(TicketStock, LineGoesFromKeptAndMissingToIssued) {
  ViewRig<TicketStock> rig;
  rig.On(Reserved("job_1", "lin_1", 3), "loc_1/prt_1");
  v1::InventoryEvent event;
  SetLine(*event.mutable_stock_shortage_found(), "job_1", "lin_1");
  event.mutable_stock_shortage_found()->set_missing_milli(2);
  rig.On(event, "loc_1/prt_1", 2);
  EXPECT_THAT(TicketStock::Of(rig.views(), "tkt_1"),
              IsOkAndHolds(ElementsAre(EqualsProto(R"pb(ticket_id: "tkt_1"
                                                        job_id: "job_1"
                                                        line_id: "lin_1"
                                                        part_id: "prt_1"
                                                        location_id: "loc_1"
                                                        reserved_milli: 3
                                                        missing_milli: 2)pb"))));
  EXPECT_THAT(TicketStock::IsIssued(rig.views(), "tkt_1", "job_1", "lin_1", "prt_1"),
              IsOkAndHolds(false));
  SetLine(*event.mutable_stock_issued(), "job_1", "lin_1");
  event.mutable_stock_issued()->set_quantity_milli(5);
  event.mutable_stock_issued()->set_cost_e4(77);
  event.mutable_stock_issued()->set_provisional(true);
  rig.On(event, "loc_1/prt_1", 3);
  EXPECT_THAT(TicketStock::Of(rig.views(), "tkt_1"),
              IsOkAndHolds(ElementsAre(EqualsProto(R"pb(ticket_id: "tkt_1"
                                                        job_id: "job_1"
                                                        line_id: "lin_1"
                                                        part_id: "prt_1"
                                                        location_id: "loc_1"
                                                        issued_milli: 5
                                                        cost_e4: 77
                                                        provisional: true)pb"))));
  EXPECT_THAT(TicketStock::IsIssued(rig.views(), "tkt_1", "job_1", "lin_1", "prt_1"),
              IsOkAndHolds(true));
}

TEST(TicketStock, JobAndLineNarrowTheList) {
  ViewRig<TicketStock> rig;
  rig.On(Reserved("job_1", "lin_1", 1), "loc_1/prt_1");
  rig.On(Reserved("job_1", "lin_2", 2), "loc_1/prt_1", 2);
  rig.On(Reserved("job_2", "lin_3", 3), "loc_1/prt_1", 3);
  EXPECT_EQ(TicketStock::Of(rig.views(), "tkt_1")->size(), 3u);
  EXPECT_EQ(TicketStock::Of(rig.views(), "tkt_1", "job_1")->size(), 2u);
  EXPECT_EQ(TicketStock::Of(rig.views(), "tkt_1", "job_1", "lin_2")->size(), 1u);
  EXPECT_THAT(TicketStock::Of(rig.views(), "tkt_2"), IsOkAndHolds(IsEmpty()));
}

TEST(TicketStock, ReleasedLineIsGone) {
  ViewRig<TicketStock> rig;
  rig.On(Reserved("job_1", "lin_1", 1), "loc_1/prt_1");
  v1::InventoryEvent event;
  SetLine(*event.mutable_reservation_released(), "job_1", "lin_1");
  rig.On(event, "loc_1/prt_1", 2);
  EXPECT_THAT(rig.Keys(), IsEmpty());
}

}  // namespace
}  // namespace pitlane::inventory
