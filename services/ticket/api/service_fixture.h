// The ticket service behind a real gRPC client in this process, with one location set up and the
// other services' facts written by hand.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "libs/testing/test_cluster.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"

namespace pitlane::ticket {

class TicketServiceTest : public ::testing::Test {
 protected:
  using Stub = v1::TicketService::Stub;

  void SetUp() override;

  // A call with a new request id unless the request brings one.
  template <class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                Request request, rpc::Role role = rpc::Role::kOwner) {
    if constexpr (requires { request.request_id(); }) {
      if (request.request_id().empty()) request.set_request_id(NewRequestId());
    }
    return cluster_.Call(*stub_, method, request, role);
  }
  // As Call, for requests that have to succeed: otherwise the test fails and the answer is empty.
  template <class Request, class Response>
  Response Must(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                Request request, rpc::Role role = rpc::Role::kOwner) {
    auto response = Call(method, std::move(request), role);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *std::move(response) : Response();
  }
  std::string NewRequestId();

  // Facts of the other services, applied when this returns.
  void ImportPart(const std::string& part_id, int64_t list_price_minor, int64_t core_minor = 0);
  void ChangePrice(const std::string& part_id, int64_t list_price_minor);
  void RegisterCustomer(const std::string& customer_id);
  void EraseCustomer(const std::string& customer_id);
  void CapturePayment(const std::string& payment_id, const v1::Ticket& ticket,
                      int64_t amount_minor);
  void RefundPayment(const std::string& refund_id, const v1::Ticket& ticket, int64_t amount_minor);

  v1::Ticket Open(v1::TicketKind kind);
  // A repair order with one job (its id in jobs(0)): 1.00 h of labour and one part, authorised.
  v1::Ticket OpenAuthorized();
  // Then started, completed and invoiced.
  v1::Ticket OpenInvoiced();
  v1::Ticket Get(const std::string& ticket_id);

  v1::OpenTicketRequest OpenRequest(v1::TicketKind kind) const;
  v1::AddPartLineRequest PartRequest(const v1::Ticket& ticket) const;
  v1::AuthorizeJobRequest AuthorizeRequest(const v1::Ticket& ticket) const;

  testing::TestCluster cluster_;
  std::unique_ptr<Stub> stub_;
  std::string location_id_;
  std::string part_id_;
  std::string customer_id_;
  std::string vehicle_id_;
  int requests_ = 0;
};

}  // namespace pitlane::ticket
