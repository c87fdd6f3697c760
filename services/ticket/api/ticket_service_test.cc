// The ticket service through its API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "libs/testing/proto_matchers.h"
#include "services/ticket/api/service_fixture.h"

namespace pitlane::ticket {
namespace {

using ::testing::ElementsAre;
using testing::EqualsProto;
using ::testing::IsEmpty;

template <class T>
std::string Reason(const absl::StatusOr<T>& answer) {
  return answer.ok() ? "" : rpc::ErrorReason(answer.status());
}

std::vector<std::string> Numbers(const v1::ListTicketsResponse& response) {
  std::vector<std::string> numbers;
  for (const v1::TicketSummary& ticket : response.tickets()) numbers.push_back(ticket.number());
  return numbers;
}

TEST_F(TicketServiceTest, SaleGoesFromWriteUpToTheLastCent) {
  const v1::Ticket invoiced = OpenInvoiced();
  EXPECT_EQ(invoiced.stage(), v1::DOCUMENT_STAGE_INVOICED);
  EXPECT_EQ(invoiced.number(), "RO-00001");
  EXPECT_EQ(invoiced.invoice_number(), "INV-00001");
  EXPECT_EQ(invoiced.business_date(), "2025-12-31");  // midnight UTC is evening in Chicago
  EXPECT_EQ(invoiced.totals().total_minor(), 27366);
  EXPECT_EQ(invoiced.jobs(0).lines(0).technician(), "technician-7");
  CapturePayment(PaymentId::Make(cluster_.clock(), cluster_.entropy(), 1).text(), invoiced, 27366);
  const v1::Ticket closed = Get(invoiced.ticket_id());
  EXPECT_EQ(closed.stage(), v1::DOCUMENT_STAGE_CLOSED);
  EXPECT_EQ(closed.settlement(), v1::SETTLEMENT_PAID);
  RefundPayment(PaymentId::Make(cluster_.clock(), cluster_.entropy(), 1).text(), invoiced, 27366);
  EXPECT_EQ(Get(invoiced.ticket_id()).settlement(), v1::SETTLEMENT_REFUNDED);
  EXPECT_EQ(Get(invoiced.ticket_id()).stage(), v1::DOCUMENT_STAGE_CLOSED);
}

TEST_F(TicketServiceTest, SameRequestIsAnsweredTheSameAndDoneOnce) {
  v1::OpenTicketRequest request = OpenRequest(v1::TICKET_KIND_REPAIR_ORDER);
  request.set_request_id("once");
  const auto first = Call(&Stub::OpenTicket, request);
  const auto again = Call(&Stub::OpenTicket, request);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  request.set_odometer_in(1);
  EXPECT_EQ(Reason(Call(&Stub::OpenTicket, request)), "REQUEST_ID_REUSED");
  v1::ListTicketsRequest list;
  list.set_location_id(location_id_);
  EXPECT_THAT(Numbers(Must(&Stub::ListTickets, list)), ElementsAre("RO-00001"));
}

TEST_F(TicketServiceTest, RefusedCommandsUseUpNoNumber) {
  v1::OpenTicketRequest unknown = OpenRequest(v1::TICKET_KIND_REPAIR_ORDER);
  unknown.set_customer_id(CustomerId::Make(cluster_.clock(), cluster_.entropy(), 5).text());
  EXPECT_EQ(Reason(Call(&Stub::OpenTicket, unknown)), "CUSTOMER_UNKNOWN");
  EXPECT_EQ(Open(v1::TICKET_KIND_REPAIR_ORDER).number(), "RO-00001");
  EXPECT_EQ(Open(v1::TICKET_KIND_COUNTER_SALE).number(), "CS-00001");
  EXPECT_EQ(Open(v1::TICKET_KIND_REPAIR_ORDER).number(), "RO-00002");
}

TEST_F(TicketServiceTest, AnotherVersionThanExpectedIsAborted) {
  const v1::Ticket ticket = Open(v1::TICKET_KIND_REPAIR_ORDER);
  v1::AddJobRequest request;
  request.set_ticket_id(ticket.ticket_id());
  request.set_title("Front brakes");
  request.set_expected_version(ticket.version() + 1);
  EXPECT_THAT(Call(&Stub::AddJob, request), StatusIs(absl::StatusCode::kAborted));
  request.set_expected_version(ticket.version());
  EXPECT_EQ(Must(&Stub::AddJob, request).ticket().version(), ticket.version() + 1);

  v1::ConfigureLocationRequest configure;
  v1::GetLocationRequest get;
  get.set_location_id(location_id_);
  *configure.mutable_location() = Must(&Stub::GetLocation, get).location();
  configure.mutable_location()->set_name("High Street");
  configure.set_expected_version(0);
  EXPECT_THAT(Call(&Stub::ConfigureLocation, configure), StatusIs(absl::StatusCode::kAborted));
  configure.set_expected_version(1);
  EXPECT_EQ(Must(&Stub::ConfigureLocation, configure).location().version(), 2u);
}

TEST_F(TicketServiceTest, DevicesMakeIdsOfTheLocationsSlotOnly) {
  v1::OpenTicketRequest request = OpenRequest(v1::TICKET_KIND_COUNTER_SALE);
  const uint32_t slot = LocationId::Parse(location_id_)->slot();
  request.set_ticket_id(TicketId::Make(cluster_.clock(), cluster_.entropy(), slot).text());
  const v1::Ticket ticket = Must(&Stub::OpenTicket, request).ticket();
  EXPECT_EQ(ticket.ticket_id(), request.ticket_id());
  EXPECT_EQ(Reason(Call(&Stub::OpenTicket, request)), "TICKET_EXISTS");
  request.set_ticket_id(
      TicketId::Make(cluster_.clock(), cluster_.entropy(), (slot + 1) % kSlotCount).text());
  EXPECT_EQ(Reason(Call(&Stub::OpenTicket, request)), "FIELD_INVALID");
  v1::AddJobRequest job;
  job.set_ticket_id(ticket.ticket_id());
  job.set_title("Parts");
  job.set_job_id(JobId::Make(cluster_.clock(), cluster_.entropy(), slot).text());
  EXPECT_EQ(Must(&Stub::AddJob, job).job_id(), job.job_id());
}

TEST_F(TicketServiceTest, UnknownThingsAreNotFound) {
  const uint32_t slot = LocationId::Parse(location_id_)->slot();
  v1::GetTicketRequest ticket;
  ticket.set_ticket_id(TicketId::Make(cluster_.clock(), cluster_.entropy(), slot).text());
  EXPECT_EQ(Reason(Call(&Stub::GetTicket, ticket)), "TICKET_UNKNOWN");
  v1::VoidTicketRequest voided;
  voided.set_ticket_id(ticket.ticket_id());
  voided.set_reason("gone");
  EXPECT_EQ(Reason(Call(&Stub::VoidTicket, voided)), "TICKET_UNKNOWN");
  v1::GetLocationRequest location;
  location.set_location_id(LocationId::Make(cluster_.clock(), cluster_.entropy(), 1).text());
  EXPECT_EQ(Reason(Call(&Stub::GetLocation, location)), "LOCATION_UNKNOWN");
  v1::OpenTicketRequest open = OpenRequest(v1::TICKET_KIND_COUNTER_SALE);
  open.set_location_id(location.location_id());
  EXPECT_EQ(Reason(Call(&Stub::OpenTicket, open)), "LOCATION_UNKNOWN");
  v1::GetPriceRequest price;
  price.set_part_id(PartId::Make(cluster_.clock(), cluster_.entropy(), 1).text());
  EXPECT_EQ(Reason(Call(&Stub::GetPrice, price)), "PART_UNKNOWN");
}

TEST_F(TicketServiceTest, TimeZoneHasToExist) {
  v1::GetLocationRequest get;
  get.set_location_id(location_id_);
  v1::ConfigureLocationRequest request;
  *request.mutable_location() = Must(&Stub::GetLocation, get).location();
  for (const char* zone :
       {"America/Gotham", "/etc/passwd", "../UTC", "localtime", "Fixed/UTC+01"}) {
    request.mutable_location()->set_time_zone(zone);
    request.clear_request_id();
    EXPECT_EQ(Reason(Call(&Stub::ConfigureLocation, request)), "TIME_ZONE_UNKNOWN") << zone;
  }
  request.mutable_location()->set_time_zone("Asia/Tokyo");
  Must(&Stub::ConfigureLocation, request);
  EXPECT_EQ(OpenInvoiced().business_date(), "2026-01-01");
}

TEST_F(TicketServiceTest, PricesFollowInventory) {
  v1::GetPriceRequest request;
  request.set_part_id(part_id_);
  EXPECT_EQ(Must(&Stub::GetPrice, request).price().list_price_minor(), 10000);
  const v1::Ticket before = OpenAuthorized();
  ChangePrice(part_id_, 12000);
  EXPECT_EQ(Must(&Stub::GetPrice, request).price().list_price_minor(), 12000);
  EXPECT_EQ(Must(&Stub::GetPrice, request).price().brand(), "Ferro");
  // What was priced stays as it was.
  EXPECT_EQ(Get(before.ticket_id()).jobs(0).lines(1).unit_price_minor(), 10000);
  EXPECT_EQ(OpenAuthorized().jobs(0).lines(1).unit_price_minor(), 12000);
}

TEST_F(TicketServiceTest, CoreLineIsNamedInTheAnswer) {
  const std::string rebuilt = PartId::Make(cluster_.clock(), cluster_.entropy(), 3).text();
  ImportPart(rebuilt, 29531, 4500);
  const v1::Ticket ticket = OpenAuthorized();
  v1::AddPartLineRequest request = PartRequest(ticket);
  EXPECT_EQ(Must(&Stub::AddPartLine, request).core_line_id(), "");
  request.set_part_id(rebuilt);
  const v1::AddPartLineResponse added = Must(&Stub::AddPartLine, request);
  ASSERT_EQ(added.ticket().jobs(0).lines_size(), 5);
  EXPECT_EQ(added.ticket().jobs(0).lines(3).line_id(), added.line_id());
  EXPECT_EQ(added.ticket().jobs(0).lines(4).line_id(), added.core_line_id());
}

TEST_F(TicketServiceTest, ErasedCustomerTakesNoNewTickets) {
  EraseCustomer(customer_id_);
  EXPECT_EQ(Reason(Call(&Stub::OpenTicket, OpenRequest(v1::TICKET_KIND_COUNTER_SALE))),
            "CUSTOMER_ERASED");
  v1::OpenTicketRequest walk_in = OpenRequest(v1::TICKET_KIND_COUNTER_SALE);
  walk_in.clear_customer_id();
  EXPECT_THAT(Call(&Stub::OpenTicket, walk_in), IsOk());
}

TEST_F(TicketServiceTest, MoneyForATicketNobodyKnowsIsParkedAndTheRestFlows) {
  const v1::Ticket invoiced = OpenInvoiced();
  v1::Ticket unknown = invoiced;
  unknown.set_ticket_id(TicketId::Make(cluster_.clock(), cluster_.entropy(), 1).text());
  CapturePayment(PaymentId::Make(cluster_.clock(), cluster_.entropy(), 1).text(), unknown, 100);
  CapturePayment(PaymentId::Make(cluster_.clock(), cluster_.entropy(), 1).text(), invoiced, 27366);
  EXPECT_EQ(cluster_.host("ticket").Status().parked, 1u);
  EXPECT_EQ(Get(invoiced.ticket_id()).stage(), v1::DOCUMENT_STAGE_CLOSED);
}

TEST_F(TicketServiceTest, RolesMayWhatTheyMay) {
  const v1::Ticket ticket = OpenAuthorized();
  v1::DiscountTicketRequest discount;
  discount.set_ticket_id(ticket.ticket_id());
  discount.mutable_discount()->set_rate_ppm(100001);
  discount.mutable_discount()->set_reason("returning customer");
  EXPECT_EQ(Reason(Call(&Stub::DiscountTicket, discount, rpc::Role::kTechnician)),
            "PERMISSION_MISSING");
  EXPECT_EQ(Reason(Call(&Stub::DiscountTicket, discount, rpc::Role::kAdvisor)),
            "DISCOUNT_OVER_LIMIT");
  EXPECT_THAT(Call(&Stub::DiscountTicket, discount, rpc::Role::kManager), IsOk());
  discount.mutable_discount()->set_rate_ppm(100000);
  EXPECT_THAT(Call(&Stub::DiscountTicket, discount, rpc::Role::kAdvisor), IsOk());

  v1::ConfigureLocationRequest configure;
  configure.mutable_location()->set_location_id(location_id_);
  EXPECT_EQ(Reason(Call(&Stub::ConfigureLocation, configure, rpc::Role::kAdvisor)),
            "PERMISSION_MISSING");
}

TEST_F(TicketServiceTest, CallersSeeTheirOwnLocationsOnly) {
  v1::GetLocationRequest get;
  get.set_location_id(location_id_);
  v1::ConfigureLocationRequest configure;
  *configure.mutable_location() = Must(&Stub::GetLocation, get).location();
  configure.mutable_location()->clear_location_id();
  const std::string other = Must(&Stub::ConfigureLocation, configure).location().location_id();

  rpc::Caller advisor;
  advisor.subject = "advisor-2";
  advisor.grants.push_back({.role = rpc::Role::kAdvisor, .location_id = other});
  const auto list = [&](const rpc::Caller& caller) {
    auto context = cluster_.Context(caller);
    v1::ListLocationsResponse response;
    EXPECT_TRUE(stub_->ListLocations(context.get(), {}, &response).ok());
    std::vector<std::string> ids;
    for (const v1::Location& location : response.locations()) {
      ids.push_back(location.location_id());
    }
    return ids;
  };
  EXPECT_THAT(list(advisor), ElementsAre(other));

  const v1::Ticket ticket = Open(v1::TICKET_KIND_COUNTER_SALE);
  auto context = cluster_.Context(advisor);
  v1::GetTicketRequest request;
  request.set_ticket_id(ticket.ticket_id());
  v1::GetTicketResponse response;
  EXPECT_EQ(rpc::ErrorReason(
                cluster_.AfterCall(*context, stub_->GetTicket(context.get(), request, &response))),
            "LOCATION_NOT_GRANTED");
}

TEST_F(TicketServiceTest, LocationsAreListedPageByPage) {
  v1::GetLocationRequest get;
  get.set_location_id(location_id_);
  v1::ConfigureLocationRequest configure;
  *configure.mutable_location() = Must(&Stub::GetLocation, get).location();
  configure.mutable_location()->clear_location_id();
  for (int i = 0; i < 4; ++i) Must(&Stub::ConfigureLocation, configure);
  v1::ListLocationsRequest request;
  request.set_page_size(2);
  std::set<std::string> seen;
  int pages = 0;
  do {
    const v1::ListLocationsResponse page = Must(&Stub::ListLocations, request);
    for (const v1::Location& location : page.locations()) seen.insert(location.location_id());
    request.set_page_token(page.next_page_token());
    ++pages;
  } while (!request.page_token().empty() && pages < 10);
  EXPECT_EQ(seen.size(), 5u);
  EXPECT_EQ(pages, 3);
}

TEST_F(TicketServiceTest, TicketsAreFoundByEverythingTheyAreLookedForBy) {
  const v1::Ticket invoiced = OpenInvoiced();
  cluster_.Advance(absl::Seconds(1));
  const v1::Ticket authorized = OpenAuthorized();
  cluster_.Advance(absl::Seconds(1));
  const v1::Ticket sale = Open(v1::TICKET_KIND_COUNTER_SALE);
  const auto list = [this](const std::function<void(v1::ListTicketsRequest&)>& ask) {
    v1::ListTicketsRequest request;
    request.set_location_id(location_id_);
    ask(request);
    return Numbers(Must(&Stub::ListTickets, request));
  };
  EXPECT_THAT(list([](auto&) {}), ElementsAre("CS-00001", "RO-00002", "RO-00001"));
  EXPECT_THAT(list([](auto& ask) { ask.set_stage(v1::DOCUMENT_STAGE_ESTIMATE); }),
              ElementsAre("CS-00001"));
  EXPECT_THAT(list([](auto& ask) { ask.set_stage(v1::DOCUMENT_STAGE_WORK_ORDER); }),
              ElementsAre("RO-00002"));
  EXPECT_THAT(list([](auto& ask) { ask.set_stage(v1::DOCUMENT_STAGE_INVOICED); }),
              ElementsAre("RO-00001"));
  EXPECT_THAT(list([&](auto& ask) { ask.set_customer_id(customer_id_); }),
              ElementsAre("CS-00001", "RO-00002", "RO-00001"));
  EXPECT_THAT(list([&](auto& ask) { ask.set_vehicle_id(vehicle_id_); }),
              ElementsAre("RO-00002", "RO-00001"));
  EXPECT_THAT(list([](auto& ask) { ask.set_technician("technician-7"); }), ElementsAre("RO-00001"));
  EXPECT_THAT(list([](auto& ask) { ask.set_technician("technician-9"); }), IsEmpty());
  EXPECT_THAT(list([](auto& ask) { ask.set_number("INV-00001"); }), ElementsAre("RO-00001"));
  EXPECT_THAT(list([](auto& ask) { ask.set_number("CS-00001"); }), ElementsAre("CS-00001"));
  EXPECT_THAT(list([](auto& ask) { ask.set_number("CS-00002"); }), IsEmpty());
  EXPECT_THAT(list([&](auto& ask) {
                ask.clear_location_id();
                ask.set_customer_id(customer_id_);
              }),
              ElementsAre("CS-00001", "RO-00002", "RO-00001"));

  // A technician who is taken off a line is no longer found by it.
  v1::ChangeLineRequest change;
  change.set_ticket_id(authorized.ticket_id());
  change.set_line_id(authorized.jobs(0).lines(0).line_id());
  change.set_technician("technician-9");
  Must(&Stub::ChangeLine, change);
  EXPECT_THAT(list([](auto& ask) { ask.set_technician("technician-9"); }), ElementsAre("RO-00002"));
  change.set_technician("technician-7");
  change.clear_request_id();
  Must(&Stub::ChangeLine, change);
  EXPECT_THAT(list([](auto& ask) { ask.set_technician("technician-9"); }), IsEmpty());
  EXPECT_THAT(list([](auto& ask) { ask.set_technician("technician-7"); }),
              ElementsAre("RO-00002", "RO-00001"));
  EXPECT_EQ(sale.customer_id(), customer_id_);
}

TEST_F(TicketServiceTest, TicketsAreListedPageByPageNewestFirst) {
  for (int i = 0; i < 5; ++i) {
    Open(v1::TICKET_KIND_COUNTER_SALE);
    cluster_.Advance(absl::Milliseconds(1));
  }
  v1::ListTicketsRequest request;
  request.set_location_id(location_id_);
  request.set_customer_id(customer_id_);
  request.set_page_size(2);
  std::vector<std::vector<std::string>> pages;
  do {
    const v1::ListTicketsResponse page = Must(&Stub::ListTickets, request);
    pages.push_back(Numbers(page));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && pages.size() < 10);
  EXPECT_THAT(pages, ElementsAre(ElementsAre("CS-00005", "CS-00004"),
                                 ElementsAre("CS-00003", "CS-00002"), ElementsAre("CS-00001")));
  request.clear_customer_id();
  request.set_page_token(Must(&Stub::ListTickets, request).next_page_token());
  request.set_stage(v1::DOCUMENT_STAGE_ESTIMATE);
  EXPECT_EQ(Reason(Call(&Stub::ListTickets, request)), "FIELD_INVALID")
      << "a token of another question";
  request.clear_page_token();
  request.set_page_size(201);
  EXPECT_EQ(Reason(Call(&Stub::ListTickets, request)), "FIELD_INVALID");
}

TEST_F(TicketServiceTest, TicketIsTheSameAfterARestartAndAfterAPowerCut) {
  const v1::Ticket invoiced = OpenInvoiced();
  ASSERT_THAT(cluster_.Restart("ticket"), IsOk());
  stub_ = cluster_.Stub<v1::TicketService>("ticket");
  EXPECT_THAT(Get(invoiced.ticket_id()), EqualsProto(invoiced));
  ASSERT_THAT(cluster_.Crash("ticket"), IsOk());
  stub_ = cluster_.Stub<v1::TicketService>("ticket");
  EXPECT_THAT(Get(invoiced.ticket_id()), EqualsProto(invoiced));
  EXPECT_EQ(Open(v1::TICKET_KIND_REPAIR_ORDER).number(), "RO-00002");
}

TEST_F(TicketServiceTest, WatchShowsEveryChangeAndGoesOnFromAPosition) {
  const v1::Ticket before = Open(v1::TICKET_KIND_COUNTER_SALE);
  auto context = cluster_.Context();
  v1::WatchTicketsRequest request;
  request.set_location_id(location_id_);
  auto stream = stub_->WatchTickets(context.get(), request);
  stream->WaitForInitialMetadata();
  const v1::Ticket ticket = OpenAuthorized();
  std::vector<v1::TicketEvent::EventCase> cases;
  std::vector<uint64_t> positions;
  v1::WatchTicketsResponse response;
  while (cases.size() < 5 && stream->Read(&response)) {
    EXPECT_EQ(response.event().meta().stream_id(), ticket.ticket_id());
    cases.push_back(response.event().event_case());
    positions.push_back(response.position());
  }
  EXPECT_THAT(cases, ElementsAre(v1::TicketEvent::kTicketOpened, v1::TicketEvent::kJobAdded,
                                 v1::TicketEvent::kLineAdded, v1::TicketEvent::kLineAdded,
                                 v1::TicketEvent::kJobAuthorized));
  context->TryCancel();
  stream->Finish().ok();

  auto resumed_context = cluster_.Context();
  ASSERT_EQ(positions.size(), 5u);
  request.set_after_position(positions[2]);
  auto resumed = stub_->WatchTickets(resumed_context.get(), request);
  ASSERT_TRUE(resumed->Read(&response));
  EXPECT_EQ(response.position(), positions[3]);
  ASSERT_TRUE(resumed->Read(&response));
  EXPECT_EQ(response.event().event_case(), v1::TicketEvent::kJobAuthorized);
  resumed_context->TryCancel();
  resumed->Finish().ok();
  EXPECT_EQ(before.stage(), v1::DOCUMENT_STAGE_ESTIMATE);
}

}  // namespace
}  // namespace pitlane::ticket
