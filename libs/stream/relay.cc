#include "libs/stream/relay.h"

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/stream/kafka_client.h"
#include "libs/stream/names.h"
#include "libs/stream/relay_session.h"

namespace pitlane::stream {
namespace {

constexpr absl::Duration kFirstRetry = absl::Milliseconds(100);
constexpr int kLogWarning = 4;

}  // namespace

Relay::Relay(journal::Journal& journal, RelayOptions options)
    : journal_(journal), options_(std::move(options)) {}

Relay::~Relay() { Stop(); }

absl::Status Relay::Start() {
  const journal::StoreIdentity& identity = journal_.identity();
  RETURN_IF_ERROR(TopicName(identity.service).status());
  if (identity.partition_count % identity.shard_count != 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        identity.service, " has ", identity.shard_count, " shards and ", identity.partition_count,
        " partitions; the first must divide the second, so that each partition has one writer"));
  }
  // Wrong settings show here instead of in the thread.
  RETURN_IF_ERROR(KafkaClient::Make(RD_KAFKA_PRODUCER, options_.kafka, {}, 0).status());
  if (thread_.joinable() || stopping()) {
    return absl::FailedPreconditionError("a relay is started once");
  }
  subscription_ = journal_.OnCommit([this](uint64_t) { Wake(); });
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

void Relay::Stop() {
  subscription_.Cancel();
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    if (wake_session_) wake_session_();
  }
  if (thread_.joinable()) thread_.join();
}

void Relay::OnProgress(std::function<void()> listener) { listener_ = std::move(listener); }

RelayStatus Relay::status() const {
  absl::MutexLock lock(&mutex_);
  return status_;
}

uint64_t Relay::published() const {
  absl::MutexLock lock(&mutex_);
  return status_.published;
}

uint64_t Relay::WaitPublished(uint64_t position, absl::Time deadline) const {
  absl::MutexLock lock(&mutex_);
  const auto done = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || status_.published >= position;
  };
  mutex_.AwaitWithDeadline(absl::Condition(&done), deadline);
  return status_.published;
}

bool Relay::stopping() const {
  absl::MutexLock lock(&mutex_);
  return stopping_;
}

void Relay::Wake() {
  absl::MutexLock lock(&mutex_);
  if (wake_session_) wake_session_();
}

void Relay::Update(const std::function<void(RelayStatus&)>& change) {
  bool news = false;
  {
    absl::MutexLock lock(&mutex_);
    const uint64_t published = status_.published;
    const bool publishing = status_.publishing;
    const uint64_t failures = status_.failures;
    change(status_);
    news = status_.published != published || status_.publishing != publishing ||
           status_.failures != failures;
  }
  if (news && listener_) listener_();
}

absl::Status Relay::RunSession() {
  uint64_t acknowledged_before = 0;
  const RelaySession::Hooks hooks = {
      .stopped = [this] { return stopping(); },
      .on_progress =
          [this, &acknowledged_before](const RelaySession::Progress& now) {
            Update([&](RelayStatus& status) {
              status.published = now.published;
              status.in_flight = now.in_flight;
              status.acknowledged += now.acknowledged - acknowledged_before;
              status.publishing = true;
              status.trouble = absl::OkStatus();
            });
            acknowledged_before = now.acknowledged;
          },
      .on_behind =
          [this] {
            absl::MutexLock lock(&mutex_);
            status_.behind_topic = true;
          },
  };
  ASSIGN_OR_RETURN(const std::unique_ptr<RelaySession> session,
                   RelaySession::Open(journal_, options_, hooks));
  {
    absl::MutexLock lock(&mutex_);
    ++status_.sessions;
    status_.behind_topic = false;
    wake_session_ = [&session] { session->Wake(); };
  }
  const absl::Cleanup forget_session = [this] {
    absl::MutexLock lock(&mutex_);
    wake_session_ = nullptr;
  };
  return session->Publish();
}

void Relay::Run() {
  absl::Duration retry = kFirstRetry;
  while (!stopping()) {
    const absl::Status ended = RunSession();
    if (stopping()) return;
    bool was_publishing = false;
    bool same_as_before = false;
    Update([&](RelayStatus& status) {
      was_publishing = std::exchange(status.publishing, false);
      same_as_before = status.trouble == ended;
      status.in_flight = 0;
      ++status.failures;
      status.trouble = ended;
    });
    if (options_.kafka.log && !same_as_before) {
      options_.kafka.log(kLogWarning, ToStd(absl::StrCat("relay of ", journal_.identity().service,
                                                         ": ", ended.message())));
    }
    retry = was_publishing ? kFirstRetry : std::min(retry * 2, options_.max_retry);
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(&stopping_), retry);
  }
}

}  // namespace pitlane::stream
