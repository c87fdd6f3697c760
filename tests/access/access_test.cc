// docs/permissions.md, played: every method, as every role, at one's own and at another location,
// and with tokens that are expired, forged or missing; at the gateway and at each service. What the
// page says and what is answered are two sources, and no cell may differ.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/router.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "libs/base/clock.h"
#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/grpc_status.h"
#include "libs/rpc/log.h"
#include "libs/rpc/testing/test_identity.h"
#include "libs/rpc/token_issuer.h"
#include "pitlane/common/v1/common_reason.pb.h"
#include "tools/pitlane/suite.h"

namespace pitlane {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// One row of the page.
struct Row {
  const MethodDescriptor* method = nullptr;
  std::string scope;  // empty: anywhere
  std::set<std::string> roles;
};

std::vector<std::string> Cells(const std::string& line) {
  std::vector<std::string> cells = absl::StrSplit(line, '|');
  for (std::string& cell : cells) absl::StripAsciiWhitespace(&cell);
  return {cells.begin() + 1, cells.end() - 1};
}

std::vector<Row> ReadPage(std::vector<std::string>& roles) {
  std::ifstream page(PITLANE_SOURCE_DIR "/docs/permissions.md");
  std::vector<Row> rows;
  std::string service;
  for (std::string line; std::getline(page, line);) {
    if (absl::StartsWith(line, "## ")) service = line.substr(3);
    if (service.empty() || !absl::StartsWith(line, "| ")) continue;
    const std::vector<std::string> cells = Cells(line);
    if (cells[0] == "---") continue;
    if (cells[0] == "method") {
      roles.assign(cells.begin() + 3, cells.end());
      continue;
    }
    Row row;
    row.method =
        DescriptorPool::generated_pool()->FindMethodByName(absl::StrCat(service, ".", cells[0]));
    EXPECT_NE(row.method, nullptr) << service << "." << cells[0];
    if (cells[2] != "anywhere") row.scope = cells[2].substr(1, cells[2].size() - 2);
    for (size_t i = 0; i < roles.size(); ++i) {
      if (cells[3 + i] == "x") row.roles.insert(roles[i]);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

// Sets the field that `path` names, in the first message of every list on the way.
void SetText(Message& message, const std::string& path, const std::string& value) {
  Message* part = &message;
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  for (size_t i = 0; i < names.size(); ++i) {
    const FieldDescriptor* field = part->GetDescriptor()->FindFieldByName(names[i]);
    ASSERT_NE(field, nullptr) << path;
    const auto* reflection = part->GetReflection();
    if (i + 1 == names.size()) {
      if (field->is_repeated()) {
        reflection->AddString(part, field, value);
      } else {
        reflection->SetString(part, field, value);
      }
    } else {
      part = field->is_repeated() ? reflection->AddMessage(part, field)
                                  : reflection->MutableMessage(part, field);
    }
  }
}

enum class Answer { kLetIn, kWrongLocation, kNoPermission, kExpired, kRejected, kNoToken, kOther };

std::string_view NameOf(Answer answer) {
  switch (answer) {
    case Answer::kLetIn:
      return "let in";
    case Answer::kWrongLocation:
      return "LOCATION_NOT_GRANTED";
    case Answer::kNoPermission:
      return "PERMISSION_MISSING";
    case Answer::kExpired:
      return "TOKEN_EXPIRED";
    case Answer::kRejected:
      return "TOKEN_REJECTED";
    case Answer::kNoToken:
      return "TOKEN_MISSING";
    case Answer::kOther:
      return "another refusal";
  }
  return "";
}

Answer Classify(const absl::Status& status) {
  using namespace common::v1;  // NOLINT(google-build-using-namespace): the reasons
  if (absl::IsPermissionDenied(status)) {
    if (rpc::HasReason(status, LOCATION_NOT_GRANTED)) return Answer::kWrongLocation;
    if (rpc::HasReason(status, PERMISSION_MISSING)) return Answer::kNoPermission;
    return Answer::kOther;
  }
  if (absl::IsUnauthenticated(status)) {
    if (rpc::HasReason(status, TOKEN_EXPIRED)) return Answer::kExpired;
    if (rpc::HasReason(status, TOKEN_REJECTED)) return Answer::kRejected;
    if (rpc::HasReason(status, TOKEN_MISSING)) return Answer::kNoToken;
    return Answer::kOther;
  }
  const bool unreachable = absl::IsUnimplemented(status) || absl::IsUnavailable(status);
  return unreachable || absl::IsInternal(status) ? Answer::kOther : Answer::kLetIn;
}

// One call of any shape: one message there, and whatever comes first back.
absl::Status Call(const std::shared_ptr<grpc::Channel>& channel, const MethodDescriptor& method,
                  const Message& request, const std::string& token, const std::string& area) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  // A stream that has nothing to tell was let in, too.
  rpc::SetTimeout(context, method.server_streaming() ? absl::Milliseconds(200) : absl::Seconds(20));
  if (!token.empty()) rpc::AttachToken(context, token);
  context.AddMetadata(std::string(gateway::kServiceMetadata), area);
  grpc::CompletionQueue queue;
  const auto next = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const auto call = stub.PrepareCall(
      &context, absl::StrCat("/", method.service()->full_name(), "/", method.name()), &queue);
  call->StartCall(nullptr);
  bool alive = next();
  const std::string bytes = request.SerializeAsString();
  const grpc::Slice slice(bytes);
  if (alive) {
    call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
    alive = next();
  }
  grpc::ByteBuffer answer;
  call->Read(&answer, nullptr);
  if (next() && method.server_streaming()) context.TryCancel();
  grpc::Status status;
  call->Finish(&status, nullptr);
  next();
  queue.Shutdown();
  while (next()) {
  }
  return rpc::FromGrpcStatus(status);
}

class AccessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(rpc::SetLogLevel("off"), IsOk());
    ASSERT_OK_AND_ASSIGN(
        suite_,
        tools::Suite::Open({.data_dir = folder_.path(), .listen = "127.0.0.1:0", .admin = ""}));
    rpc::ChannelOptions options{.address = suite_->address()};
    ASSERT_OK_AND_ASSIGN(gateway_, rpc::MakeChannel(options));
    for (const auto& host : suite_->hosts()) {
      options.address = absl::StrCat("127.0.0.1:", host->port());
      ASSERT_OK_AND_ASSIGN(services_[host->area()], rpc::MakeChannel(options));
    }
    const rpc::TokenVerifierOptions ours = suite_->issuer().VerifierOptions();
    ASSERT_OK_AND_ASSIGN(forger_, rpc::TokenIssuer::Open(folder_.path() + "/forger", ours.issuer,
                                                         ours.audience, Clock::System()));
    rows_ = ReadPage(roles_);
  }
  void TearDown() override { EXPECT_THAT(rpc::SetLogLevel("info"), IsOk()); }

  // Where a method is: its own area, and every service for what all of them have.
  std::vector<std::string> AreasOf(const MethodDescriptor& method) const {
    const std::vector<std::string> parts = absl::StrSplit(method.full_name(), '.');
    if (parts[1] != "admin") return {parts[1]};
    std::vector<std::string> all;
    for (const auto& [area, channel] : services_) all.push_back(area);
    return all;
  }

  std::string TokenFor(const std::string& role, absl::Duration lifetime, bool forged = false) {
    rpc::Caller caller{.subject = "usr-" + role};
    caller.grants = {{.role = *rpc::RoleFromName(role), .location_id = Here().text()}};
    const auto token = (forged ? *forger_ : suite_->issuer()).Mint(caller, lifetime);
    EXPECT_THAT(token, IsOk());
    return *token;
  }

  LocationId Here() const { return here_; }
  // A request about something of that location.
  std::unique_ptr<Message> RequestFor(const Row& row, const LocationId& location) {
    std::unique_ptr<Message> request(google::protobuf::MessageFactory::generated_factory()
                                         ->GetPrototype(row.method->input_type())
                                         ->New());
    if (row.scope.empty()) return request;
    const bool is_location = absl::EndsWith(row.scope, "location_id");
    const std::string id =
        is_location ? location.text()
                    : TicketId::Make(Clock::System(), Entropy::System(), location.slot()).text();
    SetText(*request, row.scope, id);
    return request;
  }

  void Expect(const Row& row, const LocationId& location, const std::string& token, Answer wanted,
              const std::string& who) {
    const auto request = RequestFor(row, location);
    for (const std::string& area : AreasOf(*row.method)) {
      for (const auto& [door, channel] :
           {std::pair<std::string, std::shared_ptr<grpc::Channel>>{"gateway", gateway_},
            {area, services_.at(area)}}) {
        const absl::Status status = Call(channel, *row.method, *request, token, area);
        const Answer answer = Classify(status);
        ++calls_;
        EXPECT_EQ(NameOf(answer), NameOf(wanted))
            << row.method->full_name() << " as " << who << " at " << door << ": " << status;
      }
    }
  }

  const rpc::testing::TempFolder folder_;
  const LocationId here_ = LocationId::Make(Clock::System(), Entropy::System(), 1);
  const LocationId elsewhere_ = LocationId::Make(Clock::System(), Entropy::System(), 2);
  std::unique_ptr<tools::Suite> suite_;
  std::unique_ptr<rpc::TokenIssuer> forger_;
  std::shared_ptr<grpc::Channel> gateway_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> services_;
  std::vector<std::string> roles_;
  std::vector<Row> rows_;
  int calls_ = 0;
};

TEST_F(AccessTest, ThePageHasEveryMethodThatIsServed) {
  std::set<std::string> on_page;
  for (const Row& row : rows_) on_page.insert(row.method->full_name());
  EXPECT_EQ(on_page.size(), rows_.size());
  for (const Row& row : rows_) {
    const auto* service = row.method->service();
    for (int i = 0; i < service->method_count(); ++i) {
      EXPECT_TRUE(on_page.contains(service->method(i)->full_name()));
    }
  }
  EXPECT_GT(rows_.size(), 100u);
}

TEST_F(AccessTest, EveryRoleIsLetInWhereThePageSaysAndNowhereElse) {
  for (const Row& row : rows_) {
    for (const std::string& role : roles_) {
      const std::string token = TokenFor(role, absl::Hours(1));
      const bool may = row.roles.contains(role);
      const Answer at_home = may ? Answer::kLetIn : Answer::kNoPermission;
      const Answer abroad = may && !row.scope.empty() ? Answer::kWrongLocation : at_home;
      Expect(row, Here(), token, at_home, role);
      Expect(row, elsewhere_, token, abroad, role + " of another location");
    }
    if (HasFailure()) break;  // one method's cells tell enough
  }
  std::cout << rows_.size() << " methods, " << calls_ << " calls\n";
}

TEST_F(AccessTest, ExpiredForgedAndMissingTokensAreLetInNowhere) {
  const std::string expired = TokenFor("owner", -absl::Hours(1));
  const std::string forged = TokenFor("owner", absl::Hours(1), /*forged=*/true);
  for (const Row& row : rows_) {
    Expect(row, Here(), expired, Answer::kExpired, "an owner of before");
    Expect(row, Here(), forged, Answer::kRejected, "a forger");
    Expect(row, Here(), "", Answer::kNoToken, "nobody");
  }
}

}  // namespace
}  // namespace pitlane
