// Declined work through the API: it stays with the vehicle, comes back at the next visit, and goes
// when it is sold, superseded or the vehicle is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"
#include "pitlane/ticket/v1/declined_service.grpc.pb.h"
#include "services/ticket/api/service_fixture.h"

namespace pitlane::ticket {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class DeclinedServiceTest : public TicketServiceTest {
 protected:
  using Declined = v1::DeclinedWorkService::Stub;

  void SetUp() override {
    TicketServiceTest::SetUp();
    declined_ = cluster_.Stub<v1::DeclinedWorkService>("ticket");
  }

  // A repair order with one job: labour under an operation code, and the part.
  v1::Ticket Offered(const std::string& operation = "FLT-CABIN") {
    v1::Ticket ticket = Open(v1::TICKET_KIND_REPAIR_ORDER);
    v1::AddJobRequest job;
    job.set_ticket_id(ticket.ticket_id());
    job.set_title("Cabin filter");
    ticket = Must(&Stub::AddJob, job).ticket();
    v1::AddLabourLineRequest labour;
    labour.set_ticket_id(ticket.ticket_id());
    labour.set_job_id(ticket.jobs(0).job_id());
    labour.set_description("Replace the filter");
    labour.set_hours_centi(50);
    labour.set_operation_code(operation);
    Must(&Stub::AddLabourLine, labour);
    return Must(&Stub::AddPartLine, PartRequest(ticket)).ticket();
  }
  v1::Ticket Decline(const v1::Ticket& ticket) {
    v1::DeclineJobRequest request;
    request.set_ticket_id(ticket.ticket_id());
    request.set_job_id(ticket.jobs(0).job_id());
    request.set_person_ref(customer_id_);
    request.set_channel(v1::AUTHORIZATION_CHANNEL_IN_PERSON_SIGNATURE);
    request.set_reason("next time");
    return Must(&Stub::DeclineJob, request).ticket();
  }
  v1::ListDeclinedWorkResponse List() {
    v1::ListDeclinedWorkRequest request;
    request.set_location_id(location_id_);
    request.set_vehicle_id(vehicle_id_);
    const auto listed = cluster_.Call(*declined_, &Declined::ListDeclinedWork, request);
    EXPECT_THAT(listed, IsOk());
    return listed.value_or(v1::ListDeclinedWorkResponse());
  }
  absl::StatusOr<v1::TakeUpDeclinedWorkResponse> TakeUp(const v1::Ticket& ticket,
                                                        const v1::Ticket& old) {
    v1::TakeUpDeclinedWorkRequest request;
    request.set_request_id(NewRequestId());
    request.set_ticket_id(ticket.ticket_id());
    request.set_declined_ticket_id(old.ticket_id());
    request.set_declined_job_id(old.jobs(0).job_id());
    return cluster_.Call(*declined_, &Declined::TakeUpDeclinedWork, request);
  }
  void Invoice(const v1::Ticket& ticket) {
    v1::StartJobRequest start;
    start.set_ticket_id(ticket.ticket_id());
    start.set_job_id(ticket.jobs(0).job_id());
    start.set_technician("technician-7");
    Must(&Stub::AuthorizeJob, AuthorizeRequest(ticket));
    Must(&Stub::StartJob, start);
    v1::CompleteJobRequest complete;
    complete.set_ticket_id(ticket.ticket_id());
    complete.set_job_id(ticket.jobs(0).job_id());
    Must(&Stub::CompleteJob, complete);
    v1::InvoiceTicketRequest invoice;
    invoice.set_ticket_id(ticket.ticket_id());
    invoice.set_odometer_out(88123);
    Must(&Stub::InvoiceTicket, invoice);
  }

