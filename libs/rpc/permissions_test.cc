#include "libs/rpc/permissions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <set>

#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "libs/base/clock.h"
#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/testing/test_identity.h"
#include "pitlane/testing/v1/echo_service.pb.h"

namespace pitlane::rpc {
namespace {

using pitlane::testing::v1::EchoRequest;
using pitlane::testing::v1::PingRequest;
using testing::GrantOf;
using ::testing::HasSubstr;
using namespace common::v1;  // NOLINT: the permissions

constexpr Role kRoles[] = {Role::kOwner,       Role::kManager, Role::kAdvisor,    Role::kTechnician,
                           Role::kParts,       Role::kCashier, Role::kBookkeeper, Role::kAuditor,
                           Role::kIntegration, Role::kService};

std::set<std::string> RolesWith(Permission permission) {
  std::set<std::string> roles;
  for (Role role : kRoles) {
    if (RoleHas(role, permission)) roles.insert(std::string(RoleName(role)));
  }
  return roles;
}

TEST(RoleHas, FollowsTheHandbooksTable) {
  using Names = std::set<std::string>;
  EXPECT_EQ(RolesWith(PERMISSION_UNSPECIFIED), Names());
  EXPECT_EQ(RolesWith(PERMISSION_PUBLIC).size(), 10u);
  EXPECT_EQ(RolesWith(PERMISSION_TICKET_READ).size(), 10u);
  EXPECT_EQ(RolesWith(PERMISSION_TICKET_WRITE),
            Names({"owner", "manager", "advisor", "parts", "integration"}));
  EXPECT_EQ(RolesWith(PERMISSION_TICKET_AUTHORIZE),
            Names({"owner", "manager", "advisor", "parts"}));
  EXPECT_EQ(RolesWith(PERMISSION_TICKET_WORK),
            Names({"owner", "manager", "advisor", "technician"}));
  EXPECT_EQ(RolesWith(PERMISSION_TICKET_VOID), Names({"owner", "manager"}));
  EXPECT_EQ(RolesWith(PERMISSION_DISCOUNT), Names({"owner", "manager", "advisor", "parts"}));
  EXPECT_EQ(RolesWith(PERMISSION_STOCK_WRITE), Names({"owner", "manager", "parts"}));
  EXPECT_EQ(RolesWith(PERMISSION_CUSTOMER_ERASE), Names({"owner"}));
  EXPECT_EQ(RolesWith(PERMISSION_PAYMENT_TAKE),
            Names({"owner", "manager", "advisor", "parts", "cashier"}));
  EXPECT_EQ(RolesWith(PERMISSION_PAYMENT_REFUND), Names({"owner", "manager", "parts", "cashier"}));
  EXPECT_EQ(RolesWith(PERMISSION_LOCATION_CONFIGURE), Names({"owner", "manager"}));
  EXPECT_EQ(RolesWith(PERMISSION_READER_CHARGE), Names({"service"}));
  EXPECT_EQ(RolesWith(PERMISSION_OPERATE), Names({"owner"}));
  EXPECT_EQ(RolesWith(PERMISSION_TICKET_CREDIT), Names({"owner", "manager", "parts", "cashier"}));
  EXPECT_EQ(RolesWith(PERMISSION_APPROVE), Names({"owner", "manager"}));
  EXPECT_EQ(RolesWith(PERMISSION_ACCESS_MANAGE), Names({"owner"}));
  EXPECT_EQ(RolesWith(PERMISSION_SCHEDULE_WRITE),
            Names({"owner", "manager", "advisor", "parts", "integration"}));
}

TEST(RoleHas, TheAuditorReadsEverythingAndChangesNothing) {
  const auto* permissions = Permission_descriptor();
  for (int i = 0; i < permissions->value_count(); ++i) {
    const std::string& name = permissions->value(i)->name();
    const bool reads = name.size() > 5 && name.substr(name.size() - 5) == "_READ";
    EXPECT_EQ(RoleHas(Role::kAuditor, static_cast<Permission>(permissions->value(i)->number())),
              reads || name == "PERMISSION_PUBLIC")
        << name;
  }
}

TEST(RoleName, EveryRoleIsFoundByItsName) {
  for (Role role : kRoles) EXPECT_EQ(RoleFromName(RoleName(role)), role);
  EXPECT_EQ(RoleFromName("emperor"), std::nullopt);
}

class AuthorizeTest : public ::testing::Test {
 protected:
  std::string Location(uint32_t slot) { return LocationId::Make(clock_, entropy_, slot).text(); }
  std::string Ticket(uint32_t slot) { return TicketId::Make(clock_, entropy_, slot).text(); }

