#include "libs/rpc/health.h"

#include <optional>
#include <utility>
#include <vector>

#include "libs/rpc/errors.h"
#include "libs/rpc/grpc_status.h"
#include "libs/rpc/server_call.h"

namespace pitlane::rpc {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

// One watch: the latest status, sent when it differs from the last one sent. gRPC may run reactions
// within the call that starts an operation, so nothing is started under the mutex.
class HealthService::Watcher {
 public:
  explicit Watcher(std::string name) : name_(std::move(name)) {}

  const std::string& name() const { return name_; }

  void Attach(grpc::ServerWriteReactor<HealthCheckResponse>* reactor) {
    absl::MutexLock lock(&mutex_);
    reactor_ = reactor;
  }

  // The status at the time of the call to Watch, unless a later one was told already.
  void Begin(HealthCheckResponse::ServingStatus status) {
    {
      absl::MutexLock lock(&mutex_);
      if (!status_.has_value()) status_ = status;
    }
    Pump();
  }

  void Tell(HealthCheckResponse::ServingStatus status) {
    {
      absl::MutexLock lock(&mutex_);
      status_ = status;
    }
    Pump();
  }

  void End(absl::Status status) {
    {
      absl::MutexLock lock(&mutex_);
      if (!end_.has_value()) end_ = std::move(status);
    }
    Pump();
  }

  void WriteDone(bool ok) {
    {
      absl::MutexLock lock(&mutex_);
      writing_ = false;
      if (!ok && !end_.has_value()) end_ = internal::CallerLeft();
    }
    Pump();
  }

  // The caller went away: what was not sent need not be.
  void Cancel() {
    {
      absl::MutexLock lock(&mutex_);
      sent_ = status_;
      if (!end_.has_value()) end_ = internal::CallerLeft();
    }
    Pump();
  }

 private:
  void Pump() {
    grpc::ServerWriteReactor<HealthCheckResponse>* reactor = nullptr;
    std::optional<absl::Status> finish;
    {
      absl::MutexLock lock(&mutex_);
      if (reactor_ == nullptr || writing_) return;
      reactor = reactor_;
      if (status_ != sent_) {
        sent_ = status_;
        message_.set_status(*status_);
        writing_ = true;
      } else if (end_.has_value()) {
        finish = end_;
        reactor_ = nullptr;
      } else {
        return;
      }
    }
    if (finish.has_value()) {
      reactor->Finish(ToGrpcStatus(*finish));
    } else {
      reactor->StartWrite(&message_);
    }
  }

  const std::string name_;
  absl::Mutex mutex_;
  grpc::ServerWriteReactor<HealthCheckResponse>* reactor_ ABSL_GUARDED_BY(mutex_) = nullptr;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<HealthCheckResponse::ServingStatus> status_ ABSL_GUARDED_BY(mutex_);
  std::optional<HealthCheckResponse::ServingStatus> sent_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  HealthCheckResponse message_;  // being sent; touched only by whoever set writing_
};

class HealthService::WatchReactor final : public grpc::ServerWriteReactor<HealthCheckResponse> {
 public:
  WatchReactor(HealthService& service, std::shared_ptr<Watcher> watcher)
      : service_(service), watcher_(std::move(watcher)) {}

  void OnWriteDone(bool ok) override { watcher_->WriteDone(ok); }
  void OnCancel() override { watcher_->Cancel(); }
  void OnDone() override {
    service_.Remove(watcher_);
    delete this;
  }

 private:
  HealthService& service_;
  const std::shared_ptr<Watcher> watcher_;  // shared with the service, which tells it
};

namespace {

HealthCheckResponse::ServingStatus StatusOf(bool serving) {
  return serving ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
}

}  // namespace

void HealthService::Set(std::string_view name, bool serving) {
  std::vector<std::shared_ptr<Watcher>> told;
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
    serving_[std::string(name)] = serving;
    if (const auto found = watchers_.find(name); found != watchers_.end()) {
      told.assign(found->second.begin(), found->second.end());
    }
  }
  for (const auto& watcher : told) watcher->Tell(StatusOf(serving));
}

void HealthService::Stop() {
  std::vector<std::shared_ptr<Watcher>> ended;
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
    for (auto& [name, serving] : serving_) serving = false;
    for (const auto& [name, watchers] : watchers_) {
      ended.insert(ended.end(), watchers.begin(), watchers.end());
    }
  }
  for (const auto& watcher : ended) {
    watcher->Tell(HealthCheckResponse::NOT_SERVING);
    watcher->End(Unavailable(common::v1::NOT_SERVING, "the server is stopping"));
  }
}

grpc::ServerUnaryReactor* HealthService::Check(grpc::CallbackServerContext* context,
                                               const HealthCheckRequest* request,
                                               HealthCheckResponse* response) {
  absl::Status status;
  {
    absl::MutexLock lock(&mutex_);
    if (const auto found = serving_.find(request->service()); found != serving_.end()) {
      response->set_status(StatusOf(found->second));
    } else {
      status = absl::NotFoundError("no health is kept under this name");
    }
  }
  auto* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(status));
  return reactor;
}

grpc::ServerWriteReactor<HealthCheckResponse>* HealthService::Watch(
    grpc::CallbackServerContext*, const HealthCheckRequest* request) {
  auto watcher = std::make_shared<Watcher>(request->service());
  auto* reactor = new WatchReactor(*this, watcher);
  watcher->Attach(reactor);
  auto status = HealthCheckResponse::SERVICE_UNKNOWN;
  bool stopped = false;
  {
    absl::MutexLock lock(&mutex_);
    watchers_[watcher->name()].insert(watcher);
    stopped = stopped_;
    if (const auto found = serving_.find(watcher->name()); found != serving_.end()) {
      status = StatusOf(found->second);
    }
  }
  watcher->Begin(status);
  if (stopped) watcher->End(Unavailable(common::v1::NOT_SERVING, "the server is stopping"));
  return reactor;
}

void HealthService::Remove(const std::shared_ptr<Watcher>& watcher) {
  absl::MutexLock lock(&mutex_);
  const auto found = watchers_.find(watcher->name());
  if (found == watchers_.end()) return;
  found->second.erase(watcher);
  if (found->second.empty()) watchers_.erase(found);
}

}  // namespace pitlane::rpc
