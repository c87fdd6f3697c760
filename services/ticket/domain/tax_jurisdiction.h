// A place's taxes: which rules, patterns and exemptions hold there, by day. Stream: an id made from
// its code, so that a place is the same aggregate wherever and how often it is loaded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/tax.pb.h"

namespace pitlane::ticket {

struct TaxJurisdictionAggregate {
  using State = v1::TaxJurisdiction;
  using Event = v1::TicketEvent;
  static constexpr uint32_t kSchema = 1;
  static void Apply(v1::TaxJurisdiction& jurisdiction, const v1::TicketEvent& event);
};

// "jur_…", the same for ever for one code.
std::string JurisdictionStreamOf(std::string_view code);

// The codes of the place and of all above it, the highest first: "US", "US-CA",
// "US-CA/kern-county", "US-CA/kern-county/shafter". None for an empty code.
std::vector<std::string> PlacesOf(std::string_view code);

// "US", "US-CA", or either with places below it: lower-case letters, digits and '-', each of them
// after a '/'; at most 120 bytes.
bool IsJurisdictionCode(std::string_view code);

// The whole of it as wanted; `version` is ignored. No events when it is already so.
std::vector<v1::TicketEvent> Decide(const v1::TaxJurisdiction& jurisdiction,
                                    const v1::TaxJurisdiction& wanted);

}  // namespace pitlane::ticket
