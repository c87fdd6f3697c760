// One unit's work on tickets: what has to be loaded around a decision, and what follows from it.
// Used by api/ and reactors/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/runtime/unit.h"
#include "services/ticket/domain/ticket.h"

namespace pitlane::ticket {

// Lives within one unit; executor's thread only.
class Desk {
 public:
  // LOCATION_UNKNOWN.
  static absl::StatusOr<Desk> At(runtime::Unit& unit, const std::string& location_id);
  // At the location of a ticket. TICKET_UNKNOWN.
  static absl::StatusOr<Desk> Of(runtime::Unit& unit, const std::string& ticket_id);

  runtime::Unit& unit() { return unit_; }
  const Context& context() const { return context_; }

  // From now on tickets are taxed by that place and the places above it.
  absl::Status UsePlaceOfSupply(const std::string& jurisdiction);
  // From now on the certificates of these customers exempt them, too; others are passed over.
  absl::Status UseCertificatesOf(const std::vector<std::string>& payers);

  // From now on decisions see the location's prices and fees, and its terms with the customer: of a
  // ticket, or by id (empty: nobody).
  absl::Status ShowPricesTo(const std::string& ticket_id);
  absl::Status ShowPricesToCustomer(const std::string& customer_id);
  // And what menu and labour guide say about an operation; nothing for an empty code.
  absl::Status ShowOperation(const std::string& code);

  // The id that was given, or a new one with the location's slot.
  template <class IdType>
  std::string IdOr(const std::string& given) {
    return given.empty() ? unit_.NewId<IdType>(slot_).text() : given;
  }

  // The next number of the location's series, given out with this unit: "RO-00017".
  absl::StatusOr<std::string> NextNumber(std::string_view series, const std::string& ticket_id);

  // Does a command to a ticket and shows the ticket as it then is, and the events that came of it,
  // as they were decided. VERSION_MISMATCH, and what the command refuses.
  template <class Command>
  absl::Status Do(const std::string& ticket_id, std::optional<uint64_t> expected_version,
                  const Command& command, v1::Ticket* after = nullptr, Events* done = nullptr) {
    RETURN_IF_ERROR(unit_.Execute<TicketAggregate>(
        ticket_id, expected_version, scope_,
        [&](const v1::TicketState& state) -> absl::StatusOr<Events> {
          ASSIGN_OR_RETURN(Events events, Decide(state, command, context_));
          if (done != nullptr) *done = events;
          return events;
        }));
    if (after == nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto loaded, unit_.Load<TicketAggregate>(ticket_id));
    *after = loaded.state.ticket();
    return absl::OkStatus();
  }

 private:
  Desk(runtime::Unit& unit, Context context, runtime::EventScope scope, uint32_t slot)
      : unit_(unit), context_(std::move(context)), scope_(std::move(scope)), slot_(slot) {}

  runtime::Unit& unit_;
  Context context_;
  runtime::EventScope scope_;
  uint32_t slot_;
};

// The till's copy of a part's price; empty when the till has none.
absl::StatusOr<v1::PartPrice> PriceOf(runtime::Unit& unit, const std::string& part_id);

}  // namespace pitlane::ticket
