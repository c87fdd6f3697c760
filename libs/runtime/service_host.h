// Puts a service together, starts it in the right order and stops it in the right order.
//
// Start: open the journal → load cursors, open effects and the state of the views → executor →
// rebuilds → gRPC (NOT_SERVING) → relay → effects → feeds → wait for feeds and rebuilds, at most
// catch_up_timeout → SERVING. A broker that is away must not stop the till: when the wait ends
// early, the service serves all the same and says so in log and metrics. Health also knows each
// feed as "feed.<area>": NOT_SERVING while it is stopped by a gap or an error.
// Stop: NOT_SERVING → running calls end → feeds → effects → executor → relay → journal.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "grpcpp/channel.h"
#include "grpcpp/impl/service_type.h"
#include "libs/base/clock.h"
#include "libs/journal/journal.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/metrics.h"
#include "libs/rpc/server.h"
#include "libs/runtime/command_call.h"
#include "libs/runtime/effects.h"
#include "libs/runtime/executor.h"
#include "libs/runtime/feed_pump.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/reactor.h"
#include "libs/runtime/view_rebuilder.h"
#include "libs/stream/feed.h"
#include "libs/stream/kafka_options.h"
#include "libs/stream/relay.h"

namespace pitlane::runtime {

// What effect handlers and api may need of the world around the service. Outlives them.
class HostContext {
 public:
  virtual ~HostContext() = default;
  virtual Clock& clock() = 0;
  virtual Entropy& entropy() = 0;
  // A channel to another service, for questions about the outside world. Ask for it for each call:
  // it is cheap, and the other one may have moved. FAILED_PRECONDITION when its address is not
  // known.
  virtual absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(std::string_view area) = 0;
  // A bearer token of our own, for such calls; always valid for a minute at least.
  virtual absl::StatusOr<std::string> ServiceToken() = 0;
};

// What a service is. The functions are called once each, by ServiceHost::Start.
struct ServiceDefinition {
  std::string area;  // "ticket"
  // The area's event message: &ticket::v1::TicketEvent::default_instance().
  const google::protobuf::Message* event_prototype = nullptr;
  // Areas whose facts it listens to, with their event messages.
  std::map<std::string, const google::protobuf::Message*, std::less<>> listens_to;

  std::function<std::vector<std::unique_ptr<Projection>>()> projections;
  std::function<std::vector<std::unique_ptr<Reactor>>()> reactors;
  std::function<std::vector<std::unique_ptr<EffectHandler>>(HostContext&)> effects;
  // After a store was rebuilt from its events (restore.h), once for each event, against the state
  // after all of them: puts back what is neither event nor view. Open effects of what the event is
  // about (requested if the state says that the outcome is not known, finished otherwise), and
  // secrets that must not come back. Emits nothing; running it again changes nothing.
  std::function<absl::Status(const google::protobuf::Message& event, Unit& unit)> after_restore;
  // gRPC services; `env` outlives them.
  std::function<std::vector<std::unique_ptr<grpc::Service>>(const ServiceEnv& env, HostContext&)>
      services;
};

// How the facts of other areas arrive, and how ours leave.
struct StreamOptions {
  // Kafka, when kafka.bootstrap_servers is set. Its log goes to ours.
  stream::KafkaOptions kafka;
  // With a broker: publish our journal to it.
  bool publish = true;
  uint32_t replication_factor = 1;  // of a topic that is made
  // Shards of the areas listened to over Kafka; 1 where none is named.
  std::map<std::string, uint32_t, std::less<>> shard_counts;
};

// When a command is answered (design.md §4).
enum class Acknowledge {
  kLocal,       // its commit is synced here
  kReplicated,  // and Kafka has it, too; effects on the outside world wait for that as well
};

struct HostOptions {
  // The store is in <data_dir>/<area>.<shard>, backups in <data_dir>/backups.
  std::string data_dir;
  uint32_t shard = 0;
  uint32_t shard_count = 1;
  uint32_t partition_count = 8;
  rocksdb::Env* env = nullptr;  // nullptr: the real file system
  Clock* clock = &Clock::System();
  Entropy* entropy = &Entropy::System();

