#include "tools/pitlane/event_tail.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace pitlane::tools {

absl::StatusOr<std::unique_ptr<EventTail>> EventTail::Start(Session& session, std::string area) {
  const auto stub = admin::v1::AdminService::NewStub(session.channel());
  ASSIGN_OR_RETURN(const admin::v1::GetStatusResponse status,
                   session.Call(*stub, &admin::v1::AdminService::Stub::GetStatus,
                                admin::v1::GetStatusRequest(), area));
  return std::unique_ptr<EventTail>(
      new EventTail(session, std::move(area), status.last_position() + 1));
}

EventTail::EventTail(Session& session, std::string area, uint64_t from_position)
    : area_(std::move(area)), stub_(admin::v1::AdminService::NewStub(session.channel())) {
  thread_ = std::thread([this, &session, from_position] { Follow(session, from_position); });
}

EventTail::~EventTail() {
  context_.TryCancel();
  thread_.join();
}

void EventTail::Follow(Session& session, uint64_t from_position) {
  session.PrepareStream(context_, area_);
  admin::v1::TailEventsRequest request;
  request.set_from_position(from_position);
  request.set_follow(true);
  const auto reader = stub_->TailEvents(&context_, request);
  Event event;
  while (reader->Read(&event)) {
    absl::MutexLock lock(&mutex_);
    events_.push_back(std::move(event));
  }
  reader->Finish();
  absl::MutexLock lock(&mutex_);
  ended_ = true;
}

absl::StatusOr<EventTail::Event> EventTail::WaitFor(const std::function<bool(const Event&)>& wanted,
                                                    absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  size_t looked_at = 0;
  absl::MutexLock lock(&mutex_);
  while (true) {
    for (; looked_at < events_.size(); ++looked_at) {
      if (wanted(events_[looked_at])) return events_[looked_at];
    }
    const auto more = [this, looked_at]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return ended_ || events_.size() > looked_at;
    };
    if (!mutex_.AwaitWithDeadline(absl::Condition(&more), deadline)) {
      return absl::DeadlineExceededError(
          absl::StrCat("no such event in ", area_, " within ", absl::FormatDuration(timeout)));
    }
    if (ended_ && events_.size() == looked_at) {
      return absl::UnavailableError(absl::StrCat("the event stream of ", area_, " ended"));
    }
  }
}

}  // namespace pitlane::tools
