// Checks a proof of consent with nothing but the proof: no server, no journal, no configuration.
//
// What holds afterwards: every record is what its chain value says (compare that value, by
// position, with any copy of the journal, and nothing in the record can be another); estimates and
// decisions are those of the records; every estimate has the hash of its canonical form, hangs on
// the one before and adds up; every decision is complete and names a page that shows its job.
//
// Pure functions; safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "pitlane/ticket/v1/ticket_service.pb.h"

namespace pitlane::ticket {

// What was found, one sentence a line, for people. DATA_LOSS names the first thing that does not
// hold.
absl::StatusOr<std::vector<std::string>> VerifyConsentProof(
    const v1::GetConsentProofResponse& proof);

// The chain value that a record has to have (the formula is in ticket_service.proto).
std::string ChainOf(const v1::ProvenRecord& record);

}  // namespace pitlane::ticket