  static Access AccessTo(Permission permission, const std::string& field) {
    Access access;
    access.set_permission(permission);
    access.set_scope_field(field);
    return access;
  }
  static absl::Status Try(const Caller& caller, const std::string& scope) {
    EchoRequest request;
    request.set_location_id(scope);
    return Authorize(caller, AccessTo(PERMISSION_TICKET_READ, "location_id"), request);
  }
  static Caller CallerWith(std::vector<Grant> grants) {
    return {.subject = "usr-1", .grants = std::move(grants)};
  }

  FakeClock clock_;
  SeededEntropy entropy_{3};
};

TEST_F(AuthorizeTest, WithoutDeclaredAccessNobodyMayCall) {
  const Caller owner = CallerWith({GrantOf(Role::kOwner, "*")});
  const absl::Status status = Authorize(owner, Access(), EchoRequest());
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_TRUE(HasReason(status, ACCESS_NOT_DECLARED));
}

TEST_F(AuthorizeTest, APublicMethodNeedsNoCaller) {
  EXPECT_THAT(Authorize(Caller(), AccessTo(PERMISSION_PUBLIC, ""), PingRequest()), IsOk());
}

TEST_F(AuthorizeTest, ACallerWithoutSubjectIsNotAuthenticated) {
  const absl::Status status = Try(Caller{.grants = {GrantOf(Role::kOwner, "*")}}, Location(1));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_TRUE(HasReason(status, TOKEN_MISSING));
}

TEST_F(AuthorizeTest, WithoutTheRoleThePermissionIsMissing) {
  EchoRequest request;
  const absl::Status status = Authorize(CallerWith({GrantOf(Role::kTechnician, "*")}),
                                        AccessTo(PERMISSION_PAYMENT_TAKE, "location_id"), request);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_TRUE(HasReason(status, PERMISSION_MISSING));
}

TEST_F(AuthorizeTest, ALocationIsComparedExactly) {
  const std::string here = Location(7);
  const Caller caller = CallerWith({GrantOf(Role::kAdvisor, here)});
  EXPECT_THAT(Try(caller, here), IsOk());
  const absl::Status status = Try(caller, Location(7));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_TRUE(HasReason(status, LOCATION_NOT_GRANTED));
}

TEST_F(AuthorizeTest, AnyOtherIdIsComparedByItsSlot) {
  const Caller caller = CallerWith({GrantOf(Role::kAdvisor, Location(7))});
  EXPECT_THAT(Try(caller, Ticket(7)), IsOk());
  EXPECT_TRUE(HasReason(Try(caller, Ticket(8)), LOCATION_NOT_GRANTED));
}

TEST_F(AuthorizeTest, AGrantOfAnotherRoleDoesNotLendItsLocation) {
  const Caller caller =
      CallerWith({GrantOf(Role::kAdvisor, Location(7)), GrantOf(Role::kTechnician, Location(8))});
  EchoRequest request;
  request.set_location_id(Ticket(8));
  EXPECT_TRUE(
      HasReason(Authorize(caller, AccessTo(PERMISSION_TICKET_WRITE, "location_id"), request),
                LOCATION_NOT_GRANTED));
}

TEST_F(AuthorizeTest, EverywhereIncludesEveryIdAndNone) {
  const Caller caller = CallerWith({GrantOf(Role::kOwner, "*")});
  EXPECT_THAT(Try(caller, Location(9)), IsOk());
  EXPECT_THAT(Try(caller, Ticket(9)), IsOk());
  EXPECT_THAT(Try(caller, ""), IsOk());
}

TEST_F(AuthorizeTest, AnEmptyScopeNeedsThePermissionEverywhere) {
  const absl::Status status = Try(CallerWith({GrantOf(Role::kAdvisor, Location(7))}), "");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("every location")));
  EXPECT_TRUE(HasReason(status, LOCATION_NOT_GRANTED));
}

TEST_F(AuthorizeTest, AMalformedScopeIsInvalid) {
  const absl::Status status = Try(CallerWith({GrantOf(Role::kOwner, "*")}), "loc_x");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_TRUE(HasReason(status, FIELD_INVALID));
}