  StreamOptions streams;
  Acknowledge acknowledge = Acknowledge::kLocal;
  ReplicatedAnswersOptions replicated;
  rpc::ServerOptions server;
  rpc::TokenVerifier* verifier = nullptr;  // without one, only public methods can be called
  rpc::Metrics* metrics = nullptr;         // nullptr: metrics of its own

  // Channels to other services; called for each use, from any thread.
  std::function<absl::StatusOr<std::shared_ptr<grpc::Channel>>(std::string_view area)> channel_to;
  // Makes a bearer token with role "service".
  std::function<absl::StatusOr<std::string>()> service_token;

  absl::Duration catch_up_timeout = absl::Seconds(30);
  absl::Duration drain_timeout = absl::Seconds(5);
  ExecutorOptions executor;
  EffectOptions effects;
  FeedPumpOptions feeds;
};

// One feed, for operators.
struct FeedStatus {
  std::string area;
  FeedStats stats;
  std::map<stream::Source, uint64_t> cursors;
  // Events of the other's journal that are not applied yet; only known of one in this process.
  std::optional<uint64_t> lag;
};

struct HostStatus {
  std::string area;
  uint32_t shard = 0;
  uint64_t last_position = 0;
  bool serving = false;
  bool caught_up = false;
  std::vector<FeedStatus> feeds;
  uint64_t parked = 0;
  std::vector<ViewStatus> views;
  EffectStats effects;
  ExecutorCounters executor;
  std::optional<stream::RelayStatus> relay;  // with a broker
  uint64_t unreplicated_answers = 0;         // answers that wait for Kafka
};

// One service of one process. Open, Connect where needed, Start, Stop; each once, from one thread.
class ServiceHost {
 public:
  // Opens the journal. Refusals are those of Journal::Open.
  static absl::StatusOr<std::unique_ptr<ServiceHost>> Open(ServiceDefinition definition,
                                                           HostOptions options);
  // Stops.
  ~ServiceHost();
  ServiceHost(const ServiceHost&) = delete;
  ServiceHost& operator=(const ServiceHost&) = delete;

  // Listens to `area` by the journal of a service in this process (again for each further shard),
  // which must not be destroyed before StopFeeds. Before Start.
  void Connect(std::string_view area, journal::Journal& journal);
  // Listens to `area` by any feed, e.g. a fake one. Before Start.
  void Connect(std::string_view area, std::unique_ptr<stream::EventFeed> feed);

  // Starts everything up to the gRPC server, which is NOT_SERVING; does not wait for the feeds.
  // Areas that nothing was connected for are listened to over Kafka. FAILED_PRECONDITION: there is
  // no way to hear of one, or an effect is open that no handler knows; and what the parts refuse.
  // INVALID_ARGUMENT: Acknowledge::kReplicated without publishing to a broker.
  //
  // With a broker, nothing is written (no command, no record of a feed, no effect) before the relay
  // has looked into the topic: a store that is older than its topic must not grow beside it. When
  // the broker does not answer, that wait ends with the relay's first attempt; with kReplicated it
  // lasts until it answers.
  absl::Status Start();
  // Waits until feeds and rebuilds have caught up, or until catch_up_timeout has passed since
  // Start; then SERVING. So services that were started together wait together. False when it serves
  // without having caught up; the log then says for what it waited.
  bool WaitUntilServing();
  // Why it refuses to serve although it runs: FAILED_PRECONDITION when the store is older than its
  // topic, saying what to do. OK otherwise.
  absl::Status Refusal() const;
  // No further records from others. Of all services of a process before the Stop of any, if they
  // are connected to each other's journals.
  void StopFeeds();
  void Stop();

  const std::string& area() const;
  journal::Journal& journal();
  Executor& executor();
  const ServiceEnv& env();
  HostContext& context();
  // 0 without a port. After Start.
  int port() const;
  std::shared_ptr<grpc::Channel> InProcessChannel() const;
  HostStatus Status() const;
  ViewRebuilder& rebuilder();
  // Whether everything is applied that the connected journals have committed, no effect is under
  // way, and nothing waits for the executor.
  bool Settled() const;
  // `listener` is called, from any thread, when a commit, a feed or a rebuild has changed something
  // that Status shows. Quick; calls nothing back. Before Start.
  void OnChange(std::function<void()> listener);
  // Wakes every thread to look at the clock again: after a fake clock was moved.
  void ClockMoved();

 private:
  class Impl;
  explicit ServiceHost(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pitlane::runtime
