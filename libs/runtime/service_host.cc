#include "libs/runtime/service_host.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/log.h"
#include "libs/runtime/admin_service.h"
#include "libs/runtime/host_metrics.h"
#include "libs/runtime/parking.h"
#include "libs/runtime/restore.h"
#include "libs/runtime/watch.h"
#include "libs/stream/journal_feed.h"
#include "libs/stream/kafka_feed.h"

namespace pitlane::runtime {
namespace {

void LogKafka(int severity, std::string_view line) {
  const rpc::LogLevel level = severity <= 3   ? spdlog::level::err
                              : severity <= 4 ? spdlog::level::warn
                                              : spdlog::level::debug;
  rpc::LogEvent(level, "kafka", {{"line", std::string(line)}});
}

}  // namespace

class ServiceHost::Impl final : public HostContext {
 public:
  Impl(ServiceDefinition definition, HostOptions options, std::unique_ptr<journal::Journal> journal)
      : definition_(std::move(definition)),
        options_(std::move(options)),
        metrics_(options_.metrics != nullptr ? options_.metrics : &own_metrics_),
        journal_(std::move(journal)) {}
  ~Impl() override { Stop(); }

  void Connect(std::string_view area, journal::Journal& journal);
  void Connect(std::string_view area, std::unique_ptr<stream::EventFeed> feed);
  absl::Status Start();
  bool WaitUntilServing();
  void StopFeeds();
  void Stop();
  HostStatus Figures() const;
  HostStatus Status() const;
  bool Settled() const;
  void ClockMoved();

  Clock& clock() override { return *options_.clock; }
  Entropy& entropy() override { return *options_.entropy; }
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(std::string_view area) override;
  absl::StatusOr<std::string> ServiceToken() override;

 private:
  friend class ServiceHost;

  struct Source {
    std::string area;
    std::optional<uint32_t> shard;
    std::unique_ptr<stream::EventFeed> feed;
  };

  void MakeWriter();
  absl::Status LoadState();
  absl::Status ConnectToKafka();
  void MakePumps(const std::map<stream::Source, uint64_t>& cursors, const AppliedBehind& applied);
  void MakeRelay();
  absl::Status StartServer();
  void Run(Stepper& stepper, const std::string& role);
  void HoldWriting();
  void LetWrite();
  void RelayMoved();
  void RefuseOlderStore(const absl::Status& why);
  absl::Status Refusal() const;
  void Changed();
  void FeedChanged(const FeedPump& pump);
  void CountParkedAgain();
  int64_t ParkedByPumps() const;
  bool CaughtUp() const;
  std::optional<uint64_t> LagOf(size_t feed) const;
  static std::map<stream::Source, uint64_t> CursorsOf(const std::map<stream::Source, uint64_t>& all,
                                                      const Source& source);

  const ServiceDefinition definition_;
  const HostOptions options_;
  rpc::Metrics own_metrics_;
  rpc::Metrics* const metrics_;
  std::function<void()> on_change_;
  // Records parked, less those that the pumps have parked since their start.
  std::atomic<int64_t> parked_before_{0};
  std::atomic<bool> serving_{false};
  std::atomic<bool> caught_up_{false};
  bool started_ = false;
  absl::Time catch_up_until_;
  std::atomic<bool> stopped_{false};

  // Journals of other services by feed; nullptr for those that are not in this process.
  mutable absl::Mutex others_mutex_;
  std::vector<journal::Journal*> others_ ABSL_GUARDED_BY(others_mutex_);

  mutable absl::Mutex change_mutex_;
  uint64_t changes_ ABSL_GUARDED_BY(change_mutex_) = 0;
  absl::Status refusal_ ABSL_GUARDED_BY(change_mutex_);
  bool writing_ = false;  // relay's thread

