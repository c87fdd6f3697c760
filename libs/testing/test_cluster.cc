#include "libs/testing/test_cluster.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/testing/switch_feed.h"

namespace pitlane::testing {
namespace {

constexpr absl::Duration kTokenLife = absl::Hours(1);

rpc::Caller CallerWith(rpc::Role role) {
  rpc::Caller caller;
  caller.subject = absl::StrCat("user-", ToAbsl(rpc::RoleName(role)));
  caller.grants.push_back({.role = role, .everywhere = true, .location_id = {}});
  return caller;
}

}  // namespace

struct TestCluster::Member {
  std::function<runtime::ServiceDefinition()> make;
  std::string area;
  std::vector<std::string> listens_to;
  MemoryDisk disk;
  // By area listened to; those of areas outside the cluster are in streams_.
  std::map<std::string, std::shared_ptr<JournalSwitch>> switches;
  rpc::Metrics metrics;
  std::unique_ptr<runtime::ServiceHost> host;
};

TestCluster::TestCluster(TestClusterOptions options)
    : options_(std::move(options)), entropy_(options_.seed) {
  std::string name = ::testing::TempDir() + "/pitlane-XXXXXX";
  PITLANE_CHECK(::mkdtemp(name.data()) != nullptr) << name;
  directory_ = name;
  auto issuer = rpc::TokenIssuer::Open(directory_ + "/issuer", "pitlane", "pitlane", clock_);
  PITLANE_CHECK_OK(issuer.status());
  issuer_ = *std::move(issuer);
  auto verifier = rpc::TokenVerifier::Create(issuer_->VerifierOptions(), clock_);
  PITLANE_CHECK_OK(verifier.status());
  verifier_ = *std::move(verifier);
}

TestCluster::~TestCluster() {
  for (const auto& [area, member] : members_) {
    if (member->host != nullptr) member->host->StopFeeds();
  }
  for (const auto& [area, member] : members_) {
    for (const auto& [other, target] : member->switches) target->Detach();
  }
  for (const auto& [area, member] : members_) StopService(area);
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void TestCluster::Add(std::function<runtime::ServiceDefinition()> make) {
  const runtime::ServiceDefinition definition = make();
  auto member = std::make_unique<Member>();
  member->make = std::move(make);
  member->area = definition.area;
  for (const auto& [area, prototype] : definition.listens_to) member->listens_to.push_back(area);
  PITLANE_CHECK(members_.emplace(definition.area, std::move(member)).second) << definition.area;
}

absl::Status TestCluster::Start() {
  for (const auto& [area, member] : members_) RETURN_IF_ERROR(Open(*member));
  for (const auto& [area, member] : members_) Connect(*member);
  for (const auto& [area, member] : members_) RETURN_IF_ERROR(member->host->Start());
  for (const auto& [area, member] : members_) member->host->WaitUntilServing();
  return absl::OkStatus();
}

runtime::HostOptions TestCluster::OptionsOf(Member& member) {
  runtime::HostOptions host;
  host.data_dir = "/data";
  host.partition_count = options_.partition_count;
  host.env = member.disk.env();
  host.clock = &clock_;
  host.entropy = &entropy_;
  host.server.listen = "";
  host.verifier = verifier_.get();
  host.metrics = &member.metrics;
  host.catch_up_timeout = options_.timeout;
  host.channel_to =
      [this](std::string_view area) -> absl::StatusOr<std::shared_ptr<grpc::Channel>> {
    absl::MutexLock lock(&hosts_mutex_);
    const auto it = members_.find(area);
    if (it == members_.end() || it->second->host == nullptr) {
      return absl::UnavailableError(absl::StrCat(ToAbsl(area), " is not running"));
    }
    return it->second->host->InProcessChannel();
  };
  host.service_token = [this, area = member.area]() -> absl::StatusOr<std::string> {
    rpc::Caller caller{.subject = absl::StrCat("service:", area), .tenant = {}, .device_id = {}};
    caller.grants.push_back({.role = rpc::Role::kService, .everywhere = true, .location_id = {}});
    return Token(caller);
  };
  if (options_.adjust) options_.adjust(member.area, host);
  return host;
}

absl::Status TestCluster::Open(Member& member) {
  ASSIGN_OR_RETURN(auto host, runtime::ServiceHost::Open(member.make(), OptionsOf(member)));
  host->OnChange([this] { pulse_.Beat(); });
  absl::MutexLock lock(&hosts_mutex_);
  member.host = std::move(host);
  return absl::OkStatus();
}

void TestCluster::Connect(Member& member) {
  for (const std::string& area : member.listens_to) {
    const auto other = members_.find(area);
    if (other == members_.end()) {
      member.host->Connect(area, stream(area).Feed());
      continue;
    }
    auto& target = member.switches[area];
    target = std::make_shared<JournalSwitch>();
    if (other->second->host != nullptr) target->Attach(other->second->host->journal());
    member.host->Connect(area, std::make_unique<SwitchFeed>(target));
  }
}

void TestCluster::StopService(std::string_view area) {
  Member& member = Find(area);
  if (member.host == nullptr) return;
  for (const auto& [name, other] : members_) {
    const auto target = other->switches.find(member.area);
    if (target != other->switches.end()) target->second->Detach();
  }
  member.host->Stop();
  absl::MutexLock lock(&hosts_mutex_);
  member.host = nullptr;
}

absl::Status TestCluster::StartService(std::string_view area) {
  Member& member = Find(area);
  PITLANE_CHECK(member.host == nullptr) << "it runs already";
  RETURN_IF_ERROR(Open(member));
  Connect(member);
  for (const auto& [name, other] : members_) {
    const auto target = other->switches.find(member.area);
    if (other->host != nullptr && target != other->switches.end()) {
      target->second->Attach(member.host->journal());
    }
  }
  RETURN_IF_ERROR(member.host->Start());
  member.host->WaitUntilServing();
  return absl::OkStatus();
}

absl::Status TestCluster::Restart(std::string_view area) {
  StopService(area);
  return StartService(area);
}

absl::Status TestCluster::Crash(std::string_view area) {
  Member& member = Find(area);
  const MemoryDisk::Image image = member.disk.SyncedImage();
  StopService(area);
  member.disk.Restore(image);
  return StartService(area);
}

TestCluster::Member& TestCluster::Find(std::string_view area) {
  const auto it = members_.find(area);
  PITLANE_CHECK(it != members_.end()) << "no service " << area;
  return *it->second;
}

runtime::ServiceHost& TestCluster::host(std::string_view area) {
  Member& member = Find(area);
  PITLANE_CHECK(member.host != nullptr) << area << " does not run";
  return *member.host;
}

FakeStream& TestCluster::stream(std::string_view area) {
  auto& stream = streams_[std::string(area)];
  if (stream == nullptr) stream = std::make_unique<FakeStream>(std::string(area));
  return *stream;
}

MemoryDisk& TestCluster::disk(std::string_view area) { return Find(area).disk; }

rpc::Metrics& TestCluster::metrics(std::string_view area) { return Find(area).metrics; }

void TestCluster::Advance(absl::Duration by) {
  clock_.Advance(by);
  for (const auto& [area, member] : members_) {
    if (member->host != nullptr) member->host->ClockMoved();
  }
}

std::string TestCluster::Token(const rpc::Caller& caller) {
  auto token = issuer_->Mint(caller, kTokenLife);
  PITLANE_CHECK_OK(token.status());
  return *std::move(token);
}

std::unique_ptr<grpc::ClientContext> TestCluster::Context(rpc::Role role) {
  return MakeContext(CallerWith(role), seen_);
}

std::unique_ptr<grpc::ClientContext> TestCluster::Context(const rpc::Caller& caller) {
  return MakeContext(caller, seen_);
}

std::unique_ptr<grpc::ClientContext> TestCluster::ContextAfter(const rpc::PositionToken& after) {
  return MakeContext(CallerWith(rpc::Role::kOwner), after);
}

std::unique_ptr<grpc::ClientContext> TestCluster::MakeContext(const rpc::Caller& caller,
                                                              const rpc::PositionToken& after) {
  auto context = std::make_unique<grpc::ClientContext>();
  rpc::AttachToken(*context, Token(caller));
  rpc::AttachAfter(*context, after);
  rpc::SetTimeout(*context, options_.timeout);
  return context;
}

absl::Status TestCluster::AfterCall(const grpc::ClientContext& context,
                                    const grpc::Status& status) {
  auto positions = rpc::PositionsOf(context);
  if (positions.ok()) {
    PITLANE_CHECK_OK(seen_.Merge(*positions));
  }
  return rpc::FromGrpcStatus(status);
}

bool TestCluster::Eventually(const std::function<bool()>& predicate) {
  return pulse_.Eventually(options_.timeout, predicate);
}

std::map<std::string, uint64_t> TestCluster::Ends() const {
  std::map<std::string, uint64_t> ends;
  for (const auto& [area, member] : members_) {
    if (member->host != nullptr) ends[area] = member->host->journal().last_position();
  }
  return ends;
}

bool TestCluster::AllApplied() {
  for (const auto& [area, member] : members_) {
    if (member->host == nullptr) continue;
    if (!member->host->Settled()) return false;
    for (const runtime::FeedStatus& feed : member->host->Status().feeds) {
      if (const auto other = streams_.find(feed.area); other != streams_.end()) {
        if (other->second->ends() != feed.cursors) return false;
        continue;
      }
      const auto& source = members_.at(feed.area)->host;
      uint64_t furthest = 0;
      for (const auto& [name, position] : feed.cursors) furthest = std::max(furthest, position);
      if (source != nullptr && source->journal().last_position() != furthest) return false;
    }
  }
  return true;
}

bool TestCluster::Settle() {
  // Services are looked at one after the other, so one that was settled may have moved meanwhile.
  return Eventually([this] {
    const auto before = Ends();
    return AllApplied() && Ends() == before;
  });
}

}  // namespace pitlane::testing
