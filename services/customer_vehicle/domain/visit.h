// One closed ticket, once, and its credit memos, each once: in a vehicle's history, and in a
// customer's profile. A stream each, so
// that neither vehicle nor customer has to remember every ticket.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/timestamp.pb.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"
#include "pitlane/customer_vehicle/v1/state.pb.h"
#include "pitlane/ticket/v1/credit.pb.h"
#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::customer_vehicle {

// Stream: "<vehicle id>/<ticket id>".
struct ServiceVisitAggregate {
  using State = v1::ServiceVisitState;
  using Event = v1::CustomerVehicleEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::ServiceVisitState& visit, const v1::CustomerVehicleEvent& event);
};

// Stream: "<customer id>/<ticket id>".
struct CountedVisitAggregate {
  using State = v1::CountedVisitState;
  using Event = v1::CustomerVehicleEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::CountedVisitState& visit, const v1::CustomerVehicleEvent& event);
};

std::string VisitStream(std::string_view customer_or_vehicle_id, std::string_view ticket_id);

struct RecordService {
  v1::ServiceEntry entry;
};
struct CountVisit {
  v1::VisitCounted visit;
};

struct RecordReturn {
  v1::ReturnRecorded recorded;
};
struct CountReturn {
  v1::ReturnCounted counted;
};

// They refuse nothing: a closed ticket or a credit memo is a fact. No events the second time.
std::vector<v1::CustomerVehicleEvent> Decide(const v1::ServiceVisitState& visit,
                                             const RecordService& command);
std::vector<v1::CustomerVehicleEvent> Decide(const v1::CountedVisitState& visit,
                                             const CountVisit& command);

std::vector<v1::CustomerVehicleEvent> Decide(const v1::ServiceVisitState& visit,
                                             const RecordReturn& command);
std::vector<v1::CustomerVehicleEvent> Decide(const v1::CountedVisitState& visit,
                                             const CountReturn& command);

// What a vehicle's history says of a ticket: work and parts, neither people nor prices. Notes and
// fees are left out.
v1::ServiceEntry EntryOf(const ticket::v1::Ticket& ticket,
                         const google::protobuf::Timestamp& closed_at);
v1::VisitCounted VisitOf(const ticket::v1::Ticket& ticket,
                         const google::protobuf::Timestamp& closed_at);
// The same of a credit memo: labour and parts that were taken back.
v1::ReturnRecorded ReturnOf(const ticket::v1::CreditMemo& memo);
v1::ReturnCounted CountedReturnOf(const ticket::v1::CreditMemo& memo);

}  // namespace pitlane::customer_vehicle
