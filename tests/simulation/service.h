// One of the six services, put together by hand: its real definition, journal, executor, feeds and
// effects, on a disk in memory, without threads and without a network.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/support/server_callback.h"
#include "libs/base/check.h"
#include "libs/base/clock.h"
#include "libs/journal/journal.h"
#include "libs/rpc/metrics.h"
#include "libs/rpc/server_env.h"
#include "libs/runtime/answers.h"
#include "libs/runtime/command_call.h"
#include "libs/runtime/service_host.h"
#include "libs/runtime/watch.h"
#include "libs/stream/feed.h"
#include "libs/testing/memory_disk.h"
#include "tests/simulation/plan.h"
#include "tests/simulation/world.h"

namespace pitlane::simulation {

// How a process ends.
enum class End { kClean, kKill, kPowerCut };

class Service final : public runtime::HostContext {
 public:
  struct Setup {
    std::string area;
    std::function<runtime::ServiceDefinition()> make;
    // Called at each start, for each area listened to.
    std::function<std::unique_ptr<stream::EventFeed>(const std::string& area)> feed;
    // The journal is open, or about to be closed.
    std::function<void(journal::Journal&)> opened;
    std::function<void()> closing;
    // The process must end: its disk failed, or the power went while it wrote.
    std::function<void()> died;
  };
  Service(World& world, const Plan& plan, Setup setup);
  // Must not run.
  ~Service() override;

  // DATA_LOSS and others as Journal::Open. ABORTED: the power went meanwhile; Start again.
  absl::Status Start();
  void Stop(End end);
  bool running() const { return executor_ != nullptr && !dead_; }
  // Runs, or is about to end because it died.
  bool open() const { return journal_ != nullptr; }
  // Died since the start: nothing that it says is heard any more.
  bool dead() const { return dead_; }

  const std::string& area() const { return setup_.area; }
  const runtime::ServiceDefinition& definition() const { return definition_; }
  journal::Journal& journal() { return *journal_; }
  runtime::Executor& executor() { return *executor_; }
  runtime::ViewRebuilder& rebuilder() { return *rebuilder_; }
  const runtime::PositionWaiter& positions() const { return *positions_; }
  const runtime::ProjectionSet& projections() const { return *projections_; }
  const runtime::RecordApplier& applier() const { return *applier_; }
  const runtime::ReactorRegistry& reactors() const { return *reactors_; }
  runtime::EffectStats effects() const { return effects_->stats(); }
  testing::MemoryDisk& disk() { return disk_; }
  WorldClock& world_clock() { return clock_; }

  // The next commit, or the next Start, does not come further than this many operations.
  void CutAt(uint64_t operations) { cut_in_ = operations; }
  // The next write or sync of a commit after this many fails.
  void FailWriteAt(uint64_t operations) { fail_in_ = operations; }
  // What a power cut leaves is then altered so, before the next Start.
  void FlipBit();
  // Takes back what FlipBit did.
  void RepairBit();

  // For BreakDisk: what a store may be set back to.
  testing::MemoryDisk::Image& older_image() { return older_image_; }

  // What was acknowledged to anybody: a restart has at least this.
  const journal::Tail& durable() const { return durable_; }

  // HostContext.
  Clock& clock() override { return clock_; }
  Entropy& entropy() override { return entropy_; }
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(std::string_view area) override;
  absl::StatusOr<std::string> ServiceToken() override;

  // Calls a unary method of the service's Api. `done` comes once, or never when the process ends
  // before; both messages live until then.
  template <class Api, class Request, class Response>
  void Call(grpc::ServerUnaryReactor* (Api::*method)(grpc::CallbackServerContext*, const Request*,
                                                     Response*),
            rpc::CallInfo info, const Request* request, Response* response,
            std::function<void(const absl::Status&, const rpc::CallContext&)> done) {
    Api* api = nullptr;
    for (const auto& service : services_) {
      if (auto* found = dynamic_cast<Api*>(service.get())) api = found;
    }
    PITLANE_CHECK(api != nullptr) << area() << " has no such interface";
    rpc_env_->NextIsDirect({.info = std::move(info), .done = std::move(done)});
    (api->*method)(nullptr, request, response);
  }

 private:
  absl::Status OpenJournal();
  void MakeParts();
  absl::Status LoadState();
  void AddActors();
  void AddActor(const std::string& role, runtime::Stepper& stepper,
                const std::function<size_t()>& step);
  size_t StepExecutor();
  void AfterCommit();
  void CheckReopened();
  testing::MemoryDisk::Image ImageOfCut();
  rocksdb::Status OnOperation(testing::MemoryDisk::Operation operation, const std::string& name);
  void Die(const std::string& why);

  World& world_;
  const Plan& plan_;
  const Setup setup_;
  Random draw_;
  const std::thread::id thread_;
  WorldClock clock_;
  SeededEntropy entropy_;
  rpc::Metrics metrics_;
  testing::MemoryDisk disk_;
  bool dead_ = false;
  bool writing_ = false;  // faults of the disk may come
  uint64_t cut_in_ = 0;
  uint64_t fail_in_ = 0;
  bool cut_ = false;
  testing::MemoryDisk::Image image_;  // of the cut
  testing::MemoryDisk::Image before_flip_;
  testing::MemoryDisk::Image older_image_;
  journal::Tail durable_;
  uint64_t lives_ = 0;

  // In the order of making.
  runtime::ServiceDefinition definition_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<runtime::ProjectionSet> projections_;
  std::unique_ptr<runtime::ReactorRegistry> reactors_;
  std::unique_ptr<runtime::RecordApplier> applier_;
  std::unique_ptr<runtime::Answers> answers_;
  std::unique_ptr<runtime::Executor> executor_;
  std::unique_ptr<runtime::PositionWaiter> positions_;
  std::unique_ptr<runtime::ViewRebuilder> rebuilder_;
  std::unique_ptr<runtime::WatchHub> watches_;
  std::unique_ptr<rpc::ServerEnv> rpc_env_;
  std::unique_ptr<runtime::ServiceEnv> env_;
  std::unique_ptr<runtime::EffectRunner> effects_;
  std::vector<std::unique_ptr<runtime::FeedPump>> pumps_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::vector<uint64_t> actors_;
};

}  // namespace pitlane::simulation
