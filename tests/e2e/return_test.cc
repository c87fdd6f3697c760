// Two of the shop's days through the gateway: a part that comes back over the counter, and a filter
// that the customer did not want last time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status_matchers.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.grpc.pb.h"
#include "pitlane/inventory/v1/inventory_service.grpc.pb.h"
#include "pitlane/payment/v1/payment_service.grpc.pb.h"
#include "pitlane/reporting/v1/reporting_service.grpc.pb.h"
#include "pitlane/ticket/v1/declined_service.grpc.pb.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"
#include "tests/e2e/embedded.h"
#include "tests/e2e/take_back.h"

namespace pitlane::e2e {
namespace {

namespace cv = customer_vehicle::v1;
namespace inv = inventory::v1;
namespace pay = payment::v1;
namespace rep = reporting::v1;
namespace tkt = ticket::v1;
using ::testing::SizeIs;
using Tickets = tkt::TicketService::Stub;

class ReturnTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = FreshFolder("return");
    deployment_ = std::make_unique<Embedded>(folder_);
    ASSERT_THAT(deployment_->Start(), IsOk());
    auto session = deployment_->Connect();
    ASSERT_THAT(session.status(), IsOk());
    session_ = *std::move(session);
    auto shop = tools::LoadDemoShop(*session_);
    ASSERT_THAT(shop.status(), IsOk());
    shop_ = *std::move(shop);
    tickets_ = tkt::TicketService::NewStub(session_->channel());
  }
  void TearDown() override {
    tickets_.reset();
    session_.reset();
    deployment_.reset();
    if (!HasFailure()) std::filesystem::remove_all(folder_);
  }

  template <class Stub, class Request, class Response>
  Response Ask(Stub& stub,
               grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
               Request request) {
    if constexpr (requires { request.request_id(); }) {
      request.set_request_id(absl::StrCat("return-", ++requests_));
    }
    auto response = session_->Call(stub, method, request);
    EXPECT_THAT(response.status(), IsOk());
    return response.ok() ? *std::move(response) : Response();
  }
  template <class Request, class Response>
  Response Do(grpc::Status (Tickets::*method)(grpc::ClientContext*, const Request&, Response*),
              Request request) {
    return Ask(*tickets_, method, std::move(request));
  }

  inv::StockLevel Stock(const std::string& part_id) {
    const auto stub = inv::InventoryService::NewStub(session_->channel());
    inv::GetStockRequest request;
    request.set_part_id(part_id);
    request.set_location_id(shop_.location_id);
    return Ask(*stub, &inv::InventoryService::Stub::GetStock, request).level();
  }
  int64_t Spend() {
    const auto stub = cv::CustomerVehicleService::NewStub(session_->channel());
    cv::GetCustomerRequest request;
    request.set_customer_id(shop_.customer_id);
    const cv::Customer customer =
        Ask(*stub, &cv::CustomerVehicleService::Stub::GetCustomer, request).customer();
    return customer.profile().spend().empty() ? 0 : customer.profile().spend(0).amount_minor();
  }
  rep::DailySales Day(const std::string& date) {
    const auto stub = rep::ReportingService::NewStub(session_->channel());
    rep::GetDailySalesRequest request;
    request.set_location_id(shop_.location_id);
    request.mutable_range()->set_from_date(date);
    request.mutable_range()->set_to_date(date);
    const auto days = Ask(*stub, &rep::ReportingService::Stub::GetDailySales, request);
    EXPECT_THAT(days.days(), SizeIs(1));
    return days.days().empty() ? rep::DailySales() : days.days(0);
  }

