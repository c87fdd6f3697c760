// The customer_vehicle service in a test, through a real client; what the ticket area says is
// published by hand. For tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/testing/test_cluster.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.grpc.pb.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "services/customer_vehicle/customer_vehicle.h"

namespace pitlane::customer_vehicle {

class ShopTest : public ::testing::Test {
 protected:
  using Stub = v1::CustomerVehicleService::Stub;
  static constexpr uint32_t kSlot = 7;
  static constexpr char kVin[] = "1M8GDM9AXKP042788";
  static constexpr char kFordVin[] = "1FTFW5L86RFB45612";

  void SetUp() override {
    cluster_.Add(MakeCustomerVehicleService);
    ASSERT_THAT(cluster_.Start(), IsOk());
    stub_ = cluster_.Stub<v1::CustomerVehicleService>("customer_vehicle");
  }

  // Stops as a power cut would, and starts again.
  void Crash() {
    stub_.reset();
    ASSERT_THAT(cluster_.Crash("customer_vehicle"), IsOk());
    stub_ = cluster_.Stub<v1::CustomerVehicleService>("customer_vehicle");
    ASSERT_TRUE(cluster_.Settle());
  }

  std::string NextRequestId() { return absl::StrCat("request-", ++requests_); }

  template <class IdType>
  std::string NewId() {
    return IdType::Make(cluster_.clock(), cluster_.entropy(), kSlot).text();
  }

  template <class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request, rpc::Role role = rpc::Role::kOwner) {
    return cluster_.Call(*stub_, method, request, role);
  }

  v1::RegisterCustomerRequest CustomerRequest(const std::string& given, const std::string& family) {
    v1::RegisterCustomerRequest request;
    request.set_request_id(NextRequestId());
    request.mutable_personal()->set_given_name(given);
    request.mutable_personal()->set_family_name(family);
    return request;
  }

  v1::Customer Register(const v1::RegisterCustomerRequest& request) {
    const auto response = Call(&Stub::RegisterCustomer, request);
    EXPECT_THAT(response.status(), IsOk());
    return response.ok() ? response->customer() : v1::Customer();
  }
  v1::Customer Register(const std::string& given, const std::string& family) {
    return Register(CustomerRequest(given, family));
  }

  v1::RegisterVehicleRequest VehicleRequest(const std::string& vin) {
    v1::RegisterVehicleRequest request;
    request.set_request_id(NextRequestId());
    request.set_vin(vin);
    return request;
  }

  v1::Vehicle Register(const v1::RegisterVehicleRequest& request) {
    const auto response = Call(&Stub::RegisterVehicle, request);
    EXPECT_THAT(response.status(), IsOk());
    return response.ok() ? response->vehicle() : v1::Vehicle();
  }

  absl::StatusOr<v1::Customer> GetCustomer(const std::string& customer_id) {
    v1::GetCustomerRequest request;
    request.set_customer_id(customer_id);
    ASSIGN_OR_RETURN(const auto response, Call(&Stub::GetCustomer, request));
    return response.customer();
  }
  absl::StatusOr<v1::Vehicle> GetVehicle(const std::string& vehicle_id) {
    v1::GetVehicleRequest request;
    request.set_vehicle_id(vehicle_id);
    ASSIGN_OR_RETURN(const auto response, Call(&Stub::GetVehicle, request));
    return response.vehicle();
  }

  absl::StatusOr<v1::EraseCustomerResponse> Erase(const std::string& customer_id) {
    v1::EraseCustomerRequest request;
    request.set_request_id(NextRequestId());
    request.set_customer_id(customer_id);
    return Call(&Stub::EraseCustomer, request);
  }

  // A ticket with half an hour of labour and two units of a part; closed `day` days after the
  // start.
  ticket::v1::Ticket ClosedTicket(const std::string& customer_id, const std::string& vehicle_id,
                                  int64_t day, int64_t total_minor) {
    ticket::v1::Ticket ticket;
    ticket.set_ticket_id(NewId<TicketId>());
    ticket.set_number("RO-1");
    ticket.set_location_id(NewId<LocationId>());
    ticket.set_customer_id(customer_id);
    ticket.set_vehicle_id(vehicle_id);
    ticket.set_currency("USD");
    ticket.set_business_date("2026-01-02");
    ticket.mutable_closed_at()->set_seconds(absl::ToUnixSeconds(cluster_.clock().Now()) +
                                            day * 86400);
    *ticket.mutable_invoiced_at() = ticket.closed_at();
    ticket.mutable_totals()->set_total_minor(total_minor);
    ticket::v1::Job& job = *ticket.add_jobs();
    job.set_title("Front brakes");
    job.set_technician("usr_tech");
    ticket::v1::Line& labour = *job.add_lines();
    labour.set_kind(ticket::v1::LINE_KIND_LABOUR);
    labour.set_operation_code("BRK-PAD-F");
    labour.set_hours_centi(50);
    labour.set_warranty_months(24);
    ticket::v1::Line& part = *job.add_lines();
    part.set_kind(ticket::v1::LINE_KIND_PART);
    part.set_part_number("D-1210");
    part.set_quantity_milli(2000);
    part.set_unit_price_minor(4250);
    job.add_lines()->set_kind(ticket::v1::LINE_KIND_NOTE);
    return ticket;
  }

  void Publish(const ticket::v1::Ticket& ticket) {
    ticket::v1::TicketEvent event;
    *event.mutable_ticket_closed()->mutable_ticket() = ticket;
    cluster_.stream("ticket").Publish(event, ticket.ticket_id());
  }

  absl::StatusOr<v1::ListServiceHistoryResponse> History(const std::string& vehicle_id) {
    v1::ListServiceHistoryRequest request;
    request.set_vehicle_id(vehicle_id);
    return Call(&Stub::ListServiceHistory, request);
  }

  testing::TestCluster cluster_;
  std::unique_ptr<Stub> stub_;

 private:
  int requests_ = 0;
};

}  // namespace pitlane::customer_vehicle
