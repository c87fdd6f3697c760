// Hours and rates of labour lines (handbook 3.1), flag hours, and the overlap of two jobs. Pure
// functions; safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"
#include "pitlane/ticket/v1/types.pb.h"
#include "services/ticket/domain/calculation.h"
#include "services/ticket/domain/menu_prices.h"

namespace pitlane::ticket {

// A guide's time for a vehicle: of those that fit, the one that names most of make, model, engine
// and years. nullptr: none fits.
const v1::LabourTime* TimeFor(const v1::LabourTimes& times, const v1::VehicleFacts& vehicle);

// What sets a labour line's price.
struct LabourAsked {
  v1::LabourType type = v1::LABOUR_TYPE_MECHANICAL;
  int32_t hours_centi = 0;              // chooses the matrix's band
  std::optional<int64_t> rate_by_hand;  // minor units per hour; no matrix then
  std::string_view payer_kind;          // empty: CUSTOMER
};

struct LabourOffer {
  int64_t rate_minor = 0;  // after the matrix
  v1::LabourSource source;
};

// LABOUR_RATE_UNKNOWN; OUT_OF_RANGE when a rate does not fit.
absl::StatusOr<LabourOffer> RateFor(const LabourAsked& asked, const v1::Location& location,
                                    const MenuPrices& prices, std::string_view date);

// The rate for other hours, by the matrix of the day, where the line's rate came from a rule. A
// rate by hand stays.
absl::Status ChangeHours(v1::Line& line, int32_t hours_centi, const MenuPrices& prices,
                         std::string_view date);

// FLAG_HOURS_DIFFER unless the shares add up to the line's hours.
absl::Status CheckFlagHours(const google::protobuf::RepeatedPtrField<v1::FlagShare>& shares,
                            int32_t hours_centi);
// Shares of other hours in the same proportion, to the hundredth; CHECKs that there are any.
void ShareFlagHours(int32_t hours_centi, google::protobuf::RepeatedPtrField<v1::FlagShare>& shares);

// Whether an overlap's deduction counts: only while the other job does, too. True for all other
// lines.
bool OverlapCounts(const v1::Line& line, const v1::Ticket& ticket, Counting counting);
// OVERLAP_TOO_LONG when more hours are shared than a job has by the hour, or when what is taken off
// is more than its labour comes to.
absl::Status CheckOverlaps(const v1::Ticket& ticket);

}  // namespace pitlane::ticket