  // From here on in the order of making; destroyed the other way round.
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<ProjectionSet> projections_;
  std::unique_ptr<ReactorRegistry> reactors_;
  std::unique_ptr<RecordApplier> applier_;
  Answers answers_;
  std::unique_ptr<ReplicatedAnswers> replicated_;  // with Acknowledge::kReplicated
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<PositionWaiter> positions_;
  std::unique_ptr<ViewRebuilder> rebuilder_;
  std::unique_ptr<WatchHub> watches_;
  std::unique_ptr<rpc::ServerEnv> rpc_env_;
  std::unique_ptr<ServiceEnv> env_;
  std::unique_ptr<EffectRunner> effects_;
  std::vector<Source> sources_;
  std::vector<std::unique_ptr<FeedPump>> pumps_;  // one for each source
  std::unique_ptr<HostMetrics> host_metrics_;
  std::unique_ptr<stream::Relay> relay_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<rpc::Server> server_;
  // Last: they step what is above.
  std::vector<std::unique_ptr<ThreadRunner>> feed_runners_;
  std::vector<std::unique_ptr<ThreadRunner>> side_runners_;
  std::unique_ptr<ThreadRunner> executor_runner_;
};

void ServiceHost::Impl::Connect(std::string_view area, journal::Journal& journal) {
  PITLANE_CHECK(!started_);
  sources_.push_back({.area = std::string(area),
                      .shard = journal.identity().shard,
                      .feed = std::make_unique<stream::JournalFeed>(journal)});
  absl::MutexLock lock(&others_mutex_);
  others_.resize(sources_.size());
  others_.back() = &journal;
}

void ServiceHost::Impl::Connect(std::string_view area, std::unique_ptr<stream::EventFeed> feed) {
  PITLANE_CHECK(!started_);
  sources_.push_back({.area = std::string(area), .shard = {}, .feed = std::move(feed)});
}

absl::Status ServiceHost::Impl::Start() {
  PITLANE_CHECK(!started_);
  const bool publishes =
      !options_.streams.kafka.bootstrap_servers.empty() && options_.streams.publish;
  if (options_.acknowledge == Acknowledge::kReplicated && !publishes) {
    return absl::InvalidArgumentError(
        "acknowledgement `replicated` needs a broker that this service publishes to: name it with "
        "--kafka, and leave --no-publish away");
  }
  started_ = true;
  catch_up_until_ = absl::Now() + options_.catch_up_timeout;
  MakeWriter();
  RETURN_IF_ERROR(ConnectToKafka());
  RETURN_IF_ERROR(LoadState());
  MakeRelay();
  executor_runner_ =
      std::make_unique<ThreadRunner>(*executor_, clock(), absl::StrCat("x-", definition_.area));
  executor_runner_->Start();
  Run(answers_, "a");
  if (replicated_ != nullptr) Run(*replicated_, "r");
  Run(*rebuilder_, "v");
  Run(*watches_, "w");
  Run(*positions_, "p");
  RETURN_IF_ERROR(StartServer());
  if (relay_ != nullptr) RETURN_IF_ERROR(relay_->Start());
  Run(*effects_, "e");
  for (auto& pump : pumps_) {
    feed_runners_.push_back(
        std::make_unique<ThreadRunner>(*pump, clock(), absl::StrCat("f-", pump->area())));
    feed_runners_.back()->Start();
  }
  return absl::OkStatus();
}

void ServiceHost::Impl::MakeWriter() {
  projections_ = std::make_unique<ProjectionSet>(*definition_.event_prototype,
                                                 definition_.projections
                                                     ? definition_.projections()
                                                     : std::vector<std::unique_ptr<Projection>>());
  reactors_ = std::make_unique<ReactorRegistry>(
      definition_.reactors ? definition_.reactors() : std::vector<std::unique_ptr<Reactor>>());
  applier_ = std::make_unique<RecordApplier>(*reactors_, definition_.listens_to, definition_.area);
  executor_ =
      std::make_unique<Executor>(*journal_, *projections_, clock(), entropy(), options_.executor);
  executor_->AnswerThrough(&answers_);
  if (options_.acknowledge == Acknowledge::kReplicated) {
    replicated_ = std::make_unique<ReplicatedAnswers>(clock(), options_.replicated);
    executor_->ReplicateThrough(replicated_.get());
  }
  std::set<std::string, std::less<>> areas;
  for (const auto& [area, prototype] : definition_.listens_to) areas.insert(area);
  positions_ = std::make_unique<PositionWaiter>(definition_.area, std::move(areas), clock());
  rebuilder_ = std::make_unique<ViewRebuilder>(*executor_, *journal_, *projections_);
  watches_ = std::make_unique<WatchHub>(*journal_, *definition_.event_prototype);
  rpc_env_ = std::make_unique<rpc::ServerEnv>(rpc::ServerEnv::Options{.area = definition_.area},
                                              options_.verifier, clock(), entropy(), *metrics_);
  env_ = std::make_unique<ServiceEnv>(
      ServiceEnv{*rpc_env_, *journal_, *executor_, *positions_, *watches_});
  effects_ = std::make_unique<EffectRunner>(*executor_, clock(), definition_.area,
                                            definition_.effects
                                                ? definition_.effects(*this)
                                                : std::vector<std::unique_ptr<EffectHandler>>(),
                                            options_.effects);
}

absl::Status ServiceHost::Impl::LoadState() {
  ASSIGN_OR_RETURN(const auto cursors, LoadCursors(*journal_));
  positions_->LoadCursors(cursors);
  RETURN_IF_ERROR(effects_->LoadOpen(*journal_));
  RETURN_IF_ERROR(rebuilder_->CheckSchemas());
  ASSIGN_OR_RETURN(const AppliedBehind applied, LoadAppliedBehind(*journal_));
  MakePumps(cursors, applied);
  std::vector<std::string> feed_names;
  for (const auto& pump : pumps_) feed_names.push_back(pump->area());
  host_metrics_ =
      std::make_unique<HostMetrics>(*metrics_, definition_.area, options_.shard, feed_names);
  CountParkedAgain();
  executor_->AddCommitListener([this](const CommitNotice& notice) {
    positions_->Committed(notice);
    effects_->Committed(notice.effects, notice.last_position);
    Changed();
  });
  rebuilder_->OnChange([this] { Changed(); });
  return absl::OkStatus();
}

absl::Status ServiceHost::Impl::ConnectToKafka() {
  for (const auto& [area, prototype] : definition_.listens_to) {
    const bool connected = std::any_of(sources_.begin(), sources_.end(),
                                       [&](const Source& s) { return s.area == area; });
    if (connected) continue;
    stream::KafkaFeedOptions feed{.kafka = options_.streams.kafka,
                                  .partition_count = options_.partition_count};
    if (feed.kafka.bootstrap_servers.empty()) {
      return absl::FailedPreconditionError(
          absl::StrCat(definition_.area, " listens to ", area,
                       ", and there is no way to hear of it; name a Kafka broker"));
    }
    feed.kafka.log = LogKafka;
    const auto shards = options_.streams.shard_counts.find(area);
    if (shards != options_.streams.shard_counts.end()) feed.shard_count = shards->second;
    ASSIGN_OR_RETURN(auto kafka_feed, stream::KafkaFeed::Create(area, std::move(feed)));
    sources_.push_back({.area = area, .shard = {}, .feed = std::move(kafka_feed)});
  }
  return absl::OkStatus();
}

void ServiceHost::Impl::MakePumps(const std::map<stream::Source, uint64_t>& cursors,
                                  const AppliedBehind& applied) {
  for (Source& source : sources_) {
    pumps_.push_back(std::make_unique<FeedPump>(source.area, source.shard, std::move(source.feed),
                                                *executor_, *applier_, clock(), options_.feeds));
    pumps_.back()->Start(cursors, applied);
    pumps_.back()->OnChange([this, pump = pumps_.back().get()] { FeedChanged(*pump); });
  }
}

void ServiceHost::Impl::MakeRelay() {
  if (options_.streams.kafka.bootstrap_servers.empty() || !options_.streams.publish) return;
  stream::RelayOptions relay{.kafka = options_.streams.kafka,
                             .replication_factor = options_.streams.replication_factor};
  relay.kafka.log = LogKafka;
  relay_ = std::make_unique<stream::Relay>(*journal_, std::move(relay));
  relay_->OnProgress([this] { RelayMoved(); });
  HoldWriting();
}

void ServiceHost::Impl::HoldWriting() {
  executor_->Refuse(rpc::Unavailable(
      common::v1::NOT_SERVING,
      "the service is finding out whether Kafka knows more than its store; try again soon"));
  for (auto& pump : pumps_) pump->Hold();
  effects_->Hold();
  if (replicated_ != nullptr) effects_->PerformOnlyReplicated();
}

void ServiceHost::Impl::LetWrite() {
  writing_ = true;
  executor_->Refuse(absl::OkStatus());
  for (auto& pump : pumps_) pump->Go();
  effects_->Go();
}

void ServiceHost::Impl::RelayMoved() {
  const stream::RelayStatus relay = relay_->status();
  if (replicated_ != nullptr) {
    replicated_->Published(relay.published);
    effects_->Replicated(relay.published);
  }
  if (relay.behind_topic) {
    RefuseOlderStore(relay.trouble);
  } else if (!writing_) {
    if (relay.publishing || (replicated_ == nullptr && relay.failures > 0)) {
      LetWrite();
    } else if (relay.failures > 0) {
      executor_->Refuse(
          rpc::Unavailable(common::v1::NOT_REPLICATED,
                           absl::StrCat("nothing can be acknowledged before Kafka has answered: ",
                                        relay.trouble.message())));
    }
  }
  Changed();
}

void ServiceHost::Impl::RefuseOlderStore(const absl::Status& why) {
  {
    absl::MutexLock lock(&change_mutex_);
    if (!refusal_.ok() || why.ok()) return;
    refusal_ = why;
    ++changes_;
  }
  executor_->Refuse(rpc::Unavailable(common::v1::NOT_SERVING, ToStd(why.message())));
  for (auto& pump : pumps_) pump->Stop();
  effects_->Stop();
  // The server has said its last once the stop has begun.
  if (!stopped_ && server_ != nullptr) server_->SetReady(false);
  serving_ = false;
  rpc::LogEvent(spdlog::level::err, "store_is_older_than_its_topic",
                {{"area", definition_.area}, {"why", std::string(why.message())}});
}

absl::Status ServiceHost::Impl::Refusal() const {
  absl::MutexLock lock(&change_mutex_);
  return refusal_;
}

absl::Status ServiceHost::Impl::StartServer() {
  if (definition_.services) services_ = definition_.services(*env_, *this);
  services_.push_back(std::make_unique<AdminService>(
      AdminService::Parts{.env = *env_,
                          .applier = *applier_,
                          .rebuilder = *rebuilder_,
                          .file_system = options_.env,
                          .backups = absl::StrCat(options_.data_dir, "/backups"),
                          .status = [this] { return Status(); },
                          .parked_changed =
                              [this] {
                                CountParkedAgain();
                                Changed();
                              }}));
  std::vector<grpc::Service*> borrowed;
  for (const auto& service : services_) borrowed.push_back(service.get());
  ASSIGN_OR_RETURN(server_, rpc::Server::Start(options_.server, borrowed));
  return absl::OkStatus();
}

void ServiceHost::Impl::Run(Stepper& stepper, const std::string& role) {
  side_runners_.push_back(
      std::make_unique<ThreadRunner>(stepper, clock(), absl::StrCat(role, "-", definition_.area)));
  side_runners_.back()->Start();
}

void ServiceHost::Impl::Changed() {
  {
    absl::MutexLock lock(&change_mutex_);
    ++changes_;
  }
  if (!caught_up_ && CaughtUp() && !caught_up_.exchange(true)) {
    rpc::LogEvent(spdlog::level::info, "caught_up", {{"area", definition_.area}});
  }
  host_metrics_->Show(Figures());
  if (on_change_) on_change_();
}

void ServiceHost::Impl::FeedChanged(const FeedPump& pump) {
  // The server outlives the feeds' threads, but has said its last once the stop has begun.
  if (!stopped_) {
    server_->SetServing(absl::StrCat("feed.", pump.area()), !pump.stats().stopped);
  }
  Changed();
}

void ServiceHost::Impl::CountParkedAgain() {
  const auto count = CountParked(*journal_);
  if (count.ok()) parked_before_ = static_cast<int64_t>(*count) - ParkedByPumps();
}

int64_t ServiceHost::Impl::ParkedByPumps() const {
  uint64_t parked = 0;
  for (const auto& pump : pumps_) parked += pump->stats().parked;
  return static_cast<int64_t>(parked);
}

bool ServiceHost::Impl::CaughtUp() const {
  return rebuilder_->idle() && std::all_of(pumps_.begin(), pumps_.end(),
                                           [](const auto& pump) { return pump->caught_up(); });
}

bool ServiceHost::Impl::WaitUntilServing() {
  const auto caught_up = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(change_mutex_) {
    return CaughtUp() || !refusal_.ok();
  };
  bool reached;
  {
    absl::MutexLock lock(&change_mutex_);
    reached = change_mutex_.AwaitWithDeadline(absl::Condition(&caught_up), catch_up_until_);
  }
  if (!Refusal().ok()) return false;
  if (!reached) {
    std::string behind;
    for (const auto& pump : pumps_) {
      if (!pump->caught_up()) absl::StrAppend(&behind, behind.empty() ? "" : ",", pump->area());
    }
    rpc::LogEvent(
        spdlog::level::err, "serving_without_having_caught_up",
        {{"area", definition_.area}, {"behind", behind}, {"views_building", !rebuilder_->idle()}});
  }
  server_->SetReady(true);
  serving_ = true;
  Changed();
  rpc::LogEvent(spdlog::level::info, "serving",
                {{"area", definition_.area},
                 {"address", server_->address()},
                 {"last_position", static_cast<int64_t>(journal_->last_position())}});
  return reached;
}

void ServiceHost::Impl::StopFeeds() {
  for (auto& pump : pumps_) pump->Stop();
  for (auto& runner : feed_runners_) runner->Stop();
  for (auto& pump : pumps_) pump->Disconnect();
  absl::MutexLock lock(&others_mutex_);
  others_.clear();
}

void ServiceHost::Impl::Stop() {
  if (stopped_.exchange(true)) return;
  serving_ = false;
  if (server_ != nullptr) {
    server_->SetReady(false);
    positions_->Stop();
    watches_->Stop();
    if (replicated_ != nullptr) {
      // What is on its way to Kafka may arrive before its callers are sent away.
      relay_->WaitPublished(journal_->last_position(), absl::Now() + options_.drain_timeout / 2);
      replicated_->Stop();
    }
    server_->Shutdown(options_.drain_timeout);
  }
  StopFeeds();
  if (effects_ != nullptr) effects_->Stop();
  for (auto& runner : side_runners_) runner->Stop();
  if (executor_runner_ != nullptr) {
    executor_->Close();
    executor_runner_->Stop();
    executor_->Drain();
    answers_.Step();
  }
  if (relay_ != nullptr) relay_->Stop();
  journal_->StopWaiting();
  rpc::LogEvent(spdlog::level::info, "stopped",
                {{"area", definition_.area},
                 {"last_position", static_cast<int64_t>(journal_->last_position())}});
}

std::optional<uint64_t> ServiceHost::Impl::LagOf(size_t feed) const {
  absl::MutexLock lock(&others_mutex_);
  if (feed >= others_.size() || others_[feed] == nullptr) return std::nullopt;
  const uint64_t end = others_[feed]->last_position();
  // A journal feed goes through the log in order, so the furthest cursor is how far it has come.
  uint64_t furthest = 0;
  for (const auto& [source, position] : CursorsOf(positions_->Cursors(), sources_[feed])) {
    furthest = std::max(furthest, position);
  }
  return end - std::min(furthest, end);
}

std::map<stream::Source, uint64_t> ServiceHost::Impl::CursorsOf(
    const std::map<stream::Source, uint64_t>& all, const Source& source) {
  std::map<stream::Source, uint64_t> cursors;
  for (const auto& [one, position] : all) {
    if (one.area != source.area) continue;
    if (source.shard.has_value() && one.shard != *source.shard) continue;
    cursors.emplace(one, position);
  }
  return cursors;
}

// What is cheap enough to be told after every commit.
HostStatus ServiceHost::Impl::Figures() const {
  HostStatus status;
  status.area = definition_.area;
  status.shard = options_.shard;
  status.last_position = journal_->last_position();
  status.serving = serving_;
  status.caught_up = caught_up_;
  status.parked = static_cast<uint64_t>(std::max<int64_t>(parked_before_ + ParkedByPumps(), 0));
  status.effects = effects_->stats();
  status.executor = executor_->counters();
  for (const auto& pump : pumps_) {
    status.feeds.push_back(
        {.area = pump->area(), .stats = pump->stats(), .cursors = {}, .lag = {}});
  }
  if (relay_ != nullptr) status.relay = relay_->status();
  if (replicated_ != nullptr) status.unreplicated_answers = replicated_->waiting();
  return status;
}

HostStatus ServiceHost::Impl::Status() const {
  HostStatus status = Figures();
  if (const auto parked = CountParked(*journal_); parked.ok()) status.parked = *parked;
  status.views = rebuilder_->status();
  const std::map<stream::Source, uint64_t> cursors = positions_->Cursors();
  for (size_t i = 0; i < status.feeds.size(); ++i) {
    status.feeds[i].cursors = CursorsOf(cursors, sources_[i]);
    status.feeds[i].lag = LagOf(i);
  }
  return status;
}

bool ServiceHost::Impl::Settled() const {
  for (size_t i = 0; i < sources_.size(); ++i) {
    if (LagOf(i).value_or(0) > 0) return false;
  }
  return effects_->stats().in_flight == 0 && effects_->NextStep() > options_.clock->Now();
}

void ServiceHost::Impl::ClockMoved() {
  for (auto& runner : feed_runners_) runner->Wake();
  for (auto& runner : side_runners_) runner->Wake();
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> ServiceHost::Impl::ChannelTo(std::string_view area) {
  if (!options_.channel_to) {
    return absl::FailedPreconditionError(
        absl::StrCat("no address of ", ToAbsl(area), " is known; name it with --peer"));
  }
  return options_.channel_to(area);
}

absl::StatusOr<std::string> ServiceHost::Impl::ServiceToken() {
  if (!options_.service_token) {
    return absl::FailedPreconditionError("this service has no token of its own");
  }
  return options_.service_token();
}

absl::StatusOr<std::unique_ptr<ServiceHost>> ServiceHost::Open(ServiceDefinition definition,
                                                               HostOptions options) {
  PITLANE_CHECK(definition.event_prototype != nullptr) << definition.area;
  if (options.env == nullptr) {
    std::error_code error;
    std::filesystem::create_directories(options.data_dir, error);
    if (error) {
      return absl::UnavailableError(
          absl::StrCat("cannot make the folder ", options.data_dir, ": ", error.message()));
    }
  }
  journal::Options store;
  store.path = absl::StrCat(options.data_dir, "/", definition.area, ".", options.shard);
  store.identity = {.service = definition.area,
                    .shard = options.shard,
                    .shard_count = options.shard_count,
                    .partition_count = options.partition_count};
  store.env = options.env;
  const std::string path = store.path;
  ASSIGN_OR_RETURN(auto journal, journal::Journal::Open(std::move(store)));
  ASSIGN_OR_RETURN(const auto restoring, journal->GetCursor(kRestoreCursor));
  if (restoring.has_value()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the restore of ", path,
                     " was interrupted; run `pitlane journal restore --from-kafka` again"));
  }
  return std::unique_ptr<ServiceHost>(new ServiceHost(
      std::make_unique<Impl>(std::move(definition), std::move(options), std::move(journal))));
}

