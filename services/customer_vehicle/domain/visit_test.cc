#include "services/customer_vehicle/domain/visit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/testing/given.h"

namespace pitlane::customer_vehicle {
namespace {

using testing::EqualsProto;
using ::testing::IsEmpty;
using ::testing::SizeIs;

google::protobuf::Timestamp At(int64_t seconds) {
  google::protobuf::Timestamp time;
  time.set_seconds(seconds);
  return time;
}

ticket::v1::Ticket SmallTicket() {
  ticket::v1::Ticket ticket;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(ticket_id: "tkt_1"
           location_id: "loc_1"
           currency: "USD"
           number: "RO-7"
           customer_id: "cus_1"
           vehicle_id: "veh_1"
           business_date: "2026-04-02"
           odometer_out: 41100
           totals { total_minor: 59905 }
           jobs {
             title: "Front brakes"
             technician: "usr_2"
             lines {
               kind: LINE_KIND_LABOUR
               operation_code: "BRK"
               description: "Replace pads"
               hours_centi: 150
               rate_minor: 14500
               warranty_months: 12
               warranty_miles: 12000
             }
             lines {
               kind: LINE_KIND_PART
               part_id: "prt_1"
               part_number: "D-1210"
               quantity_milli: 1000
               unit_price_minor: 6495
             }
             lines { kind: LINE_KIND_NOTE description: "customer is in a hurry" }
             lines { kind: LINE_KIND_CORE description: "core" }
           }
           lines { kind: LINE_KIND_FEE description: "shop supplies" })pb",
      &ticket));
  return ticket;
}

TEST(EntryOf, TicketThenWorkAndPartsWithoutPricesAndNotes) {
  EXPECT_THAT(EntryOf(SmallTicket(), At(9)), EqualsProto(R"pb(vehicle_id: "veh_1"
                                                              ticket_id: "tkt_1"
                                                              ticket_number: "RO-7"
                                                              location_id: "loc_1"
                                                              closed_at { seconds: 9 }
                                                              business_date: "2026-04-02"
                                                              odometer: 41100
                                                              jobs: "Front brakes"
                                                              lines {
                                                                kind: "labour"
                                                                operation_code: "BRK"
                                                                description: "Replace pads"
                                                                hours_centi: 150
                                                                technician: "usr_2"
                                                                warranty_months: 12
                                                                warranty_miles: 12000
                                                              }
                                                              lines {
                                                                kind: "part"
                                                                part_id: "prt_1"
                                                                part_number: "D-1210"
                                                                quantity_milli: 1000
                                                              })pb"));
}

TEST(EntryOf, OdometerNotReadThenNone) {
  ticket::v1::Ticket ticket = SmallTicket();
  ticket.clear_odometer_out();
  EXPECT_FALSE(EntryOf(ticket, At(9)).has_odometer());
}

TEST(RecordService, SameTicketAgainThenNothing) {
  const RecordService command{EntryOf(SmallTicket(), At(9))};
  const auto events = Decide(v1::ServiceVisitState(), command);
  ASSERT_THAT(events, SizeIs(1));
  v1::ServiceVisitState state;
  ServiceVisitAggregate::Apply(state, events.front());
  EXPECT_THAT(Decide(state, command), IsEmpty());
}

TEST(CountVisit, SameTicketAgainThenNothing) {
  const CountVisit command{VisitOf(SmallTicket(), At(9))};
  const auto events = Decide(v1::CountedVisitState(), command);
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_THAT(events.front().visit_counted(),
              EqualsProto(R"pb(customer_id: "cus_1"
                               ticket_id: "tkt_1"
                               closed_at { seconds: 9 }
                               total { amount_minor: 59905 currency: "USD" })pb"));
  v1::CountedVisitState state;
  CountedVisitAggregate::Apply(state, events.front());
  EXPECT_THAT(Decide(state, command), IsEmpty());
}

}  // namespace
}  // namespace pitlane::customer_vehicle
