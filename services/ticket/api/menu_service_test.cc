// The menu, and what comes of it on tickets, through the API.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "pitlane/ticket/v1/menu_service.grpc.pb.h"
#include "pitlane/ticket/v1/menu_service.pb.h"
#include "services/ticket/api/service_fixture.h"
#include "services/ticket/domain/testing_menu.h"

namespace pitlane::ticket {
namespace {

using Menu = v1::MenuService::Stub;

class MenuServiceTest : public TicketServiceTest {
 protected:
  void SetUp() override {
    TicketServiceTest::SetUp();
    menu_ = cluster_.Stub<v1::MenuService>("ticket");
  }

  template <class Request, class Response>
  absl::StatusOr<Response> Ask(grpc::Status (Menu::*method)(grpc::ClientContext*, const Request&,
                                                            Response*),
                               Request request, rpc::Role role = rpc::Role::kOwner) {
    if constexpr (requires { request.request_id(); }) request.set_request_id(NewRequestId());
    return cluster_.Call(*menu_, method, request, role);
  }
  template <class Request, class Response>
  Response Set(grpc::Status (Menu::*method)(grpc::ClientContext*, const Request&, Response*),
               Request request) {
    auto response = Ask(method, std::move(request));
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *std::move(response) : Response();
  }

  v1::DefineOperationRequest Operation(const std::string& code) const {
    v1::DefineOperationRequest request;
    request.mutable_operation()->set_location_id(location_id_);
    request.mutable_operation()->set_code(code);
    request.mutable_operation()->set_title("Replace front pads");
    return request;
  }

  v1::ImportLabourTimesRequest Times(int32_t hours_centi) const {
    v1::ImportLabourTimesRequest request;
    request.set_location_id(location_id_);
    request.set_operation_code("BRK");
    v1::LabourTime& time = *request.add_times();
    time.set_make("Toyota");
    time.set_hours_centi(hours_centi);
    time.set_source("shop");
    time.set_source_version("2026-01");
    return request;
  }

  // A repair order with one empty job.
  v1::Ticket OpenWithJob() {
    v1::AddJobRequest job;
    job.set_ticket_id(Open(v1::TICKET_KIND_REPAIR_ORDER).ticket_id());
    job.set_title("Front brakes");
    return Must(&Stub::AddJob, job).ticket();
  }