TEST_F(AuthorizeTest, WithoutAScopeFieldAnywhereIsEnough) {
  const Caller caller = CallerWith({GrantOf(Role::kAdvisor, Location(7))});
  EXPECT_THAT(Authorize(caller, AccessTo(PERMISSION_TICKET_READ, ""), EchoRequest()), IsOk());
}

// A request with a nested and a repeated scope, which no contract has yet.
class ScopedRequest {
 public:
  ScopedRequest() {
    google::protobuf::FileDescriptorProto file;
    file.set_name("scoped.proto");
    auto* inner = file.add_message_type();
    inner->set_name("Inner");
    AddText(*inner, "location_id", false);
    auto* outer = file.add_message_type();
    outer->set_name("Outer");
    AddText(*outer, "location_ids", true);
    auto* nested = outer->add_field();
    nested->set_name("inner");
    nested->set_number(2);
    nested->set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
    nested->set_type(google::protobuf::FieldDescriptorProto::TYPE_MESSAGE);
    nested->set_type_name("Inner");
    auto* service = file.add_service();
    service->set_name("ScopedService");
    for (const char* name : {"Undeclared", "Misdeclared", "Declared"}) {
      auto* method = service->add_method();
      method->set_name(name);
      method->set_input_type("Outer");
      method->set_output_type("Outer");
    }
    Declare(*service->mutable_method(1), "nowhere");
    Declare(*service->mutable_method(2), "inner.location_id");
    file_ = pool_.BuildFile(file);
    outer_.reset(factory_.GetPrototype(file_->FindMessageTypeByName("Outer"))->New());
  }

  google::protobuf::Message& message() { return *outer_; }
  const google::protobuf::ServiceDescriptor& service() { return *file_->service(0); }

  void AddId(const std::string& id) {
    const auto* field = outer_->GetDescriptor()->FindFieldByName("location_ids");
    outer_->GetReflection()->AddString(outer_.get(), field, id);
  }
  void SetNested(const std::string& id) {
    const auto* field = outer_->GetDescriptor()->FindFieldByName("inner");
    auto* inner = outer_->GetReflection()->MutableMessage(outer_.get(), field, &factory_);
    inner->GetReflection()->SetString(inner, inner->GetDescriptor()->FindFieldByName("location_id"),
                                      id);
  }

 private:
  static void AddText(google::protobuf::DescriptorProto& message, const char* name, bool repeated) {
    auto* field = message.add_field();
    field->set_name(name);
    field->set_number(1);
    field->set_type(google::protobuf::FieldDescriptorProto::TYPE_STRING);
    field->set_label(repeated ? google::protobuf::FieldDescriptorProto::LABEL_REPEATED
                              : google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
  }
  static void Declare(google::protobuf::MethodDescriptorProto& method, const char* field) {
    Access* declared = method.mutable_options()->MutableExtension(access);
    declared->set_permission(PERMISSION_TICKET_READ);
    declared->set_scope_field(field);
  }

  google::protobuf::DescriptorPool pool_{google::protobuf::DescriptorPool::generated_pool()};
  google::protobuf::DynamicMessageFactory factory_{&pool_};
  const google::protobuf::FileDescriptor* file_ = nullptr;
  std::unique_ptr<google::protobuf::Message> outer_;
};

TEST_F(AuthorizeTest, ARepeatedScopeMustPassInFull) {
  const std::string here = Location(1);
  const std::string there = Location(2);
  const Caller caller = CallerWith({GrantOf(Role::kAdvisor, here)});
  const Access access = AccessTo(PERMISSION_TICKET_READ, "location_ids");
  ScopedRequest request;
  EXPECT_TRUE(HasReason(Authorize(caller, access, request.message()), LOCATION_NOT_GRANTED));
  request.AddId(here);
  EXPECT_THAT(Authorize(caller, access, request.message()), IsOk());
  request.AddId(there);
  EXPECT_TRUE(HasReason(Authorize(caller, access, request.message()), LOCATION_NOT_GRANTED));
}

TEST_F(AuthorizeTest, AScopeMayLieInAMessageOfTheRequest) {
  const std::string here = Location(1);
  const Caller caller = CallerWith({GrantOf(Role::kAdvisor, here)});
  const Access access = AccessTo(PERMISSION_TICKET_READ, "inner.location_id");
  ScopedRequest request;
  EXPECT_TRUE(HasReason(Authorize(caller, access, request.message()), LOCATION_NOT_GRANTED));
  request.SetNested(here);
  EXPECT_THAT(Authorize(caller, access, request.message()), IsOk());
}

TEST_F(AuthorizeTest, AScopeFieldThatIsNotThereLetsNobodyIn) {
  ScopedRequest request;
  const Caller owner = CallerWith({GrantOf(Role::kOwner, "*")});
  for (const char* field : {"nowhere", "inner", "inner.nowhere", "location_ids.location_id"}) {
    EXPECT_TRUE(
        HasReason(Authorize(owner, AccessTo(PERMISSION_TICKET_READ, field), request.message()),
                  ACCESS_NOT_DECLARED))
        << field;
  }
}

TEST(CheckAccessDeclared, NamesEveryMethodAtFault) {
  ScopedRequest request;
  const absl::Status status = CheckAccessDeclared(request.service());
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("/Undeclared")));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("/Misdeclared")));
  EXPECT_EQ(status.message().find("/Declared"), absl::string_view::npos);
}