ServiceHost::ServiceHost(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ServiceHost::~ServiceHost() = default;

void ServiceHost::Connect(std::string_view area, journal::Journal& journal) {
  impl_->Connect(area, journal);
}
void ServiceHost::Connect(std::string_view area, std::unique_ptr<stream::EventFeed> feed) {
  impl_->Connect(area, std::move(feed));
}
absl::Status ServiceHost::Start() { return impl_->Start(); }
bool ServiceHost::WaitUntilServing() { return impl_->WaitUntilServing(); }
absl::Status ServiceHost::Refusal() const { return impl_->Refusal(); }
void ServiceHost::StopFeeds() { impl_->StopFeeds(); }
void ServiceHost::Stop() { impl_->Stop(); }
const std::string& ServiceHost::area() const { return impl_->definition_.area; }
journal::Journal& ServiceHost::journal() { return *impl_->journal_; }
Executor& ServiceHost::executor() { return *impl_->executor_; }
const ServiceEnv& ServiceHost::env() { return *impl_->env_; }
HostContext& ServiceHost::context() { return *impl_; }
int ServiceHost::port() const { return impl_->server_->port(); }
std::shared_ptr<grpc::Channel> ServiceHost::InProcessChannel() const {
  return impl_->server_->InProcessChannel();
}
HostStatus ServiceHost::Status() const { return impl_->Status(); }
ViewRebuilder& ServiceHost::rebuilder() { return *impl_->rebuilder_; }
bool ServiceHost::Settled() const { return impl_->Settled(); }
void ServiceHost::OnChange(std::function<void()> listener) {
  impl_->on_change_ = std::move(listener);
}
void ServiceHost::ClockMoved() { impl_->ClockMoved(); }

}  // namespace pitlane::runtime
