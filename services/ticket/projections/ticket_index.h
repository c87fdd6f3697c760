// Tickets by what they are looked for: the ids of tickets, oldest first, under
//   location · location and stage · customer · vehicle · technician     → location id
//   location and number (the ticket's, the invoice's or a credit memo's) → ticket id
// and, by ticket, what its rows were made from, to take them away when it changes.
//
// The tickets themselves are read from their own states: every commit leaves a snapshot, so each is
// one point read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/runtime/projection.h"
#include "libs/runtime/view.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/types.pb.h"

namespace pitlane::ticket {

// A page of ids, newest ticket first, and where the next one begins; nothing: that was all.
struct TicketPage {
  std::vector<std::string> ticket_ids;
  std::optional<std::string> resume;
};

class TicketIndex final : public runtime::TypedProjection<v1::TicketEvent> {
 public:
  static constexpr std::string_view kView = "ticket_index";

  std::string_view view() const override { return kView; }
  uint32_t schema() const override { return 2; }
  void On(const v1::TicketEvent& event, runtime::ViewWriter& rows) override;

  // What all keys of one question begin with.
  static std::string OfLocation(std::string_view location_id);
  static std::string OfStage(std::string_view location_id, v1::DocumentStage stage);
  static std::string OfCustomer(std::string_view customer_id);
  static std::string OfVehicle(std::string_view vehicle_id);
  static std::string OfTechnician(std::string_view subject);

  // Tickets of one question, newest first. `location_id`: only those; empty: of every location.
  static absl::StatusOr<TicketPage> List(runtime::ViewReader& views, const std::string& prefix,
                                         std::string_view location_id, size_t limit,
                                         std::optional<std::string> after);
  // The ticket with that number.
  static absl::StatusOr<std::optional<std::string>> FindNumber(runtime::ViewReader& views,
                                                               std::string_view location_id,
                                                               std::string_view number);
};

}  // namespace pitlane::ticket
