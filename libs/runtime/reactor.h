// Reactors: what another service's fact means here.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "pitlane/common/v1/event_meta.pb.h"

namespace pitlane::runtime {

class Unit;

// One type of event listened to. OnEvent runs on the executor's thread inside the unit of its
// record: what it emits, the feed's cursor and the read models are one commit, so each fact takes
// effect exactly once. An error leaves nothing of the record and parks it, with everything later of
// the same stream, until an operator retries or discards it. A rule of our own that refuses is
// therefore usually a fact to emit ("shortage"), not an error to return.
class Reactor {
 public:
  virtual ~Reactor() = default;
  // Full name of the inner event message, e.g. "pitlane.ticket.v1.TicketClosed".
  virtual std::string_view event_type() const = 0;
  // `event` is the inner event message. Most reactors derive from TypedReactor and write On
  // instead.
  virtual absl::Status OnEvent(const common::v1::EventMeta& meta,
                               const google::protobuf::Message& event, Unit& unit) = 0;
};

// class OnTicketClosed : public TypedReactor<ticket::v1::TicketClosed>
template <class InnerEvent>
class TypedReactor : public Reactor {
 public:
  std::string_view event_type() const final { return InnerEvent::descriptor()->full_name(); }
  absl::Status OnEvent(const common::v1::EventMeta& meta, const google::protobuf::Message& event,
                       Unit& unit) final {
    return On(meta, static_cast<const InnerEvent&>(event), unit);
  }
  virtual absl::Status On(const common::v1::EventMeta& meta, const InnerEvent& event,
                          Unit& unit) = 0;
};

// All reactors of a service by event type; several may listen to one type, they run in the order
// in which they were given. Immutable, any thread; OnEvent only on the executor's.
class ReactorRegistry {
 public:
  explicit ReactorRegistry(std::vector<std::unique_ptr<Reactor>> reactors);

  // Empty for a type nobody here listens to.
  const std::vector<Reactor*>& For(std::string_view event_type) const;

 private:
  std::vector<std::unique_ptr<Reactor>> reactors_;
  std::map<std::string, std::vector<Reactor*>, std::less<>> by_type_;
  std::vector<Reactor*> none_;
};

}  // namespace pitlane::runtime
