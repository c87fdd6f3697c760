#include "services/inventory/domain/supplier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "libs/base/status_matchers.h"
#include "libs/testing/given.h"
#include "pitlane/inventory/v1/inventory_service.pb.h"

namespace pitlane::inventory {
namespace {

using ::pitlane::testing::EqualsProto;
using ::pitlane::testing::EventIs;
using ::pitlane::testing::Given;
using ::testing::ElementsAre;

const RegisterSupplier kRegister{
    .supplier_id = "sup_1", .name = " Heartland Parts ", .holder_of_name = ""};

TEST(RegisterSupplier, NewNameIsRegistered) {
  Given<SupplierAggregate>()
      .When([](const v1::Supplier& supplier) { return Decide(supplier, kRegister); })
      .ThenEvents(ElementsAre(
          EventIs(R"pb(supplier_registered {
                         supplier { supplier_id: "sup_1" name: "Heartland Parts" version: 1 }
                       })pb")))
      .ThenState(EqualsProto(R"pb(supplier_id: "sup_1" name: "Heartland Parts" version: 1)pb"));
}

TEST(RegisterSupplier, EmptyOrWrongNameIsTextInvalid) {
  RegisterSupplier command = kRegister;
  EXPECT_THAT(CheckShape(command), IsOk());
  command.name = "  ";
  EXPECT_TRUE(rpc::HasReason(CheckShape(command), v1::TEXT_INVALID));
  command.name = std::string(201, 'x');
  EXPECT_TRUE(rpc::HasReason(CheckShape(command), v1::TEXT_INVALID));
}

TEST(RegisterSupplier, TakenIdIsSupplierExists) {
  Given<SupplierAggregate>({Decide(v1::Supplier(), kRegister)->front()})
      .When([](const v1::Supplier& supplier) { return Decide(supplier, kRegister); })
      .ThenRefused(absl::StatusCode::kAlreadyExists, v1::SUPPLIER_EXISTS);
}

TEST(RegisterSupplier, TakenNameIsSupplierNameTaken) {
  RegisterSupplier command = kRegister;
  command.holder_of_name = "sup_2";
  Given<SupplierAggregate>()
      .When([&](const v1::Supplier& supplier) { return Decide(supplier, command); })
      .ThenRefused(absl::StatusCode::kAlreadyExists, v1::SUPPLIER_NAME_TAKEN);
}

TEST(FoldName, CaseAndSurplusSpaceDoNotCount) {
  EXPECT_EQ(FoldName("  Heartland\t PARTS "), FoldName("heartland parts"));
  EXPECT_NE(FoldName("heartlandparts"), FoldName("heartland parts"));
}

}  // namespace
}  // namespace pitlane::inventory
