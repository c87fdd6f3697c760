// What happened to a ticket, read from the journal as it was written. Used by reads, on their
// thread. DATA_LOSS when an event does not decode.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/journal/journal.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "pitlane/ticket/v1/state.pb.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"
#include "services/ticket/domain/explanation.h"

namespace pitlane::ticket {

// Gets every event of a stream in order until it returns false.
using EventVisitor =
    absl::FunctionRef<bool(const journal::Record& record, const v1::TicketEvent& event)>;
absl::Status ForEachEvent(journal::Reader& reader, const std::string& stream_id,
                          EventVisitor visitor);

// The ticket as `request` asks for: after the events that were recorded by then. Empty: it was not
// opened yet.
absl::StatusOr<v1::TicketState> TicketAt(journal::Reader& reader,
                                         const v1::GetTicketRequest& request);

// A presented version as it is in its event; INTERNAL when `summary` names another event.
absl::StatusOr<v1::EstimateVersion> EstimateFrom(journal::Reader& reader,
                                                 const std::string& ticket_id,
                                                 const v1::EstimateSummary& summary);

// Every configuration that a location has had.
absl::StatusOr<std::vector<LocationVersion>> LocationVersions(journal::Reader& reader,
                                                              const std::string& location_id);

// Adds the rules of tax jurisdictions that the lines' taxes name, as they were configured when the
// total last changed.
absl::Status AddJurisdictionRules(journal::Reader& reader, v1::ExplainTicketResponse& response);

// Everything about consent, with the chain of each record and of the one before it.
absl::Status FillConsentProof(journal::Reader& reader, const v1::Ticket& ticket,
                              v1::GetConsentProofResponse& proof);

}  // namespace pitlane::ticket
