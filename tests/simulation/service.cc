#include "tests/simulation/service.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/runtime/parking.h"

namespace pitlane::simulation {
namespace {

using Operation = testing::MemoryDisk::Operation;

constexpr size_t kPage = 4096;

std::string StorePath(const std::string& area) { return absl::StrCat("/data/", area, ".0"); }

}  // namespace

Service::Service(World& world, const Plan& plan, Setup setup)
    : world_(world),
      plan_(plan),
      setup_(std::move(setup)),
      draw_(world.Draws("service " + setup_.area)),
      thread_(std::this_thread::get_id()),
      clock_(world),
      entropy_(world.Draws("ids " + setup_.area).Next()) {
  disk_.SetNowMicros([this] { return static_cast<uint64_t>(absl::ToUnixMicros(clock_.Now())); });
  disk_.SetFault([this](Operation operation, const std::string& name) {
    // What RocksDB does beside us comes when it likes: a draw would not come again.
    if (std::this_thread::get_id() != thread_) return rocksdb::Status::OK();
    return OnOperation(operation, name);
  });
}

Service::~Service() { PITLANE_CHECK(journal_ == nullptr) << area() << " still runs"; }

absl::StatusOr<std::shared_ptr<grpc::Channel>> Service::ChannelTo(std::string_view area) {
  return absl::FailedPreconditionError(
      absl::StrCat("there is no network to ", ToAbsl(area), " in a simulation"));
}

absl::StatusOr<std::string> Service::ServiceToken() {
  return absl::FailedPreconditionError("a simulation has no tokens");
}

absl::Status Service::Start() {
  PITLANE_CHECK(journal_ == nullptr) << area() << " runs already";
  dead_ = false;
  cut_ = false;
  ++lives_;
  writing_ = true;
  absl::Status status = OpenJournal();
  writing_ = false;
  cut_in_ = 0;
  if (cut_) {
    world_.Note(absl::StrCat(area(), ": the power goes while it opens"));
    journal_ = nullptr;
    disk_.AwaitBackgroundWork();
    disk_.Restore(image_);
    return absl::AbortedError("the power went");
  }
  RETURN_IF_ERROR(status);
  // An erasure that the last life left behind.
  RETURN_IF_ERROR(journal_->WaitForErasure(absl::InfiniteFuture()));
  disk_.AwaitBackgroundWork();
  CheckReopened();
  MakeParts();
  RETURN_IF_ERROR(LoadState());
  services_ = definition_.services(*env_, *this);
  setup_.opened(*journal_);
  AddActors();
  return absl::OkStatus();
}

absl::Status Service::OpenJournal() {
  definition_ = setup_.make();
  journal::Options options;
  options.path = StorePath(area());
  options.identity = {.service = area(), .partition_count = plan_.partitions};
  options.env = disk_.env();
  options.block_cache_bytes = 1u << 20;
  // Nothing is flushed but by an opening, an erasure or a resumption, which are waited for.
  options.write_buffer_bytes = 16u << 20;
  // Its own thread would sync the mark when it likes: at once, or not in this life.
  options.mark_sync_interval = draw_.Below(2) == 0 ? absl::ZeroDuration() : absl::Hours(1000);
  options.on_fatal = [this](const absl::Status& status) {
    Die(absl::StrCat("its disk failed: ", status.message()));
  };
  ASSIGN_OR_RETURN(journal_, journal::Journal::Open(std::move(options)));
  return absl::OkStatus();
}

void Service::MakeParts() {
  runtime::ExecutorOptions options;
  const bool narrow = draw_.Below(6) == 0;
  options.max_queue = narrow ? 2 : 4096;
  options.max_batch = size_t{1} << draw_.Below(8);
  options.cache_bytes = draw_.Below(3) == 0 ? 4096 : 64u << 20;
  options.max_passed = size_t{1} << draw_.Below(8);
  options.snapshot_every = draw_.Below(3) == 0 ? static_cast<uint64_t>(draw_.Between(2, 9)) : 1;

  projections_ = std::make_unique<runtime::ProjectionSet>(
      *definition_.event_prototype, definition_.projections
                                        ? definition_.projections()
                                        : std::vector<std::unique_ptr<runtime::Projection>>());
  reactors_ = std::make_unique<runtime::ReactorRegistry>(
      definition_.reactors ? definition_.reactors()
                           : std::vector<std::unique_ptr<runtime::Reactor>>());
  applier_ = std::make_unique<runtime::RecordApplier>(*reactors_, definition_.listens_to, area());
  answers_ = std::make_unique<runtime::Answers>();
  executor_ =
      std::make_unique<runtime::Executor>(*journal_, *projections_, clock_, entropy_, options);
  executor_->AnswerThrough(answers_.get());
  std::set<std::string, std::less<>> areas;
  for (const auto& [other, prototype] : definition_.listens_to) areas.insert(other);
  positions_ = std::make_unique<runtime::PositionWaiter>(area(), std::move(areas), clock_);
  rebuilder_ = std::make_unique<runtime::ViewRebuilder>(*executor_, *journal_, *projections_);
  watches_ = std::make_unique<runtime::WatchHub>(*journal_, *definition_.event_prototype);
  rpc_env_ = std::make_unique<rpc::ServerEnv>(rpc::ServerEnv::Options{.area = area()}, nullptr,
                                              clock_, entropy_, metrics_);
  env_ = std::make_unique<runtime::ServiceEnv>(
      runtime::ServiceEnv{*rpc_env_, *journal_, *executor_, *positions_, *watches_});
  effects_ = std::make_unique<runtime::EffectRunner>(
      *executor_, clock_, area(),
      definition_.effects ? definition_.effects(*this)
                          : std::vector<std::unique_ptr<runtime::EffectHandler>>(),
      runtime::EffectOptions());
}

absl::Status Service::LoadState() {
  ASSIGN_OR_RETURN(const auto cursors, runtime::LoadCursors(*journal_));
  positions_->LoadCursors(cursors);
  RETURN_IF_ERROR(effects_->LoadOpen(*journal_));
  RETURN_IF_ERROR(rebuilder_->CheckSchemas());
  for (const auto& [other, prototype] : definition_.listens_to) {
    runtime::FeedPumpOptions options;
    options.window = size_t{1} << draw_.Below(10);
    pumps_.push_back(std::make_unique<runtime::FeedPump>(other, 0, setup_.feed(other), *executor_,
                                                         *applier_, clock_, options));
    pumps_.back()->Start(cursors);
  }
  executor_->AddCommitListener([this](const runtime::CommitNotice& notice) {
    positions_->Committed(notice);
    effects_->Committed(notice.effects);
  });
  return absl::OkStatus();
}

void Service::AddActor(const std::string& role, runtime::Stepper& stepper,
                       const std::function<size_t()>& step) {
  const uint64_t id =
      world_.Add({.name = absl::StrCat(role, "-", area()),
                  .step = [this, step] { return dead_ ? 0 : step(); },
                  .next =
                      [this, &stepper] {
                        const absl::Time at = stepper.NextStep();
                        return dead_ ? absl::InfiniteFuture() : at - clock_.offset();
                      }});
  stepper.SetWakeup(world_.WakeupOf(id));
  actors_.push_back(id);
}

void Service::AddActors() {
  AddActor("x", *executor_, [this] { return StepExecutor(); });
  AddActor("a", *answers_, [this] { return answers_->Step(); });
  AddActor("p", *positions_, [this] { return positions_->Step(); });
  AddActor("v", *rebuilder_, [this] { return rebuilder_->Step(); });
  AddActor("w", *watches_, [this] { return watches_->Step(); });
  AddActor("e", *effects_, [this] { return effects_->Step(); });
  for (const auto& pump : pumps_) {
    AddActor("f-" + pump->area(), *pump, [pump = pump.get()] { return pump->Step(); });
  }
}

size_t Service::StepExecutor() {
  writing_ = true;
  const size_t did = executor_->Step();
  writing_ = false;
  AfterCommit();
  return did;
}

void Service::AfterCommit() {
  if (dead_) return;
  // Files move while persons are erased: not beside what comes next.
  const absl::Status erased = journal_->WaitForErasure(absl::InfiniteFuture());
  if (!erased.ok()) world_.Fail(absl::StrCat(area(), ": ", erased.ToString()));
  disk_.AwaitBackgroundWork();
  const journal::Tail tail = journal_->tail();
  if (tail == durable_) return;
  durable_ = tail;
  world_.Note(absl::StrCat(area(), " commits up to ", tail.last_position, " ",
                           absl::Hex(static_cast<unsigned char>(tail.chain[0]))));
}

rocksdb::Status Service::OnOperation(Operation operation, const std::string& name) {
  if (!writing_ || dead_ || cut_) return rocksdb::Status::OK();
  const bool log = absl::EndsWith(name, ".log");
  if (fail_in_ > 0 && (log || absl::EndsWith(name, "high-water-mark")) &&
      operation != Operation::kCreate && executor_ != nullptr && --fail_in_ == 0) {
    world_.coverage().Count("fault", NameOf(Fault::kIoError));
    world_.Note(absl::StrCat(area(), ": an I/O error on ", name));
    return rocksdb::Status::IOError("simulated");
  }
  if (cut_in_ > 0 && --cut_in_ == 0) {
    image_ = ImageOfCut();
    cut_ = true;
    const bool opening = executor_ == nullptr;
    world_.coverage().Count("fault", NameOf(opening ? Fault::kCutInOpen : Fault::kCutInCommit));
    if (!opening) Die(absl::StrCat("the power goes while it writes ", name));
  }
  return rocksdb::Status::OK();
}

void Service::Die(const std::string& why) {
  if (dead_) return;
  dead_ = true;
  world_.Note(absl::StrCat(area(), " dies: ", why));
  world_.After(absl::ZeroDuration(), [this] { setup_.died(); });
}

testing::MemoryDisk::Image Service::ImageOfCut() {
  const bool torn = draw_.Chance(plan_.Rate(Fault::kTornTail));
  const bool reordered = draw_.Chance(plan_.Rate(Fault::kReorderedPages));
  return disk_.CutImage(
      [&](const std::string& name, const std::string& synced, const std::string& now) {
        if (absl::EndsWith(name, "high-water-mark")) {
          // Written in place: of each page the old or the new.
          std::string left = synced;
          left.resize(now.size(), '\0');
          for (size_t page = 0; page < now.size(); page += kPage) {
            if (draw_.Below(2) == 0) continue;
            const size_t size = std::min(kPage, now.size() - page);
            left.replace(page, size, now, page, size);
          }
          return synced.empty() ? synced : left;
        }
        world_.coverage().Count("fault", NameOf(Fault::kPowerCut));
        const size_t lost = now.size() - synced.size();
        if (torn) {
          world_.coverage().Count("fault", NameOf(Fault::kTornTail));
          return now.substr(0, synced.size() + draw_.Below(lost + 1));
        }
        if (reordered && absl::EndsWith(name, ".log")) {
          world_.coverage().Count("fault", NameOf(Fault::kReorderedPages));
          std::string left = now;
          for (size_t at = synced.size(); at < now.size();) {
            const size_t end = std::min(now.size(), (at / kPage + 1) * kPage);
            // Less than that the journal does not take for a hole.
            if (end - at >= 16 && draw_.Below(2) == 0)
              std::fill(left.begin() + at, left.begin() + end, '\0');
            at = end;
          }
          return left;
        }
        return draw_.Below(2) == 0 ? synced : now;
      });
}

void Service::Stop(End end) {
  if (journal_ == nullptr) return;
  world_.Note(absl::StrCat(area(), end == End::kClean  ? " is stopped"
                                   : end == End::kKill ? " is killed"
                                                       : " loses its power"));
  const bool keeps_all = end == End::kClean && !dead_;
  testing::MemoryDisk::Image image;
  if (keeps_all) {
    for (const auto& pump : pumps_) pump->Stop();
    effects_->Stop();
    executor_->Close();
    while (executor_->Step() > 0) {
    }
    AfterCommit();
    answers_->Step();
  } else if (cut_) {
    image = std::move(image_);
  } else if (end == End::kKill && !dead_) {
    image = disk_.CutImage(
        [](const std::string&, const std::string&, const std::string& now) { return now; });
  } else {
    image = ImageOfCut();
  }
  dead_ = true;
  for (const uint64_t id : actors_) world_.Remove(id);
  actors_.clear();
  setup_.closing();
  services_.clear();
  for (const auto& pump : pumps_) pump->Disconnect();
  // What is in the executor is never decided: its callers get no answer.
  effects_ = nullptr;
  executor_ = nullptr;
  pumps_.clear();
  env_ = nullptr;
  rpc_env_ = nullptr;
  watches_ = nullptr;
  rebuilder_ = nullptr;
  positions_ = nullptr;
  answers_ = nullptr;
  applier_ = nullptr;
  reactors_ = nullptr;
  projections_ = nullptr;
  journal_ = nullptr;
  disk_.AwaitBackgroundWork();
  // Somebody makes room before the next start.
  disk_.SetFull(false);
  if (!keeps_all) disk_.Restore(image);
  fail_in_ = 0;
  cut_in_ = 0;
}

void Service::CheckReopened() {
  const journal::Tail tail = journal_->tail();
  if (tail.last_position < durable_.last_position) {
    world_.Fail(absl::StrCat(area(), " lost events ", tail.last_position + 1, " to ",
                             durable_.last_position, ", which were acknowledged"));
    return;
  }
  if (durable_.last_position > 0) {
    const auto record = journal_->ReadLog(durable_.last_position, 1, 1);
    if (!record.ok() || record->size() != 1 || record->front().chain != durable_.chain) {
      world_.Fail(absl::StrCat(area(), " has another history than it acknowledged, at or before ",
                               durable_.last_position));
    }
  }
  durable_ = tail;
  world_.Note(absl::StrCat(area(), " starts at ", tail.last_position));
}

void Service::FlipBit() {
  testing::MemoryDisk::Image image = disk_.SyncedImage();
  before_flip_ = image;
  const std::string_view kind = draw_.Below(8) == 0 ? "high-water-mark" : ".log";
  std::vector<std::string> logs;
  for (const auto& [name, bytes] : image) {
    if (absl::EndsWith(name, ToAbsl(kind)) && !bytes.empty()) logs.push_back(name);
  }
  if (logs.empty()) return;
  std::string& bytes = image[draw_.Of(logs)];
  const uint64_t bit = draw_.Below(bytes.size() * 8);
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
  disk_.Restore(image);
  world_.coverage().Count("fault", NameOf(Fault::kFlippedBit));
}

void Service::RepairBit() { disk_.Restore(std::exchange(before_flip_, {})); }

}  // namespace pitlane::simulation