  // A job with an hour's labour under an operation code and a part.
  std::string AddJob(const std::string& ticket_id, const std::string& title,
                     const std::string& operation, const std::string& part_id) {
    tkt::AddJobRequest job;
    job.set_ticket_id(ticket_id);
    job.set_title(title);
    const std::string job_id = Do(&Tickets::AddJob, job).job_id();
    tkt::AddLabourLineRequest labour;
    labour.set_ticket_id(ticket_id);
    labour.set_job_id(job_id);
    labour.set_description(title);
    labour.set_hours_centi(100);
    labour.set_operation_code(operation);
    Do(&Tickets::AddLabourLine, labour);
    tkt::AddPartLineRequest part;
    part.set_ticket_id(ticket_id);
    part.set_job_id(job_id);
    part.set_part_id(part_id);
    part.set_quantity_milli(1000);
    part.set_condition(tkt::PART_CONDITION_NEW_AFTERMARKET);
    Do(&Tickets::AddPartLine, part);
    return job_id;
  }
  void DoJob(const std::string& ticket_id, const std::string& job_id) {
    tkt::AuthorizeJobRequest authorize;
    authorize.set_ticket_id(ticket_id);
    authorize.set_job_id(job_id);
    authorize.set_person_ref(shop_.customer_id);
    authorize.set_channel(tkt::AUTHORIZATION_CHANNEL_IN_PERSON_SIGNATURE);
    authorize.set_evidence_id("signature");
    Do(&Tickets::AuthorizeJob, authorize);
    tkt::StartJobRequest start;
    start.set_ticket_id(ticket_id);
    start.set_job_id(job_id);
    start.set_technician("technician-7");
    Do(&Tickets::StartJob, start);
    tkt::CompleteJobRequest complete;
    complete.set_ticket_id(ticket_id);
    complete.set_job_id(job_id);
    Do(&Tickets::CompleteJob, complete);
  }
  tkt::OpenTicketResponse Visit() {
    tkt::OpenTicketRequest open;
    open.set_location_id(shop_.location_id);
    open.set_kind(tkt::TICKET_KIND_REPAIR_ORDER);
    open.set_customer_id(shop_.customer_id);
    open.set_vehicle_id(shop_.vehicle_id);
    return Do(&Tickets::OpenTicket, open);
  }
  void InvoiceAndPay(const std::string& ticket_id) {
    tkt::InvoiceTicketRequest invoice;
    invoice.set_ticket_id(ticket_id);
    invoice.set_odometer_out(90000);
    Do(&Tickets::InvoiceTicket, invoice);
    ASSERT_THAT(PayAndClose(*session_, ticket_id), IsOk());
  }
  void ExpectEverythingHolds() {
    ASSERT_OK_AND_ASSIGN(const std::string broken, BrokenEquations(*session_));
    EXPECT_EQ(broken, "");
  }

  std::string folder_;
  std::unique_ptr<Embedded> deployment_;
  std::unique_ptr<tools::Session> session_;
  tools::DemoShop shop_;
  std::unique_ptr<Tickets> tickets_;
  int requests_ = 0;
};

TEST_F(ReturnTest, PartsCounterSaleComesBackThenStockMoneyReportsAndProfileAreAsBefore) {
  ExpectEverythingHolds();
  const inv::StockLevel before = Stock(shop_.pads_id);
  ASSERT_OK_AND_ASSIGN(
      const tkt::CreditMemo memo,
      SellAndTakeBack(*session_, CounterSale("restocked", shop_), tkt::DISPOSITION_RESTOCK));
  EXPECT_EQ(memo.number(), "CM-00001");
  ExpectEverythingHolds();

  const inv::StockLevel after = Stock(shop_.pads_id);
  // What is ordered meanwhile, because the shelf ran low, is besides.
  EXPECT_EQ(after.on_hand_milli() - after.received_milli(),
            before.on_hand_milli() - before.received_milli());
  EXPECT_EQ(after.returned_milli(), before.returned_milli() + 1000);

  tkt::GetTicketRequest get;
  get.set_ticket_id(memo.ticket_id());
  const tkt::Ticket ticket = Do(&Tickets::GetTicket, get).ticket();
  EXPECT_EQ(ticket.stage(), tkt::DOCUMENT_STAGE_CLOSED);
  EXPECT_EQ(ticket.settlement(), tkt::SETTLEMENT_REFUNDED);
  EXPECT_EQ(ticket.credited_minor(), ticket.totals().total_minor());
  const auto payments = pay::PaymentService::NewStub(session_->channel());
  pay::GetReceivableRequest owed;
  owed.set_ticket_id(memo.ticket_id());
  EXPECT_EQ(
      Ask(*payments, &pay::PaymentService::Stub::GetReceivable, owed).receivable().balance_minor(),
      0);
  EXPECT_EQ(Spend(), 0);
  const rep::DailySales day = Day(memo.business_date());
  EXPECT_EQ(day.tickets(), 1);
  EXPECT_EQ(day.credits(), 1);
  EXPECT_EQ(day.credited_minor(), memo.totals().total_minor());
  EXPECT_EQ(day.total_minor(), 0);
  EXPECT_EQ(day.tax_minor(), 0);
}