  std::unique_ptr<Menu> menu_;
};

TEST_F(MenuServiceTest, WhatIsSetIsAnsweredListedAndNotSetTwice) {
  EXPECT_EQ(Set(&Menu::DefineOperation, Operation("BRK")).operation().version(), 1u);
  EXPECT_EQ(Set(&Menu::DefineOperation, Operation("BRK")).operation().version(), 1u);
  v1::DefineOperationRequest changed = Operation("BRK");
  changed.mutable_operation()->set_hours_centi(180);
  EXPECT_EQ(Set(&Menu::DefineOperation, changed).operation().version(), 2u);
  Set(&Menu::DefineOperation, Operation("ALT"));
  v1::ListOperationsRequest list;
  list.set_location_id(location_id_);
  list.set_page_size(1);
  const auto first = Set(&Menu::ListOperations, list);
  ASSERT_EQ(first.operations_size(), 1);
  EXPECT_EQ(first.operations(0).code(), "ALT");
  list.set_page_token(first.next_page_token());
  const auto second = Set(&Menu::ListOperations, list);
  ASSERT_EQ(second.operations_size(), 1);
  EXPECT_EQ(second.operations(0).hours_centi(), 180);
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(MenuServiceTest, MatrixWarnsOfInversionsAndPricesTheNextLine) {
  v1::SetPartPricingRequest request;
  request.mutable_pricing()->set_location_id(location_id_);
  *request.mutable_pricing()->add_matrices() = HandbookMatrix();
  EXPECT_EQ(Set(&Menu::SetPartPricing, request).warnings_size(), 4);
  v1::GetPartPricingRequest get;
  get.set_location_id(location_id_);
  EXPECT_EQ(Set(&Menu::GetPartPricing, get).warnings_size(), 4);
  const v1::Ticket ticket = OpenWithJob();
  const auto added = Must(&Stub::AddPartLine, PartRequest(ticket));
  const v1::Line& line = added.ticket().jobs(0).lines(0);
  EXPECT_EQ(line.unit_price_minor(), 8460);
  EXPECT_EQ(line.price_source().rule_id(), "handbook");
  EXPECT_EQ(line.price_source().version(), 1u);
  v1::ExplainTicketRequest explain;
  explain.set_ticket_id(ticket.ticket_id());
  explain.set_line_id(added.line_id());
  EXPECT_EQ(Must(&Stub::ExplainTicket, explain).lines(0).line().price_source().band(), 3);
  request.mutable_pricing()->mutable_matrices(0)->set_floor_inversions(true);
  EXPECT_EQ(Set(&Menu::SetPartPricing, request).warnings_size(), 0);
}

TEST_F(MenuServiceTest, CustomersTermsPriceTheirTicketsOnly) {
  v1::SetCustomerTermsRequest request;
  request.mutable_terms()->set_location_id(location_id_);
  request.mutable_terms()->set_customer_id(customer_id_);
  v1::ContractPrice& price = *request.mutable_terms()->add_part_prices();
  price.set_part_id(part_id_);
  price.set_unit_price_minor(7500);
  Set(&Menu::SetCustomerTerms, request);
  const v1::Ticket ticket = OpenWithJob();
  const auto added = Must(&Stub::AddPartLine, PartRequest(ticket));
  EXPECT_EQ(added.ticket().jobs(0).lines(0).unit_price_minor(), 7500);
}

TEST_F(MenuServiceTest, GuideIsImportedOnceAndItsVersionStaysOnTheLine) {
  EXPECT_EQ(Set(&Menu::ImportLabourTimes, Times(140)).imported(), 1);
  EXPECT_EQ(Set(&Menu::ImportLabourTimes, Times(140)).unchanged(), 1);
  EXPECT_EQ(Set(&Menu::ImportLabourTimes, Times(150)).updated(), 1);
  Set(&Menu::DefineOperation, Operation("BRK"));
  const v1::Ticket ticket = OpenWithJob();
  v1::AddLabourLineRequest labour;
  labour.set_ticket_id(ticket.ticket_id());
  labour.set_job_id(ticket.jobs(0).job_id());
  labour.set_operation_code("BRK");
  labour.mutable_vehicle()->set_make("Toyota");
  const auto added = Must(&Stub::AddLabourLine, labour);
  EXPECT_EQ(added.ticket().jobs(0).lines(0).hours_centi(), 150);
  EXPECT_EQ(added.ticket().jobs(0).lines(0).labour_source().guide_version(), "2026-01");
}

TEST_F(MenuServiceTest, CannedJobIsFilledFromMenuAndPriceList) {
  Set(&Menu::DefineOperation, [&] {
    v1::DefineOperationRequest request = Operation("BRK");
    request.mutable_operation()->set_hours_centi(100);
    return request;
  }());
  v1::DefineCannedJobRequest define;
  v1::CannedJob& canned = *define.mutable_canned_job();
  canned.set_location_id(location_id_);
  canned.set_code("BRK-FRONT");
  canned.set_title("Front brakes");
  canned.add_labour()->set_operation_code("BRK");
  v1::CannedJob::PartSlot& slot = *canned.add_slots();
  slot.set_slot_id("pads");
  slot.set_category("brakes");
  slot.set_quantity_milli(1000);
  slot.set_condition(v1::PART_CONDITION_NEW_AFTERMARKET);
  canned.set_price_mode(v1::CannedJob::PRICE_MODE_FIXED);
  canned.set_fixed_price_minor(19999);
  Set(&Menu::DefineCannedJob, define);
  v1::AddCannedJobRequest add;
  add.set_ticket_id(Open(v1::TICKET_KIND_REPAIR_ORDER).ticket_id());
  add.set_code("BRK-FRONT");
  EXPECT_TRUE(rpc::HasReason(Call(&Stub::AddCannedJob, add).status(), v1::SLOT_UNFILLED));
  v1::FilledSlot& filled = *add.add_slots();
  filled.set_slot_id("pads");
  filled.set_part_id(part_id_);
  const auto added = Must(&Stub::AddCannedJob, add);
  ASSERT_EQ(added.ticket().jobs_size(), 1);
  EXPECT_EQ(added.job_id(), added.ticket().jobs(0).job_id());
  EXPECT_EQ(added.ticket().totals().labour_net_minor() + added.ticket().totals().parts_net_minor(),
            19999);
}

TEST_F(MenuServiceTest, KitBringsItsComponentsAndTheirFees) {
  v1::SetFeeScheduleRequest fees;
  *fees.mutable_schedule() = TestFees();
  fees.mutable_schedule()->set_location_id(location_id_);
  fees.mutable_schedule()->mutable_fees(0)->set_categories(0, "brakes");
  Set(&Menu::SetFeeSchedule, fees);
  v1::DefineKitRequest define;
  define.mutable_kit()->set_location_id(location_id_);
  define.mutable_kit()->set_code("PADS");
  define.mutable_kit()->set_title("Pads, a pair");
  define.mutable_kit()->set_price_minor(15000);
  v1::Kit::Component& component = *define.mutable_kit()->add_components();
  component.set_part_id(part_id_);
  component.set_quantity_milli(2000);
  component.set_condition(v1::PART_CONDITION_NEW_OEM);
  Set(&Menu::DefineKit, define);
  const v1::Ticket ticket = OpenWithJob();
  v1::AddKitRequest add;
  add.set_ticket_id(ticket.ticket_id());
  add.set_job_id(ticket.jobs(0).job_id());
  add.set_code("PADS");
  const auto added = Must(&Stub::AddKit, add);
  ASSERT_EQ(added.line_ids_size(), 1);
  ASSERT_EQ(added.ticket().jobs(0).lines_size(), 2);
  EXPECT_EQ(added.ticket().jobs(0).lines(0).amounts().gross_minor(), 15000);
  EXPECT_EQ(added.ticket().jobs(0).lines(1).fee_id(), "tire");
  EXPECT_EQ(added.ticket().jobs(0).lines(1).amounts().gross_minor(), 350);
}

TEST_F(MenuServiceTest, CoreInHandThroughTheApi) {
  const std::string part_id = PartId::Make(cluster_.clock(), cluster_.entropy(), 7).text();
  ImportPart(part_id, 10000, 4500);
  const v1::Ticket ticket = OpenWithJob();
  v1::AddPartLineRequest part = PartRequest(ticket);
  part.set_part_id(part_id);
  const auto added = Must(&Stub::AddPartLine, part);
  v1::ReturnCoreRequest back;
  back.set_ticket_id(ticket.ticket_id());
  back.set_line_id(added.core_line_id());
  back.set_outcome(v1::CORE_STATUS_RETURNED_GOOD);
  EXPECT_EQ(Must(&Stub::ReturnCore, back).ticket().totals().cores_net_minor(), 0);
}

TEST_F(MenuServiceTest, WorkshopsCommandsThroughTheApi) {
  const v1::Ticket ticket = OpenAuthorized();  // job with 1.00 h and a part
  v1::AddJobRequest job;
  job.set_ticket_id(ticket.ticket_id());
  job.set_title("Rear brakes");
  const std::string other = Must(&Stub::AddJob, job).job_id();
  v1::AddLabourLineRequest labour;
  labour.set_ticket_id(ticket.ticket_id());
  labour.set_job_id(other);
  labour.set_description("Replace rear pads");
  labour.set_mode(v1::LABOUR_MODE_TIME_AND_MATERIALS);
  labour.set_clocked_seconds(3601);
  const auto added = Must(&Stub::AddLabourLine, labour);
  EXPECT_EQ(added.ticket().jobs(1).lines(0).hours_centi(), 110);
  v1::AssignTechniciansRequest assign;
  assign.set_ticket_id(ticket.ticket_id());
  assign.set_line_id(added.line_id());
  *assign.add_technicians() = Share("technician-7", 60);
  *assign.add_technicians() = Share("technician-9", 50);
  Must(&Stub::AssignTechnicians, assign);
  v1::ListTicketsRequest list;
  list.set_technician("technician-9");
  EXPECT_EQ(Must(&Stub::ListTickets, list).tickets_size(), 1);
  v1::AddOverlapRequest overlap;
  overlap.set_ticket_id(ticket.ticket_id());
  overlap.set_job_id(other);
  overlap.set_other_job_id(ticket.jobs(0).job_id());
  overlap.set_description("Wheels are off already");
  overlap.set_hours_centi(30);
  EXPECT_EQ(Must(&Stub::AddOverlap, overlap).ticket().totals().labour_net_minor(),
            14500 + 15950 - 4350);
  v1::AddSubletLineRequest sublet;
  sublet.set_ticket_id(ticket.ticket_id());
  sublet.set_job_id(other);
  sublet.set_description("Turn drums");
  sublet.mutable_sublet()->set_vendor_ref("machine-shop");
  sublet.mutable_sublet()->set_cost_minor(4000);
  sublet.mutable_sublet()->set_markup_ppm(500'000);
  const auto with_sublet = Must(&Stub::AddSubletLine, sublet);
  EXPECT_EQ(with_sublet.ticket().jobs(1).lines(2).amounts().gross_minor(), 6000);
  v1::ChangeLineRequest invoice;
  invoice.set_ticket_id(ticket.ticket_id());
  invoice.set_line_id(with_sublet.line_id());
  invoice.set_vendor_invoice("88-1204");
  Must(&Stub::ChangeLine, invoice);
}

TEST_F(MenuServiceTest, CountersCommandsThroughTheApi) {
  v1::SetFeeScheduleRequest fees;
  *fees.mutable_schedule() = TestFees();
  fees.mutable_schedule()->set_location_id(location_id_);
  Set(&Menu::SetFeeSchedule, fees);
  const v1::Ticket ticket = OpenWithJob();
  const auto part = Must(&Stub::AddPartLine, PartRequest(ticket));
  const auto about = [&](auto request) {
    request.set_ticket_id(ticket.ticket_id());
    request.set_line_id(part.line_id());
    return request;
  };
  v1::RecordTiresRequest tires = about(v1::RecordTiresRequest());
  tires.add_tins("4B9RT1AB0124");
  EXPECT_EQ(Must(&Stub::RecordTires, tires).ticket().jobs(0).lines(0).tires(0).week(), 1);
  v1::PlaceSpecialOrderRequest order = about(v1::PlaceSpecialOrderRequest());
  EXPECT_TRUE(rpc::HasReason(Call(&Stub::PlaceSpecialOrder, order).status(), v1::DEPOSIT_REQUIRED));
  order.set_deposit_waived_reason("fleet account");
  Must(&Stub::PlaceSpecialOrder, order);
  Must(&Stub::ReceiveSpecialOrder, about(v1::ReceiveSpecialOrderRequest()));
  v1::ReplacePartRequest replace = about(v1::ReplacePartRequest());
  replace.set_reason("noisy from the box");
  const auto replaced = Must(&Stub::ReplacePart, replace);
  EXPECT_EQ(replaced.ticket().jobs(0).lines_size(), 2);
  EXPECT_EQ(replaced.ticket().totals().total_minor(), part.ticket().totals().total_minor());
  v1::ForfeitCoreRequest forfeit = about(v1::ForfeitCoreRequest());
  EXPECT_TRUE(rpc::HasReason(Call(&Stub::ForfeitCore, forfeit).status(), v1::NOT_OF_THIS_LINE));
  v1::ChargeStorageRequest storage;
  storage.set_ticket_id(ticket.ticket_id());
  storage.set_fee_id("storage");
  storage.set_from_date("2026-01-05");
  storage.set_to_date("2026-01-15");
  const auto stored = Must(&Stub::ChargeStorage, storage);
  EXPECT_EQ(stored.line_id(), stored.ticket().lines(2).line_id());
  v1::HoldForWillCallRequest hold;
  hold.set_ticket_id(ticket.ticket_id());
  EXPECT_TRUE(rpc::HasReason(Call(&Stub::HoldForWillCall, hold).status(), v1::NOTHING_AUTHORIZED));
}

TEST_F(MenuServiceTest, WrongShapesOfLinesNameTheirFields) {
  const v1::Ticket ticket = OpenWithJob();
  const auto refuses = [&](auto method, auto request) {
    const auto answer = Call(method, request);
    return answer.status().code() == absl::StatusCode::kInvalidArgument;
  };
  v1::AddLabourLineRequest labour;
  labour.set_ticket_id(ticket.ticket_id());
  labour.set_job_id(ticket.jobs(0).job_id());
  labour.set_description("Diagnose");
  EXPECT_TRUE(refuses(&Stub::AddLabourLine, labour));  // no hours, and nothing that says them
  labour.set_mode(v1::LABOUR_MODE_FIXED);
  EXPECT_TRUE(refuses(&Stub::AddLabourLine, labour));
  labour.set_mode(v1::LABOUR_MODE_TIME_AND_MATERIALS);
  EXPECT_TRUE(refuses(&Stub::AddLabourLine, labour));
  labour.set_clocked_seconds(60);
  labour.set_hours_centi(10);
  EXPECT_TRUE(refuses(&Stub::AddLabourLine, labour));
  v1::RecordTiresRequest tires;
  tires.set_ticket_id(ticket.ticket_id());
  tires.set_line_id(TestLine(1));
  tires.add_tins("no tire");
  EXPECT_TRUE(refuses(&Stub::RecordTires, tires));
  v1::ReturnCoreRequest core;
  core.set_ticket_id(ticket.ticket_id());
  core.set_line_id(TestLine(1));
  core.set_outcome(v1::CORE_STATUS_FORFEITED);
  EXPECT_TRUE(refuses(&Stub::ReturnCore, core));
  v1::AddOverlapRequest overlap;
  overlap.set_ticket_id(ticket.ticket_id());
  overlap.set_job_id(ticket.jobs(0).job_id());
  overlap.set_other_job_id(ticket.jobs(0).job_id());
  overlap.set_description("with itself");
  overlap.set_hours_centi(10);
  EXPECT_TRUE(refuses(&Stub::AddOverlap, overlap));
  v1::ChargeStorageRequest storage;
  storage.set_ticket_id(ticket.ticket_id());
  storage.set_fee_id("storage");
  storage.set_from_date("2026-02-30");
  storage.set_to_date("2026-03-01");
  EXPECT_TRUE(refuses(&Stub::ChargeStorage, storage));
}

TEST_F(MenuServiceTest, LostSaleIsAFactOfItsOwn) {
  v1::RecordLostSaleRequest request;
  request.set_location_id(location_id_);
  request.mutable_lost_sale()->set_description("Radiator for a 1987 wagon");
  request.mutable_lost_sale()->set_quantity_milli(1000);
  request.mutable_lost_sale()->set_reason(v1::LostSale::REASON_NOT_CARRIED);
  EXPECT_EQ(Must(&Stub::RecordLostSale, request).lost_sale().location_id(), location_id_);
}

TEST_F(MenuServiceTest, WrongShapesNameTheirFields) {
  v1::DefineOperationRequest operation = Operation("with space");
  EXPECT_EQ(Ask(&Menu::DefineOperation, operation).status().code(),
            absl::StatusCode::kInvalidArgument);
  v1::SetPartPricingRequest pricing;
  pricing.mutable_pricing()->set_location_id(location_id_);
  pricing.mutable_pricing()->add_promotions()->set_price_id("spring");
  EXPECT_EQ(Ask(&Menu::SetPartPricing, pricing).status().code(),
            absl::StatusCode::kInvalidArgument);
  pricing.mutable_pricing()->clear_promotions();
  *pricing.mutable_pricing()->add_matrices() = HandbookMatrix();
  pricing.mutable_pricing()->mutable_matrices(0)->mutable_bands(2)->set_to_cost_e4(1);
  EXPECT_TRUE(rpc::HasReason(Ask(&Menu::SetPartPricing, pricing).status(), v1::BANDS_NOT_RISING));
}

TEST_F(MenuServiceTest, OnlyWhoConfiguresTheLocationSetsPrices) {
  EXPECT_EQ(Ask(&Menu::DefineOperation, Operation("BRK"), rpc::Role::kTechnician).status().code(),
            absl::StatusCode::kPermissionDenied);
  v1::DefineOperationRequest elsewhere = Operation("BRK");
  elsewhere.mutable_operation()->set_location_id("loc_01JGGZV1C0AFR000000000000Z");
  EXPECT_TRUE(
      rpc::HasReason(Ask(&Menu::DefineOperation, elsewhere).status(), v1::LOCATION_UNKNOWN));
}

}  // namespace
}  // namespace pitlane::ticket
