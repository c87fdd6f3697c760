#include "services/ticket/api/history.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "services/ticket/domain/tax_jurisdiction.h"
#include "services/ticket/domain/ticket.h"
#include "services/ticket/domain/timestamps.h"

namespace pitlane::ticket {
namespace {

constexpr size_t kRecordsInPage = 100;
constexpr size_t kChainBytes = 32;

bool IsUntil(const v1::GetTicketRequest& request, const common::v1::EventMeta& meta) {
  switch (request.at_case()) {
    case v1::GetTicketRequest::kAtTime:
      return FromTimestamp(meta.recorded_at()) <= FromTimestamp(request.at_time());
    case v1::GetTicketRequest::kAtPosition:
      return meta.position() <= request.at_position();
    case v1::GetTicketRequest::AT_NOT_SET:
      return true;
  }
  return true;
}

// What a dispute about consent is decided by: what was offered, what was answered, how it ended.
bool IsAboutConsent(const v1::TicketEvent& event) {
  using v1::TicketEvent;
  switch (event.event_case()) {
    case TicketEvent::kTicketOpened:
    case TicketEvent::kEstimatePresented:
    case TicketEvent::kJobAuthorized:
    case TicketEvent::kJobDeclined:
    case TicketEvent::kJobDeferred:
    case TicketEvent::kJobCancelled:
    case TicketEvent::kTicketInvoiced:
    case TicketEvent::kTicketVoided:
    case TicketEvent::kEstimateCancelled:
    case TicketEvent::kEstimateExpired:
    case TicketEvent::kQuoteConverted:
      return true;
    case TicketEvent::kLocationConfigured:
    case TicketEvent::kNumberAssigned:
    case TicketEvent::kPriceListed:
    case TicketEvent::kCustomerKnown:
    case TicketEvent::kJobAdded:
    case TicketEvent::kLineAdded:
    case TicketEvent::kLineChanged:
    case TicketEvent::kLineRemoved:
    case TicketEvent::kTicketDiscounted:
    case TicketEvent::kWorkStarted:
    case TicketEvent::kJobCompleted:
    case TicketEvent::kMoneyReceived:
    case TicketEvent::kMoneyReturned:
    case TicketEvent::kTicketClosed:
    case TicketEvent::kJobScheduled:
    case TicketEvent::kJobHeld:
    case TicketEvent::kJobResumed:
    case TicketEvent::kJobQualityChecked:
    case TicketEvent::kTicketFollowed:
    case TicketEvent::kTaxJurisdictionConfigured:
    case TicketEvent::kExemptionCertificateRecorded:
    case TicketEvent::kTaxTreatmentSet:
    case TicketEvent::kJobSplit:
    case TicketEvent::kInvoicePutOnAccount:
    case TicketEvent::kApprovalRequested:
    case TicketEvent::kApprovalGiven:
    case TicketEvent::kCreditMemoIssued:
    case TicketEvent::kVehicleChangedHands:
    case TicketEvent::kOperationDefined:
    case TicketEvent::kLabourPricingSet:
    case TicketEvent::kPartPricingSet:
    case TicketEvent::kCustomerTermsSet:
    case TicketEvent::kKitDefined:
    case TicketEvent::kCannedJobDefined:
    case TicketEvent::kFeeScheduleSet:
    case TicketEvent::kLabourTimesImported:
    case TicketEvent::kLostSaleRecorded:
    case TicketEvent::kTechniciansAssigned:
    case TicketEvent::kCoreReturned:
    case TicketEvent::kCoreForfeited:
    case TicketEvent::kPartReplaced:
    case TicketEvent::kSpecialOrderPlaced:
    case TicketEvent::kSpecialOrderReceived:
    case TicketEvent::kWillCallHeld:
    case TicketEvent::kTiresRecorded:
    case TicketEvent::EVENT_NOT_SET:
      return false;
  }
  return false;
}

void AddDecision(const std::string& job_id, const v1::Authorization& authorization,
                 uint64_t position, v1::GetConsentProofResponse& proof) {
  v1::ProvenDecision& decision = *proof.add_decisions();
  decision.set_job_id(job_id);
  *decision.mutable_authorization() = authorization;
  decision.set_position(position);
}

void AddToProof(const journal::Record& record, const v1::TicketEvent& event,
                v1::GetConsentProofResponse& proof) {
  if (event.has_estimate_presented()) {
    *proof.add_estimates() = event.estimate_presented().estimate();
  }
  if (event.has_job_authorized()) {
    AddDecision(event.job_authorized().job_id(), event.job_authorized().authorization(),
                record.position, proof);
  }
  if (event.has_job_declined()) {
    AddDecision(event.job_declined().job_id(), event.job_declined().authorization(),
                record.position, proof);
  }
  if (event.has_job_deferred()) {
    AddDecision(event.job_deferred().job_id(), event.job_deferred().authorization(),
                record.position, proof);
  }
  v1::ProvenRecord& proven = *proof.add_records();
  proven.set_position(record.position);
  proven.set_stream_id(record.stream_id);
  proven.set_version(record.version);
  proven.set_payload(record.payload);
  proven.set_chain(record.chain);
}

absl::StatusOr<std::string> ChainBefore(journal::Reader& reader, uint64_t position) {
  if (position <= 1) return std::string(kChainBytes, '\0');
  ASSIGN_OR_RETURN(const std::vector<journal::Record> before, reader.ReadLog(position - 1, 1, 1));
  if (before.empty() || before[0].position != position - 1) {
    return rpc::DataLoss(absl::StrCat("record ", position - 1, " of the log is missing"));
  }
  return before[0].chain;
}

}  // namespace

absl::Status ForEachEvent(journal::Reader& reader, const std::string& stream_id,
                          EventVisitor visitor) {
  for (uint64_t next = 1;;) {
    ASSIGN_OR_RETURN(const std::vector<journal::Record> records,
                     reader.ReadStream(stream_id, next, kRecordsInPage));
    for (const journal::Record& record : records) {
      v1::TicketEvent event;
      if (!event.ParseFromString(record.payload)) {
        return rpc::DataLoss(absl::StrCat("event ", record.position, " does not decode"));
      }
      if (!visitor(record, event)) return absl::OkStatus();
    }
    if (records.size() < kRecordsInPage) return absl::OkStatus();
    next = records.back().version + 1;
  }
}

absl::StatusOr<v1::TicketState> TicketAt(journal::Reader& reader,
                                         const v1::GetTicketRequest& request) {
  v1::TicketState state;
  RETURN_IF_ERROR(ForEachEvent(reader, request.ticket_id(),
                               [&](const journal::Record&, const v1::TicketEvent& event) {
                                 if (!IsUntil(request, event.meta())) return false;
                                 TicketAggregate::Apply(state, event);
                                 return true;
                               }));
  return state;
}

absl::StatusOr<v1::EstimateVersion> EstimateFrom(journal::Reader& reader,
                                                 const std::string& ticket_id,
                                                 const v1::EstimateSummary& summary) {
  ASSIGN_OR_RETURN(const std::vector<journal::Record> records,
                   reader.ReadStream(ticket_id, summary.ticket_version(), 1));
  v1::TicketEvent event;
  if (records.empty() || !event.ParseFromString(records[0].payload)) {
    return rpc::DataLoss(
        absl::StrCat("event ", summary.ticket_version(), " of ", ticket_id, " does not decode"));
  }
  if (event.estimate_presented().estimate().number() != summary.number()) {
    return rpc::Internal(absl::StrCat("event ", summary.ticket_version(), " of ", ticket_id,
                                      " is not its estimate ", summary.number()));
  }
  return std::move(*event.mutable_estimate_presented()->mutable_estimate());
}

absl::StatusOr<std::vector<LocationVersion>> LocationVersions(journal::Reader& reader,
                                                              const std::string& location_id) {
  std::vector<LocationVersion> versions;
  RETURN_IF_ERROR(ForEachEvent(reader, location_id,
                               [&](const journal::Record& record, const v1::TicketEvent& event) {
                                 if (!event.has_location_configured()) return true;
                                 LocationVersion& version = versions.emplace_back();
                                 version.position = record.position;
                                 version.location = event.location_configured().location();
                                 version.location.set_version(record.version);
                                 return true;
                               }));
  return versions;
}

absl::Status AddJurisdictionRules(journal::Reader& reader, v1::ExplainTicketResponse& response) {
  if (response.total_changes().empty()) return absl::OkStatus();
  const uint64_t until = response.total_changes().rbegin()->position();
  std::map<std::string, std::set<std::string>> named;  // rules by jurisdiction
  for (const v1::LineExplanation& line : response.lines()) {
    for (const v1::TaxAmount& tax : line.line().amounts().taxes()) {
      if (!tax.jurisdiction().empty()) named[tax.jurisdiction()].insert(tax.rule_id());
    }
  }
  for (const auto& [code, rule_ids] : named) {
    v1::TaxJurisdiction jurisdiction;
    RETURN_IF_ERROR(ForEachEvent(reader, JurisdictionStreamOf(code),
                                 [&](const journal::Record& record, const v1::TicketEvent& event) {
                                   if (record.position > until) return false;
                                   TaxJurisdictionAggregate::Apply(jurisdiction, event);
                                   return true;
                                 }));
    for (const v1::TaxRule& rule : jurisdiction.rules()) {
      if (rule_ids.contains(rule.rule_id())) *response.add_tax_rules() = rule;
    }
  }
  return absl::OkStatus();
}

absl::Status FillConsentProof(journal::Reader& reader, const v1::Ticket& ticket,
                              v1::GetConsentProofResponse& proof) {
  proof.set_ticket_id(ticket.ticket_id());
  proof.set_ticket_number(ticket.number());
  RETURN_IF_ERROR(ForEachEvent(reader, ticket.ticket_id(),
                               [&](const journal::Record& record, const v1::TicketEvent& event) {
                                 if (IsAboutConsent(event)) AddToProof(record, event, proof);
                                 return true;
                               }));
  for (v1::ProvenRecord& record : *proof.mutable_records()) {
    ASSIGN_OR_RETURN(*record.mutable_previous_chain(), ChainBefore(reader, record.position()));
  }
  ASSIGN_OR_RETURN(const journal::Tail tail, reader.GetTail());
  proof.set_journal_position(tail.last_position);
  proof.set_journal_chain(tail.chain);
  return absl::OkStatus();
}

}  // namespace pitlane::ticket