TEST_F(ReturnTest, PartsScrappedQuarantinedAndSentBackThenEverythingHolds) {
  ASSERT_THAT(SellAndTakeBack(*session_, CounterSale("scrapped", shop_), tkt::DISPOSITION_SCRAP),
              IsOk());
  ASSERT_THAT(
      SellAndTakeBack(*session_, CounterSale("quarantined", shop_), tkt::DISPOSITION_QUARANTINE),
      IsOk());
  ASSERT_THAT(
      SellAndTakeBack(*session_, CounterSale("sent-back", shop_), tkt::DISPOSITION_VENDOR_RETURN),
      IsOk());
  ExpectEverythingHolds();
  const inv::StockLevel level = Stock(shop_.pads_id);
  EXPECT_EQ(level.scrapped_milli(), 1000);
  EXPECT_EQ(level.quarantine_milli(), 1000);
  EXPECT_EQ(level.vendor_returned_milli(), 1000);
}

TEST_F(ReturnTest, BrakeJobWithDeclinedFilterThenItComesBackAtTheNextVisit) {
  const std::string first = Visit().ticket().ticket_id();
  const std::string brakes = AddJob(first, "Front brakes", "BRK-PAD-F", shop_.pads_id);
  const std::string filter = AddJob(first, "Cabin filter", "FLT-CABIN", shop_.rotor_id);
  tkt::DeclineJobRequest decline;
  decline.set_ticket_id(first);
  decline.set_job_id(filter);
  decline.set_person_ref(shop_.customer_id);
  decline.set_channel(tkt::AUTHORIZATION_CHANNEL_IN_PERSON_SIGNATURE);
  decline.set_reason("next time");
  Do(&Tickets::DeclineJob, decline);
  DoJob(first, brakes);
  InvoiceAndPay(first);

  const tkt::OpenTicketResponse visit = Visit();
  ASSERT_THAT(visit.declined_work(), SizeIs(1));
  EXPECT_EQ(visit.declined_work(0).work().job().title(), "Cabin filter");
  EXPECT_EQ(visit.declined_work(0).amount_now_excluding_tax_minor(),
            visit.declined_work(0).work().amount_excluding_tax_minor());
  const auto declined = tkt::DeclinedWorkService::NewStub(session_->channel());
  tkt::TakeUpDeclinedWorkRequest take_up;
  take_up.set_ticket_id(visit.ticket().ticket_id());
  take_up.set_declined_ticket_id(first);
  take_up.set_declined_job_id(filter);
  const auto taken = Ask(*declined, &tkt::DeclinedWorkService::Stub::TakeUpDeclinedWork, take_up);
  DoJob(visit.ticket().ticket_id(), taken.job_id());
  InvoiceAndPay(visit.ticket().ticket_id());

  EXPECT_THAT(Visit().declined_work(), SizeIs(0)) << "it was sold";
  ExpectEverythingHolds();
}

}  // namespace
}  // namespace pitlane::e2e