  std::unique_ptr<Declined> declined_;
};

TEST_F(DeclinedServiceTest, NextVisitThenShownWithOldAndNewPriceAndTakenUp) {
  const v1::Ticket old = Decline(Offered());
  ChangePrice(part_id_, 12000);
  cluster_.Advance(absl::Hours(24 * 40));
  v1::OpenTicketRequest open = OpenRequest(v1::TICKET_KIND_REPAIR_ORDER);
  const v1::OpenTicketResponse visit = Must(&Stub::OpenTicket, open);
  ASSERT_THAT(visit.declined_work(), SizeIs(1));
  const v1::DeclinedWorkOffer& offer = visit.declined_work(0);
  EXPECT_EQ(offer.age_days(), 40);
  EXPECT_EQ(offer.work().amount_excluding_tax_minor(), 17250);
  EXPECT_EQ(offer.amount_now_excluding_tax_minor(), 19250);
  EXPECT_EQ(List().offers(0).SerializeAsString(), offer.SerializeAsString());

  ASSERT_OK_AND_ASSIGN(const auto taken, TakeUp(visit.ticket(), old));
  ASSERT_THAT(taken.ticket().jobs(), SizeIs(1));
  const v1::Job& job = taken.ticket().jobs(0);
  EXPECT_EQ(job.job_id(), taken.job_id());
  EXPECT_EQ(job.status(), v1::JOB_STATUS_PROPOSED);
  EXPECT_EQ(job.title(), "Cabin filter");
  EXPECT_EQ(job.taken_up_from().ticket_id(), old.ticket_id());
  EXPECT_EQ(job.lines(0).operation_code(), "FLT-CABIN");
  EXPECT_EQ(job.lines(1).unit_price_minor(), 12000) << "today's price";
  EXPECT_THAT(taken.note_line_ids(), IsEmpty());
  EXPECT_EQ(List().offers(0).work().taken_up_by_ticket_id(), visit.ticket().ticket_id());
  EXPECT_TRUE(rpc::HasReason(TakeUp(visit.ticket(), old).status(), v1::WORK_IS_TAKEN_UP));

  Invoice(taken.ticket());
  EXPECT_THAT(List().offers(), IsEmpty()) << "sold";
}

TEST_F(DeclinedServiceTest, AgreedToAfterAllThenGone) {
  const v1::Ticket ticket = Decline(Offered());
  ASSERT_THAT(List().offers(), SizeIs(1));
  Must(&Stub::AuthorizeJob, AuthorizeRequest(ticket));
  EXPECT_THAT(List().offers(), IsEmpty());
}

TEST_F(DeclinedServiceTest, SameOperationOnALaterTicketThenSuperseded) {
  Decline(Offered());
  Decline(Offered("BRK-PAD-F"));
  const v1::Ticket again = Decline(Offered());
  ASSERT_THAT(List().offers(), SizeIs(2)) << "the later no stands for the earlier one";
  Invoice(Offered());
  ASSERT_THAT(List().offers(), SizeIs(1));
  EXPECT_EQ(List().offers(0).work().operation_codes(0), "BRK-PAD-F");
}

TEST_F(DeclinedServiceTest, TakerVoidedThenOfferedAgain) {
  const v1::Ticket old = Decline(Offered());
  const v1::Ticket visit = Open(v1::TICKET_KIND_REPAIR_ORDER);
  ASSERT_THAT(TakeUp(visit, old), IsOk());
  v1::VoidTicketRequest request;
  request.set_ticket_id(visit.ticket_id());
  request.set_reason("opened by mistake");
  Must(&Stub::VoidTicket, request);
  ASSERT_THAT(List().offers(), SizeIs(1));
  EXPECT_EQ(List().offers(0).work().taken_up_by_ticket_id(), "");
}

TEST_F(DeclinedServiceTest, TurnedDownAgainThenOneOffer) {
  const v1::Ticket old = Decline(Offered(""));
  const v1::Ticket visit = Open(v1::TICKET_KIND_REPAIR_ORDER);
  ASSERT_OK_AND_ASSIGN(const auto taken, TakeUp(visit, old));
  Decline(taken.ticket());
  ASSERT_THAT(List().offers(), SizeIs(1));
  EXPECT_EQ(List().offers(0).work().ticket_id(), visit.ticket_id());
}

TEST_F(DeclinedServiceTest, VehicleSoldThenNothingIsOfferedToTheNextOwner) {
  Decline(Offered());
  customer_vehicle::v1::CustomerVehicleEvent event;
  event.mutable_ownership_ended()->set_vehicle_id(vehicle_id_);
  event.mutable_ownership_ended()->set_customer_id(customer_id_);
  event.mutable_ownership_ended()->set_to_date("2026-02-01");
  cluster_.stream("customer_vehicle").Publish(event, vehicle_id_);
  ASSERT_TRUE(cluster_.Settle());
  EXPECT_THAT(List().offers(), IsEmpty());
}

TEST_F(DeclinedServiceTest, NotDeclinedOrAnotherVehicleThenRefused) {
  const v1::Ticket open = Offered();
  const v1::Ticket visit = Open(v1::TICKET_KIND_REPAIR_ORDER);
  EXPECT_TRUE(rpc::HasReason(TakeUp(visit, open).status(), v1::WORK_NOT_DECLINED));
  const v1::Ticket old = Decline(open);
  v1::OpenTicketRequest other = OpenRequest(v1::TICKET_KIND_REPAIR_ORDER);
  other.set_vehicle_id(VehicleId::Make(cluster_.clock(), cluster_.entropy(), 9).text());
  EXPECT_TRUE(rpc::HasReason(TakeUp(Must(&Stub::OpenTicket, other).ticket(), old).status(),
                             v1::WORK_OF_ANOTHER_VEHICLE));
}

TEST_F(DeclinedServiceTest, ManyThenPageByPage) {
  for (int i = 0; i < 3; ++i) Decline(Offered(""));
  v1::ListDeclinedWorkRequest request;
  request.set_location_id(location_id_);
  request.set_vehicle_id(vehicle_id_);
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(auto page, cluster_.Call(*declined_, &Declined::ListDeclinedWork, request));
  EXPECT_THAT(page.offers(), SizeIs(2));
  request.set_page_token(page.next_page_token());
  ASSERT_OK_AND_ASSIGN(page, cluster_.Call(*declined_, &Declined::ListDeclinedWork, request));
  EXPECT_THAT(page.offers(), SizeIs(1));
  EXPECT_EQ(page.next_page_token(), "");
}

}  // namespace
}  // namespace pitlane::ticket
