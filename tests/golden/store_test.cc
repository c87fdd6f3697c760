// Stores that earlier releases wrote are opened, read, and written on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status_matchers.h"
#include "libs/journal/journal.h"
#include "libs/runtime/projection.h"
#include "libs/testing/memory_disk.h"
#include "pitlane/common/v1/event_meta.pb.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"
#include "tools/pitlane/areas.h"
#include "tools/pitlane/check.h"
#include "tools/pitlane/connection.h"
#include "tools/pitlane/demo_shop.h"
#include "tools/pitlane/sale.h"
#include "tools/pitlane/suite.h"
#include "tools/pitlane/tokens.h"

namespace pitlane::golden {
namespace {

using Tickets = ticket::v1::TicketService::Stub;

class GoldenStore : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    folder_ = absl::StrCat(::testing::TempDir(), "/pitlane-golden-", GetParam());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    const std::string unpack = absl::StrCat("tar -xzf ", PITLANE_SOURCE_DIR, "/tests/golden/",
                                            GetParam(), "/stores.tar.gz -C ", folder_);
    ASSERT_EQ(std::system(unpack.c_str()), 0) << unpack;
  }
  void TearDown() override {
    if (!HasFailure()) std::filesystem::remove_all(folder_);
  }

  // Opens and verifies one store; the events it holds.
  std::vector<journal::Record> Verified(const std::string& area) const {
    const std::string path = absl::StrCat(folder_, "/", area, ".0");
    EXPECT_THAT(journal::Journal::CheckBackup(path), IsOk());
    const auto journal = journal::Journal::Open(
        {.path = path, .identity = {.service = area}, .create_if_missing = false});
    EXPECT_THAT(journal, IsOk());
    if (!journal.ok()) return {};
    const auto report = (*journal)->Verify();
    EXPECT_THAT(report, IsOk());
    EXPECT_FALSE(report->fault.has_value()) << report->fault->what;
    const auto records = (*journal)->ReadLog(1, 100'000, size_t{1} << 30);
    EXPECT_THAT(records, IsOk());
    return records.value_or(std::vector<journal::Record>());
  }

  std::string folder_;
};

TEST_P(GoldenStore, OpenedByThisReleaseThenSoundAndItGoesOnSelling) {
  std::string ticket_id;
  for (std::string_view area : tools::kAreas) {
    SCOPED_TRACE(area);
    const auto records = Verified(std::string(area));
    EXPECT_GT(records.size(), 0u);
    const auto event = tools::NewAreaEvent(area);
    for (const journal::Record& record : records) {
      ASSERT_TRUE(event->ParseFromString(record.payload)) << record.position;
      if (area != "ticket") continue;
      const auto& fact = static_cast<const ticket::v1::TicketEvent&>(*event);
      if (fact.has_ticket_closed()) ticket_id = record.stream_id;
    }
  }
  ASSERT_FALSE(ticket_id.empty());

  ASSERT_OK_AND_ASSIGN(
      const auto suite,
      tools::Suite::Open({.data_dir = folder_, .listen = "127.0.0.1:0", .admin = ""}));
  ASSERT_THAT(tools::WriteTokenFiles(suite->issuer(), folder_), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto session,
                       tools::Connect({.gateway = suite->address(), .data_dir = folder_}));
  const auto tickets = ticket::v1::TicketService::NewStub(session->channel());
  ticket::v1::GetTicketRequest get;
  get.set_ticket_id(ticket_id);
  ASSERT_OK_AND_ASSIGN(const auto ticket, session->Call(*tickets, &Tickets::GetTicket, get));
  EXPECT_EQ(ticket.ticket().stage(), ticket::v1::DOCUMENT_STAGE_CLOSED);
  EXPECT_GT(ticket.ticket().jobs_size(), 0);

  ASSERT_OK_AND_ASSIGN(const tools::DemoShop shop, tools::LoadDemoShop(*session));
  EXPECT_THAT(tools::PlaySale(*session, shop, [](const tools::StoryStep&) {}), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::vector<tools::Equation> equations, tools::CheckAll(*session));
  EXPECT_GE(equations.size(), 9u);
  for (const tools::Equation& equation : equations) {
    EXPECT_TRUE(equation.holds) << equation.what << ": " << equation.culprit;
  }
  suite->Stop();
}

// It stands in a restored log where an event was lost; views are rebuilt over it.
TEST(PositionLost, AnyProjectionThenNoRow) {
  testing::MemoryDisk disk;
  for (const runtime::ServiceDefinition& definition : tools::SuiteDefinitions()) {
    SCOPED_TRACE(definition.area);
    const auto journal = journal::Journal::Open({.path = "/" + definition.area,
                                                 .identity = {.service = definition.area},
                                                 .env = disk.env()});
    ASSERT_THAT(journal, IsOk());
    const std::unique_ptr<google::protobuf::Message> event(definition.event_prototype->New());
    common::v1::Envelope lost;
    lost.mutable_meta()->set_type("pitlane.common.v1.PositionLost");
    lost.mutable_meta()->set_stream_id("evt_01JGGZV1C0AFR000000000000A");
    ASSERT_TRUE(event->ParseFromString(lost.SerializeAsString()));
    journal::Batch batch = (*journal)->NewBatch();
    const runtime::ProjectionSet projections(*definition.event_prototype, definition.projections());
    EXPECT_THAT(projections.Apply(*event, batch), IsOk());
    EXPECT_TRUE(batch.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Releases, GoldenStore, ::testing::Values("store.v1"));

}  // namespace
}  // namespace pitlane::golden
