// Follows the events of one area through the gateway, for telling (or testing) what a sale causes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "pitlane/admin/v1/admin_service.grpc.pb.h"
#include "tools/pitlane/session.h"

namespace pitlane::tools {

// Everything committed in one area behind the moment of Start, kept in order. Thread-safe.
class EventTail {
 public:
  using Event = admin::v1::TailEventsResponse;

  // Asks for the area's last position, then follows from there.
  static absl::StatusOr<std::unique_ptr<EventTail>> Start(Session& session, std::string area);
  ~EventTail();
  EventTail(const EventTail&) = delete;
  EventTail& operator=(const EventTail&) = delete;

  const std::string& area() const { return area_; }
  // The first event kept that `wanted` accepts; waits for it until the timeout. DEADLINE_EXCEEDED
  // says which area stayed silent.
  absl::StatusOr<Event> WaitFor(const std::function<bool(const Event&)>& wanted,
                                absl::Duration timeout);

 private:
  EventTail(Session& session, std::string area, uint64_t from_position);
  void Follow(Session& session, uint64_t from_position);

  const std::string area_;
  const std::unique_ptr<admin::v1::AdminService::Stub> stub_;
  grpc::ClientContext context_;
  absl::Mutex mutex_;
  std::vector<Event> events_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  // Last member: it uses all the others.
  std::thread thread_;
};

// The inner event of a tailed one, e.g. TicketClosed out of a TicketEvent. Empty when the event is
// of another type, or its bytes do not decode.
template <class AreaEvent, class Inner>
std::optional<Inner> InnerEvent(const EventTail::Event& event, bool (AreaEvent::*has)() const,
                                const Inner& (AreaEvent::*get)() const) {
  AreaEvent decoded;
  if (!decoded.ParseFromString(event.payload()) || !(decoded.*has)()) return std::nullopt;
  return (decoded.*get)();
}

}  // namespace pitlane::tools