TEST(CheckAccessDeclared, EveryContractDeclaresItsAccess) {
  std::ifstream file(PITLANE_BINARY_DIR "/pitlane.binpb", std::ios::binary);
  google::protobuf::FileDescriptorSet contracts;
  ASSERT_TRUE(contracts.ParseFromIstream(&file));
  google::protobuf::DescriptorPool pool;
  int services = 0;
  for (const auto& contract : contracts.file()) {
    const auto* built = pool.BuildFile(contract);
    ASSERT_NE(built, nullptr) << contract.name();
    if (built->package().rfind("pitlane.", 0) != 0) continue;
    for (int i = 0; i < built->service_count(); ++i) {
      EXPECT_THAT(CheckAccessDeclared(*built->service(i)), IsOk());
      ++services;
    }
  }
  EXPECT_GE(services, 1);
}

TEST(FindMethod, KnowsTheMethodsOfThisProcess) {
  const MethodInfo* method = FindMethod("/pitlane.testing.v1.EchoService/Echo");
  ASSERT_NE(method, nullptr);
  EXPECT_EQ(method, &MethodOf<EchoRequest>());
  EXPECT_EQ(method->service, "pitlane.testing.v1.EchoService");
  EXPECT_EQ(method->access.permission(), PERMISSION_TICKET_READ);
  EXPECT_EQ(method->access.scope_field(), "location_id");
  EXPECT_NE(method->request_id, nullptr);
  for (const char* path : {"", "/", "/pitlane.testing.v1.EchoService/None", "x",
                           "pitlane.testing.v1.EchoService/Echo"}) {
    EXPECT_EQ(FindMethod(path), nullptr) << path;
  }
}

TEST(MethodOfRequestDeathTest, AMessageThatIsNoRequestIsABug) {
  EXPECT_DEATH(MethodOfRequest(*pitlane::testing::v1::EchoResponse::descriptor()), "no method");
}

TEST(Limits, AreThoseOfTheHandbook) {
  FakeClock clock;
  SeededEntropy entropy(1);
  const std::string here = LocationId::Make(clock, entropy, 1).text();
  const std::string there = LocationId::Make(clock, entropy, 2).text();
  const auto one = [](Role role, const std::string& location) {
    return Caller{.subject = "usr-1", .grants = {GrantOf(role, location)}};
  };
  EXPECT_EQ(DiscountLimitPpm(one(Role::kOwner, "*"), here), 1'000'000);
  EXPECT_EQ(DiscountLimitPpm(one(Role::kManager, here), here), 250'000);
  EXPECT_EQ(DiscountLimitPpm(one(Role::kAdvisor, here), here), 100'000);
  EXPECT_EQ(DiscountLimitPpm(one(Role::kAdvisor, here), there), 0);
  EXPECT_EQ(DiscountLimitPpm(one(Role::kCashier, here), here), 0);
  EXPECT_EQ(RefundLimitMinor(one(Role::kManager, here), here), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(RefundLimitMinor(one(Role::kCashier, here), here), 5'000);
  EXPECT_EQ(RefundLimitMinor(one(Role::kCashier, here), there), 0);
  EXPECT_EQ(RefundLimitMinor(one(Role::kAdvisor, here), here), 0);
}

}  // namespace
}  // namespace pitlane::rpc
