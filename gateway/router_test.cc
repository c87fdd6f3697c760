#include "gateway/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "grpcpp/create_channel.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"

namespace pitlane::gateway {
namespace {

Router TwoAreas() {
  // Nothing is called, so nothing need be there.
  const auto nowhere = grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials());
  return Router({{"ticket", nowhere}, {"customer_vehicle", nowhere}});
}

TEST(Router, TheMethodsPackageNamesTheArea) {
  const Router router = TwoAreas();
  ASSERT_OK_AND_ASSIGN(Backend * ticket,
                       router.Route("/pitlane.ticket.v1.TicketService/OpenTicket", std::nullopt));
  EXPECT_EQ(ticket->area, "ticket");
  ASSERT_OK_AND_ASSIGN(Backend * customer,
                       router.Route("/pitlane.customer_vehicle.v1.X/Y", std::nullopt));
  EXPECT_EQ(customer->area, "customer_vehicle");
}

TEST(Router, TheAdminServiceIsRoutedByMetadata) {
  const Router router = TwoAreas();
  constexpr char kMethod[] = "/pitlane.admin.v1.AdminService/ListParked";
  ASSERT_OK_AND_ASSIGN(Backend * ticket, router.Route(kMethod, "ticket"));
  EXPECT_EQ(ticket->area, "ticket");
  for (const std::optional<std::string>& service :
       {std::optional<std::string>(), std::optional<std::string>("admin"),
        std::optional<std::string>("")}) {
    const absl::Status status = router.Route(kMethod, service).status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_TRUE(rpc::HasReason(status, common::v1::FIELD_INVALID));
  }
}

TEST(Router, WhatNoServiceHasIsUnimplemented) {
  const Router router = TwoAreas();
  for (const char* method :
       {"/pitlane.payment.v1.PaymentService/TakeCash", "/pitlane.ticket.v2.TicketService/Open",
        "/pitlane.ticket", "/pitlane.ticket.", "/pitlane..v1.X/Y", "/other.ticket.v1.X/Y", "",
        "pitlane.ticket.v1.X/Y", "/pitlane.ticket.v1"}) {
    const absl::Status status = router.Route(method, "ticket").status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnimplemented)) << method;
    EXPECT_TRUE(rpc::HasReason(status, common::v1::METHOD_UNKNOWN)) << method;
  }
}

}  // namespace
}  // namespace pitlane::gateway
